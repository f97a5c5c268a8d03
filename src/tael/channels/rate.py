"""Exchange rates (匯率) between two currencies or points, kept as a history.

Source: F-12, F-37, E-05, A-F20; I15.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Final

from django.db import transaction

from tael import books
from tael.books.models import RegisteredCurrency
from tael.channels.models import Rate
from tael.money import parse_rate
from tael.parties import audit
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "Rate",
    "RateMissing",
    "RateNotBetweenTwo",
    "RateOutOfOrder",
    "RateWouldGain",
    "highest_allowed",
    "highest_without_gain",
    "rate",
    "rates",
    "set_rate",
]

DECIMALS: Final = 12
_COLUMNS: Final = ("id", "from_currency", "to_currency", "value", "valid_from", "set_by", "set_at")
_IN_FORCE: Final = f"""
    SELECT {", ".join(_COLUMNS)} FROM channels_rate
    WHERE from_currency = %s AND to_currency = %s AND valid_from <= %s
    ORDER BY valid_from DESC, id DESC LIMIT 1
"""
_BOTH_IN_FORCE: Final = f"""
    ({_IN_FORCE}) UNION ALL ({_IN_FORCE})
"""
_HIGHEST_FROM: Final = """
    SELECT max(value) FROM channels_rate
    WHERE from_currency = %(from)s AND to_currency = %(to)s AND (valid_from > %(at)s OR id = (
        SELECT id FROM channels_rate
        WHERE from_currency = %(from)s AND to_currency = %(to)s AND valid_from <= %(at)s
        ORDER BY valid_from DESC, id DESC LIMIT 1
    ))
