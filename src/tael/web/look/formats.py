"""How figures and moments look on a page; filters and nothing that decides.

Source: architecture, section 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import template
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tael.parties.actor import SYSTEM
from tael.wallet.operation import Operation
from tael.wallet.serial_number import business_zone
from tael.web.look.act_words import FIELD_NAMES
from tael.web.look.bounds import in_words
from tael.web.look.verdict_words import said_answer, said_verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from django.utils.functional import _StrPromise
    from django.utils.safestring import SafeString

    from tael.money import Money

register: Final = template.Library()
register.filter("said_answer", said_answer)
register.filter("said_verdict", said_verdict)

ROLES: Final = {
    "support": _("Support"),
    "finance_maker": _("Finance, maker"),
    "finance_checker": _("Finance, checker"),
    "admin": _("Administrator"),
    "auditor": _("Auditor"),
}
ITSELF: Final = _("the system")
BROWSERS: Final = {
    "MicroMessenger": "WeChat",
    "AlipayClient": "Alipay",
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
MACHINES: Final = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}

NAMES: Final = {
    Operation.RECHARGE: _("recharge"),
    Operation.DEDUCT: _("deduct"),
    Operation.TRANSFER: _("transfer"),
    Operation.FREEZE: _("freeze"),
    Operation.UNFREEZE: _("unfreeze"),
    Operation.WITHDRAW: _("withdraw"),
    Operation.EXCHANGE: _("exchange"),
}


@register.filter
def said_roles(roles: Iterable[str]) -> str:
    """Name the roles of one of the staff in the reader's language; an unknown one is said as it is kept."""
    return " · ".join(str(ROLES.get(role, role)) for role in roles)


@register.filter
def bound(text: str) -> str:
    """Say in the reader's language what is there or what would be allowed; roles by their names."""
    listed = text.split(", ")
    return said_roles(listed) if ROLES.keys() >= set(listed) else in_words(text)


@register.filter
def named(operation: Operation | None) -> _StrPromise | str:
    """Name an operation in the reader's language; what is none of the seven has no name."""
    return "" if operation is None else NAMES[operation]


@register.filter
def said_fields(names: str) -> str:
    """Name the fields of an act of business: "amount, day" in the reader's language."""
    return ", ".join(str(FIELD_NAMES.get(name, name)) for name in names.split(", "))


@register.filter
def who(actor: str | None, names: Mapping[str, str] | str | None) -> str:
    """Name an actor; one who has no name, or where no names were asked for, is said as the books have it.

    Args:
        names: of actors, or the name of this one alone.
    """
    name = names if isinstance(names, str) else (names or {}).get(actor or "")
    return name or (str(ITSELF) if actor == SYSTEM else actor) or ""


@register.filter
def called(code: str, names: Mapping[str, Mapping[str, str]]) -> str:
    """Name what has a code and names by language; what nobody registered is said by its code."""
    return in_language(names.get(code, {})) or code


@register.filter
def weekday(number: int) -> _StrPromise | str:
    """Name a day of the week by its number, 1 for Monday, in the reader's language."""
    return WEEKDAYS[number - 1]


@register.filter
def through(first: date, last: date) -> str:
    """Write the days of a period; one that is a single day is written once."""
    return f"{first}" if first == last else f"{first} \N{EN DASH} {last}"


@register.filter
def spaced(codes: str) -> str:
    """Write a list of codes as a list is written: "CNY,HKD" as "CNY, HKD"."""
    return ", ".join(codes.split(","))


@register.filter
def browser_name(said: str) -> str:
    """Name a browser and its machine by what it says of itself, as its user knows them.

    Every browser says that it is several: the first name found here is the one it adds.

    >>> browser_name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML) Chrome/141.0 Safari/537.36")
    'Chrome, Linux'
    """
    names = [
        next((name for mark, name in marks.items() if mark in said), "")
        for marks in (BROWSERS, MACHINES)
    ]
    return ", ".join(name for name in names if name) or said[:60]


@register.filter
def figure(money: Money | None) -> SafeString | str:
    """Write an amount with its thousands set apart by space only: what is copied are plain digits."""
    return "" if money is None else _grouped(money.text)


@register.filter
def in_language(names: Mapping[str, str]) -> str:
    """Give a name that is kept by language in the reader's, or in English."""
    return names.get((get_language() or "en").lower()) or names.get("en", "")


@register.filter
def change(money: Money) -> SafeString | str:
    """Write a difference with its sign; nothing where nothing changed."""
    if money.is_zero:
        return ""
    return _grouped(money.text if money.minor < 0 else f"+{money.text}")


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Write a moment in the business zone, to the second."""
    if value is None:
        return ""
    local = value.astimezone(business_zone())
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), local.strftime("%Y-%m-%d %H:%M:%S")
    )


def _grouped(text: str) -> SafeString:
    sign = text[0] if text[0] in "+-" else ""
    whole, point, decimals = text.removeprefix(sign).partition(".")
    first = len(whole) % 3 or 3
    groups = [whole[:first], *(whole[at : at + 3] for at in range(first, len(whole), 3))]
    spans = format_html_join("", '<span class="g">{}</span>', ((group,) for group in groups))
    shown = "\N{MINUS SIGN}" if sign == "-" else sign
    return format_html('<span class="a">{}{}{}</span>', shown, spans, f"{point}{decimals}")
