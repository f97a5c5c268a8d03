"""What is there and what would be allowed, as refusals say it, in the reader's language.

A refusal says both in English, for programs and terminals. A page says the words around the figures in
the reader's language and leaves the figures, codes and names as they are.

Source: F-38 (a refusal says everything); I-03.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from tael.wallet.serial_number import business_zone

PATTERNS: Final = tuple(
    (re.compile(form), msgid)
    for form, msgid in (
        (
            r"withdrawable (.+), locked (.+), frozen (.+)",
            _("withdrawable {0}, locked {1}, frozen {2}"),
        ),
        (
            r"from (\S+) to (\S+), or a reason for posting late",
            _("{0} to {1}, or a reason for posting late"),
        ),
        (
            r"after (\S+), or a reason for posting late",
            _("after {0}, or a reason for posting late"),
        ),
        (r"(?:a )?csv or xlsx(?: file)?", _("a csv or xlsx file")),
        (r"xlsx without a password(?:, or csv)?", _("xlsx without a password, or csv")),
        (r"camt\.053 with a statement", _("camt.053 with a statement")),
        (r"a saved map, or a camt\.053 message", _("a saved map, or a camt.053 message")),
        (r"a text above each column", _("a text above each column")),
        (r"the file that was exported", _("the file that was exported")),
        (r"money that came in", _("money that came in")),
        (
            r"normal, or reversal with the number of what it reverses",
            _("normal, or reversal with the number of what it reverses"),
        ),
        (
            r"take it out of the batch; the merchant names another account",
            _("take it out of the batch; the merchant names another account"),
        ),
        (r"(.+) of (.+) reversed", _("{0} of {1} reversed")),
        (r"(\S+) to (\S+) characters on one line", _("{0} to {1} characters on one line")),
        (r"(\d+) to (\d+) characters", _("{0} to {1} characters")),
        (r"up to (\S+) characters of (?:plain )?text", _("up to {0} characters of text")),
        (
            r"1 to (\d+) visible ASCII characters",
            _("1 to {0} letters, digits or signs, without spaces"),
        ),
        (r"1 to (\d+) letters, digits,? (.+)", _("1 to {0} letters, digits and {1}")),
        (r"digits with at most (\d+) decimals", _("digits with at most {0} decimals")),
        (r"digits without decimals", _("digits without decimals")),
        (r"at most (\d+) decimals", _("at most {0} decimals")),
        (r"(.+), with up to (\d+) decimals", _("{0}, with up to {1} decimals")),
        (r"at most (.+)", _("at most {0}")),
        (r"at least (.+)", _("at least {0}")),
        (r"more than (.+)", _("more than {0}")),
        (r"(?:an amount )?above (.+)", _("above {0}")),
        (r"(?:an amount )?below (.+)", _("below {0}")),
        (r"> (.+)", _("above {0}")),
        (r"up to (.+)", _("at most {0}")),
        (r"after (.+)", _("after {0}")),
        (r"(.+) or later", _("{0} or later")),
        (r"(\d+) times in (\d+) minutes", _("{0} times in {1} minutes")),
        (r"through (\S+)", _("through {0}")),
        (r"from (\S+) to (\S+)", _("{0} to {1}")),
        (r"(\d\S*) to (\d\S*)", _("{0} to {1}")),
        (r"a whole number(?:, as .+)?", _("a whole number")),
        (r"a whole number from (\d+) to (\d+)", _("a whole number from {0} to {1}")),
        (r"a day,? as .+", _("a day, as 2026-03-01")),
        (r"as (20\S+)", _("as {0}")),
        (r"a later moment", _("a later moment")),
        (r"a time with its zone", _("a time with its zone")),
        (r"an amount that is not 0", _("an amount that is not 0")),
        (r"an amount in ([A-Z]+)", _("an amount in {0}")),
        (r"a wallet in ([A-Z]+)", _("a wallet in {0}")),
        (
            r"a letter and 1 to 31 letters, digits and _",
            _("a letter, then 1 to 31 letters, digits and _"),
        ),
        (r"the first request, unchanged", _("the first request, unchanged")),
        (r"the key that the page put into the form", _("the form as the page shows it")),
        (r"the whole entry", _("the whole entry")),
        (r"the name of a time zone, as (.+)", _("the name of a time zone, as {0}")),
        (r"a name in English", _("a name in English")),
        (r"18 letters and digits, as printed", _("18 letters and digits, as printed")),
        (r"none without a review", _("none without a review")),
        (r"none without a wallet", _("none without a wallet")),
        (r"batch (\d+)", _("batch {0}")),
        (r"nothing", _("nothing")),
        (r"text", _("a text")),
        (r"true or false", _("yes or no")),
        (r"\(empty\)", _("empty")),
    )
)

MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?[+-]\d\d:\d\d")


def in_words(text: str) -> str:
    """Say a bound or a fact of a refusal in the reader's language; what has no words stays as it is.

    A moment is said as pages say moments, to the second in the business zone.

    >>> in_words("CNY, USD")
    'CNY, USD'
    """
    if MOMENT.fullmatch(text):
        with suppress(ValueError, OverflowError):  # the 30th of February
            return f"{datetime.fromisoformat(text).astimezone(business_zone()):%Y-%m-%d %H:%M:%S}"
    if (get_language() or "en").startswith("en"):
        return text
    for form, msgid in PATTERNS:
        found = form.fullmatch(text)
        if found is not None:
            return gettext(msgid).format(*found.groups())
    return text