"""
_NEWEST: Final = (
    "SELECT max(valid_from) FROM channels_rate WHERE from_currency = %s AND to_currency = %s"
)


class RateMissing(Refusal):
    """No rate is set from the one currency to the other."""

    code = "rate_missing"
    because: ClassVar[Because] = "conflict"
    rule = "F-12"
    remedy = "Have the rate of this pair set; the opposite direction has a rate of its own."


class RateWouldGain(Refusal):
    """With the opposite rate, who exchanges forth and back would gain."""

    code = "rate_would_gain"
    because: ClassVar[Because] = "conflict"
    rule = "I15"
    remedy = "Set a rate within the bound, or lower the opposite rate first."


class RateOutOfOrder(Refusal):
    """The pair already has a rate that is valid from a later moment."""

    code = "rate_out_of_order"
    because: ClassVar[Because] = "conflict"
    rule = "F-12"
    remedy = "History stays as it is: set the rate from a later moment on."


class RateNotBetweenTwo(Refusal):
    """A rate is between two different currencies; one currency for itself is a transfer."""

    code = "rate_not_between_two"
    rule = "F-37"
    remedy = "Name two different currencies."


def rate(from_currency: str, to_currency: str, at: datetime) -> Rate:
    """Give the rate in force at a moment: units of `to_currency` for one of `from_currency`.

    Raises:
        RateMissing: none was set by then.

    Source: F-12, A-F20.
    """
    row = books.connection().execute(_IN_FORCE, [from_currency, to_currency, at]).fetchone()
    if row is None:
        raise _missing(from_currency, to_currency)
    return Rate.from_db("default", _COLUMNS, row)


def rates(from_currency: str, to_currency: str, at: datetime) -> tuple[Rate, Rate | None]:
    """Give the rate in force and, if one is set, that of the way back.

    Raises:
        RateMissing: none was set by then from the one to the other.

    Source: F-12, A-F20; I15.
    """
    there, back = (from_currency, to_currency, at), (to_currency, from_currency, at)
    rows = books.connection().execute(_BOTH_IN_FORCE, [*there, *back]).fetchall()
    found = [Rate.from_db("default", _COLUMNS, row) for row in rows]
    if not found or found[0].from_currency != from_currency:
        raise _missing(from_currency, to_currency)
    return found[0], found[1] if len(found) > 1 else None


def _missing(from_currency: str, to_currency: str) -> RateMissing:
    return RateMissing(
        f"no rate is set from {from_currency} to {to_currency}",
        field="currency",
        there=f"{from_currency} to {to_currency}",
    )


@transaction.atomic
def set_rate(
    *, from_currency: str, to_currency: str, value: str | Decimal, actor: str, at: datetime
) -> Rate:
    """Set how many units of `to_currency` one unit of `from_currency` buys, from `at` on.

    The product with the opposite rate, as it is at `at` and as far as it is set for later, stays at
    most 1: exchanging forth and back never gains. Setting what is in force at `at` changes nothing.

    Args:
        value: > 0, at most 12 digits before and 12 after the point.

    Raises:
        RateNotBetweenTwo, UnknownCurrency, CurrencyDisabled: about the pair.
        RateMalformed, RateNotPositive, RateOutOfRange: about the value.
        RateOutOfOrder: the pair has a rate that is valid from a later moment.
        RateWouldGain: naming the highest rate that would be accepted.

    Source: F-12, E-05, A-F20, I15.
    """
    for field, code in (("from_currency", from_currency), ("to_currency", to_currency)):
        books.currency(code, field=field)
    if from_currency == to_currency:
        raise RateNotBetweenTwo("both are the same", field="to_currency", there=to_currency)
    wanted = parse_rate(format(value, "f") if isinstance(value, Decimal) else value, field="value")
    # whoever sets a rate of either direction waits here, so that two cannot pass each other's test
    codes = sorted((from_currency, to_currency))
    list(
        RegisteredCurrency.objects.select_for_update(no_key=True)
        .filter(pk__in=codes)
        .order_by("pk")
    )
    _check_order(from_currency, to_currency, at)
    held = books.connection().execute(_IN_FORCE, [from_currency, to_currency, at]).fetchone()
    if held is not None and Rate.from_db("default", _COLUMNS, held).value == wanted:
        return Rate.from_db("default", _COLUMNS, held)
    _check_gain(from_currency, to_currency, wanted, at)
    entered = Rate.objects.create(
        from_currency=from_currency,
        to_currency=to_currency,
        value=wanted,
        valid_from=at,
        set_by=actor,
    )
    audit.record(
        actor=actor,
        action="rate.set",
        subject=f"rate:{from_currency}:{to_currency}",
        at=at,
        details={"rate": entered.pk, "value": format(wanted, "f")},
    )
    return entered


def highest_without_gain(opposite: Decimal) -> Decimal:
    """Give the highest rate with which exchanging forth, and back at `opposite`, does not gain.

    Source: I15.

    >>> highest_without_gain(Decimal("0.14"))
    Decimal('7.142857142857')
    """
    units = 10**DECIMALS // Fraction(opposite)
    return Decimal(f"{units // 10**DECIMALS}.{units % 10**DECIMALS:0{DECIMALS}}")


def highest_allowed(from_currency: str, to_currency: str, at: datetime) -> Decimal | None:
    """Give the highest rate that could be set for a pair from a moment on; None if there is no bound.

    Source: I15.
    """
    opposite = _opposite(from_currency, to_currency, at)
    return None if opposite is None else highest_without_gain(opposite)


def _opposite(from_currency: str, to_currency: str, at: datetime) -> Decimal | None:
    """Give the highest rate of the way back, in force or set for later."""
    pair = {"from": to_currency, "to": from_currency, "at": at}
    row = books.connection().execute(_HIGHEST_FROM, pair).fetchone()
    return row[0] if row else None


def _check_order(from_currency: str, to_currency: str, at: datetime) -> None:
    row = books.connection().execute(_NEWEST, [from_currency, to_currency]).fetchone()
    newest = row[0] if row else None
    if newest is not None and newest > at:
        raise RateOutOfOrder(
            "the pair has a rate that is valid from later",
            field="at",
            there=newest.isoformat(),
            allowed=f"{newest.isoformat()} or later",
        )


def _check_gain(from_currency: str, to_currency: str, wanted: Decimal, at: datetime) -> None:
    opposite = _opposite(from_currency, to_currency, at)
    if opposite is None or Fraction(wanted) * Fraction(opposite) <= 1:
        return
    bound = highest_without_gain(opposite)
    raise RateWouldGain(
        f"{from_currency} to {to_currency} and back at {_plain(opposite)} would gain",
        field="value",
        there=_plain(wanted),
        allowed=f"at most {_plain(bound)}",
    )


def _plain(value: Decimal) -> str:
    """Write a rate without zeros at its end. Not by normalize, which rounds at 28 digits."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
