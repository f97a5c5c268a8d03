"""Reversals (沖正) of business records: with a number of their own, born confirmed, never more than the original.

Source: B-09 to B-13; SM-04; A3, A4; A-B12, A-B13, A-B14.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from tael import books
from tael.money import Money
from tael.money.rounding import HALF_UP, round_ratio
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import account_from, check_usable
from tael.settlement.accounts.open_days import open_days
from tael.settlement.lifecycles import AccrualState
from tael.settlement.models import Accrual
from tael.settlement.records.accrual import (
    Recorded,
    Told,
    check_quantity,
    check_same,
    check_told,
    days_of,
    enter,
    locked_accrual,
    malformed,
)
from tael.settlement.registry import parse_zone
from tael.settlement.registry import source as find_source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from tael.settlement.accounts.merchant_account import MerchantAccount


class NotReversible(Refusal):
    """Only a normal record that is confirmed can be reversed."""

    code = "accrual_not_reversible"
    because: ClassVar[Because] = "conflict"
    rule = "A-B12"
    remedy = "Say of a pending record that it failed; reverse the original, not its reversal."


class ReversedTooMuch(Refusal):
    """The reversals of a record would be more than the record."""

    code = "reversed_too_much"
    because: ClassVar[Because] = "conflict"
    rule = "A-B13"
    remedy = "Reverse no more than what is left."


@books.atomic
def reverse_accrual(
    *,
    source: str,
    kind: str,
    reversed_number: str,
    number: str,
    actor: str,
    at: datetime,
    amount: Money | None = None,
    gross: Money | None = None,
    quantity: Decimal | None = None,
    day: date | None = None,
    occurred_on: date | None = None,
    facts: Mapping[str, Any] | None = None,
    note: str = "",
    origin: str = "at_once",
) -> Recorded:
    """Take a confirmed record back, whole or in part; the original is never edited.

    The reversal is a record of the same source, kind and account with the opposite sign. It keeps the
    original's own rate: for a part of its gross value it takes that part of its amount, rounded half up,
    and the last part takes what is left.

    Args:
        reversed_number: the original's business number. number: the reversal's own.
        amount: > 0, how much of it; None takes what is left, or follows from ``gross``.
        gross: > 0, which part of the original's gross value; not together with ``amount``.
        quantity: >= 0, how much of its quantity; None takes its share.

    Raises:
        UnknownSource, UnknownAccrual.
        NotReversible: the original is pending, has failed, or is a reversal itself.
        ReversedTooMuch: more than is left of it.
        AccrualMalformed, DayNotOpen, MerchantAccountDisabled: as ``record_accrual``.
        AccrualTaken: the number stands for something else.

    Source: B-09 to B-13; A3, A4; A-B12, A-B13.
    """
    origin_of = find_source(source)
    original = locked_accrual(source, kind, reversed_number)
    account = account_from(original.account)
    asked = amount and abs(amount)
    there = Accrual.objects.filter(source=source, kind=kind, number=number).first()
    if there is not None:
        return _replay(
            there, original, asked, gross, quantity=quantity, day=day, occurred_on=occurred_on
        )
    if original.type != "normal" or original.state != AccrualState.CONFIRMED:
        message = f"{kind} {reversed_number} is {original.type} and {original.state}."
        raise NotReversible(message, field="reversed_number", there=original.state)
    taken = _taken(original, account, asked, gross)
    counted = _counted(original, taken, quantity)
    told = Told(
        source=source,
        kind=kind,
        number=number,
        amount=Money(-taken.minor if original.amount > 0 else taken.minor, account.currency),
        day=day,
        occurred_on=occurred_on,
        quantity=counted,
        gross=gross,
        facts=original.facts if facts is None else facts,
        note=note,
    )
    check_told(account, told, original.kind)
    check_usable(account)
    booked_on, happened_on = days_of(told, open_days(zone=parse_zone(origin_of.zone), at=at))
    original.reversed += taken.minor
    original.reversed_quantity += counted or 0
    original.save(update_fields=["reversed", "reversed_quantity"])
    return enter(
        told,
        account,
        at=at,
        actor=actor,
        day=booked_on,
        occurred_on=happened_on,
        state=AccrualState.CONFIRMED.value,
        type="reversal",
        reverses=original,
        reversed_number=original.number,
        decided_at=at,
        decided_by=actor,
        origin=origin,
    )


def _taken(
    original: Accrual, account: MerchantAccount, amount: Money | None, gross: Money | None
) -> Money:
    """Give how much is taken back, > 0."""
    left = account.money(abs(original.amount) - original.reversed)
    if gross is not None:
        wanted = _share(original, account, gross, amount)
    else:
        wanted = left if amount is None else amount
    if wanted.currency != left.currency:
        raise malformed("amount", str(wanted), f"an amount in {left.currency.code}")
    if wanted.minor <= 0 and left.minor:
        raise malformed("amount", str(wanted), "an amount above 0")
    if not 0 < wanted.minor <= left.minor:
        message = f"There is less left of {original.kind_id} {original.number}."
        whole = account.money(abs(original.amount))
        there = f"{account.money(original.reversed)} of {whole} reversed"
        raise ReversedTooMuch(message, field="amount", there=there, allowed=f"at most {left}")
    return wanted


def _share(
    original: Accrual, account: MerchantAccount, gross: Money, amount: Money | None
) -> Money:
    """Give the part of the amount that a part of the gross value stands for, at the original's own rate."""
    if amount is not None or original.gross is None:
        allowed = "amount, or a part of the gross value where the original has one"
        raise malformed("gross", str(gross), allowed)
    gone = Accrual.objects.filter(reverses=original).values_list("gross", flat=True)
    left = abs(original.gross) - sum(abs(part or 0) for part in gone)
    if gross.currency != account.currency or not 0 < gross.minor <= left:
        raise malformed("gross", str(gross), f"above 0, at most {account.money(left)}")
    if gross.minor == left:
        return account.money(abs(original.amount) - original.reversed)
    share = round_ratio(gross.minor * abs(original.amount), abs(original.gross), HALF_UP)
    return account.money(share)


def _counted(original: Accrual, taken: Money, quantity: Decimal | None) -> Decimal | None:
    """Give how much of the quantity is taken back; a share of it unless it was told."""
    if quantity is not None:
        if original.quantity is None:
            raise malformed("quantity", str(quantity)[:40], "none: the record has none")
        check_quantity(quantity, original.kind)
    if original.quantity is None:
        return None
    left = original.quantity - original.reversed_quantity
    if quantity is None:
        if taken.minor + original.reversed == abs(original.amount):
            return left
        share = original.quantity * taken.minor / abs(original.amount)
        return min(left, share.quantize(Decimal("0.000001")))
    if quantity > left:
        message = f"There is less left of {original.kind_id} {original.number}."
        there = f"{left:f}"
        raise ReversedTooMuch(message, field="quantity", there=there, allowed=f"at most {left:f}")
    return quantity


def _replay(
    there: Accrual,
    original: Accrual,
    amount: Money | None,
    gross: Money | None,
    **also: object,
) -> Recorded:
    pairs: tuple[tuple[str, object, object], ...] = (
        ("type", there.type, "reversal"),
        ("reversed_number", there.reversed_number, original.number),
        ("amount", abs(there.amount), abs(there.amount) if amount is None else amount.minor),
        ("gross", there.gross, there.gross if gross is None else gross.minor),
        *((name, getattr(there, name), said) for name, said in also.items() if said is not None),
    )
    check_same(there, pairs)
    return Recorded(there, replayed=True)
