"""What is agreed with a merchant, in words: each term as a line that a person reads.

Source: B-25, B-27, B-33; peers-settlement-invest A5, A9, A10, A15, A16, A22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tael.settlement.accounts.terms import terms_in_force

if TYPE_CHECKING:
    from datetime import datetime

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.accounts.terms import Terms

WEEKDAYS: Final = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
CYCLES: Final = {
    "day": gettext_lazy("every day"),
    "week": gettext_lazy("every week"),
    "month": gettext_lazy("every month"),
}
STYLES: Final = {
    "red": gettext_lazy("red: it lessens the line of what it reverses"),
    "blue": gettext_lazy("blue: it has a line of its own"),
}


class ShownTerms(NamedTuple):
    """Terms as lines: what is agreed on, and how it is said."""

    number: int | None
    set_at: datetime | None
    set_by: str
    lines: list[tuple[str, str]]


def shown_terms(account: MerchantAccount) -> ShownTerms:
    """Give the terms in force in the reader's language.

    Source: B-27, E-10.
    """
    return said_terms(account, terms_in_force(account.number))


def said_terms(account: MerchantAccount, terms: Terms) -> ShownTerms:
    """Give some terms in the reader's language.

    Source: B-27, E-10.
    """
    lines = [
        (_("Billing period"), _period(terms)),
        (_("Bills are made"), _billed(terms)),
        (_("Time zone"), terms.zone),
        (_("Bills are looked at first"), _review(terms)),
        (_("Manual withdrawal above"), str(account.money(terms.minimum_manual))),
        (_("Automatic withdrawal above"), str(account.money(terms.minimum_automatic))),
        (_("Fee of a withdrawal"), _("none") if terms.fee == "0" else terms.fee),
        (_("Kept back of a bill"), _reserve(terms)),
        (_("A negative amount is collected"), _collect(account, terms)),
        (_("Reversals on a bill"), str(STYLES[terms.reversal_style])),
    ]
    return ShownTerms(terms.pk, terms.set_at if terms.pk else None, terms.set_by, lines)


def _period(terms: Terms) -> str:
    length: Any = CYCLES[terms.cycle]
    if terms.cycle == "week":
        return _("%(cycle)s, from %(day)s on") % {
            "cycle": length,
            "day": WEEKDAYS[terms.anchor - 1],
        }
    if terms.cycle == "month" and terms.anchor != 1:
        return _("%(cycle)s, from day %(day)s on") % {"cycle": length, "day": terms.anchor}
    return str(length)


def _billed(terms: Terms) -> str:
    days = terms.settle_after
    if terms.business_days:
        said = ngettext(
            "%(n)s business day after its end (calendar %(calendar)s)",
            "%(n)s business days after its end (calendar %(calendar)s)",
            days,
        )
        return said % {"n": days, "calendar": terms.calendar}
    return ngettext("%(n)s day after its end", "%(n)s days after its end", days) % {"n": days}


def _review(terms: Terms) -> str:
    if not terms.review:
        return _("no, they are issued at once")
    if terms.grace_hours is None:
        return _("yes, they wait for a person")
    hours = terms.grace_hours
    said = ngettext(
        "yes; after %(n)s hour they are issued all the same",
        "yes; after %(n)s hours they are issued all the same",
        hours,
    )
    return said % {"n": hours}


def _reserve(terms: Terms) -> str:
    if not terms.reserve_percent:
        return _("nothing")
    said = ngettext(
        "%(percent)s %% for %(n)s day", "%(percent)s %% for %(n)s days", terms.reserve_days
    )
    percent = f"{terms.reserve_percent:f}".rstrip("0").rstrip(".")
    return said % {"percent": percent, "n": terms.reserve_days}


def _collect(account: MerchantAccount, terms: Terms) -> str:
    if terms.collect_from is None:
        return _("no")
    if terms.collect_most is None:
        return _("from wallet %(wallet)s") % {"wallet": terms.collect_from}
    most = account.money(terms.collect_most)
    return _("from wallet %(wallet)s, at most %(most)s a day") % {
        "wallet": terms.collect_from,
        "most": most,
    }


__all__ = ["CYCLES", "STYLES", "WEEKDAYS", "ShownTerms", "said_terms", "shown_terms"]
