"""What an act of the audit trail says beside who, what and when, as lines of text.

Amounts stand in the trail in minor units: they are written as money where their currency is told beside them, and
named as what they are where it is not, so that nobody takes 50000 for 50,000.00.

Source: reliability I31.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tael.money import Currency

SIDES: Final = {"before": _("before"), "after": _("after")}
UNSAID: Final = frozenset({"request"})  # the key of a form, which tells a reader nothing
AMOUNTS: Final = frozenset(
    {
        "amount",
        "total",
        "trigger",
        "keep_back",
        "cap",
        "collect_most",
        "minimum_manual",
        "minimum_automatic",
    }
)
LIMITS: Final = (
    "check_limit:",
    "approval_limit:",
)  # their sides are amounts; their ends, currencies


class _Act(NamedTuple):
    amounts: frozenset[str]
    currency: Currency | None


def details_of(details: Mapping[str, Any], subject: str = "") -> list[tuple[str, str]]:
    """Give the facts of an act by name; those inside others are named with them, "before name".

    Args:
        subject: what the act was done to; of a limit it tells the currency.
    """
    limit = subject.startswith(LIMITS)
    code = subject.rpartition(":")[2] if limit else details.get("currency")
    known = books.currencies().get(code) if isinstance(code, str) else None
    act = _Act(
        AMOUNTS | SIDES.keys() if limit else AMOUNTS, None if known is None else known.currency
    )
    return list(_flat(dict(sorted(details.items(), key=_before_first)), "", act))


def _before_first(fact: tuple[str, Any]) -> bool:
    """Sort what was so before to the front; the database keeps the names of facts by their length."""
    return fact[0] != "before"


def _flat(details: Mapping[str, Any], prefix: str, act: _Act) -> Iterator[tuple[str, str]]:
    for name, value in details.items():
        said = f"{prefix}{SIDES.get(name, name)}".replace("_", " ")
        if name in UNSAID:
            continue
        if isinstance(value, dict):
            yield from _flat(value, f"{said} ", act)
        elif isinstance(value, list):
            yield said, ", ".join(str(one) for one in value) or "-"
        elif value is None or value == "":
            yield said, "-"
        elif name in act.amounts and type(value) is int:
            yield _amount(said, value, act.currency)
        else:
            yield said, str(value)


def _amount(said: str, minor: int, currency: Currency | None) -> tuple[str, str]:
    if currency is None:
        return gettext("%(name)s (in the smallest unit)") % {"name": said}, str(minor)
    return said, str(Money(minor, currency))
