"""Reversals (沖正) of business records: with a number of their own, born confirmed, never more than the original.

Source: B-09 to B-13; SM-04; A3, A4; A-B12, A-B13, A-B14.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from tael import books
from tael.money import Money
from tael.money.rounding import HALF_UP, round_ratio
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import account_from, disabled_account
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
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.accounts.open_days import OpenDays


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What is told of one reversal: the record that it takes back, how much of it, and its own number.

    Args:
        reversed_number: the original's business number. number: the reversal's own.
        amount, gross, quantity: how much, as ``reverse_accrual`` takes it.
    """

    source: str
    kind: str
    reversed_number: str
    number: str
    amount: Money | None = None
    gross: Money | None = None
    quantity: Decimal | None = None
    day: date | None = None
    occurred_on: date | None = None
    facts: Mapping[str, Any] | None = None
    note: str = ""


class Standing(NamedTuple):
    """What a reversal is judged by.

    Args:
        original: locked. there: what has the reversal's own number already.
        gone: how much of the original's gross value has been reversed; asked for where one is told.
        days: that are open in the zone of the source.
    """

    original: Accrual
    there: Accrual | None
    gone: int
    days: OpenDays


class Taking(NamedTuple):
    """A reversal that can be entered: its record, its days, and how much it takes of its original."""

    told: Told
    day: date
    occurred_on: date
    minor: int
    quantity: Decimal | None

    def of(self, original: Accrual) -> None:
        """Count it on its original, which is not saved by that."""
        original.reversed += self.minor
        original.reversed_quantity += self.quantity or 0


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
    back = Back(
        source=source,
        kind=kind,
        reversed_number=reversed_number,
        number=number,
        amount=amount,
        gross=gross,
        quantity=quantity,
        day=day,
        occurred_on=occurred_on,
        facts=facts,
        note=note,
    )
    return _reverse(back, actor=actor, at=at, origin=origin)


def _reverse(back: Back, *, actor: str, at: datetime, origin: str) -> Recorded:
    zone = parse_zone(find_source(back.source).zone)
    original = locked_accrual(back.source, back.kind, back.reversed_number)
    same = {"source": back.source, "kind": back.kind, "number": back.number}
    there = Accrual.objects.filter(**same).first()
    gone = 0 if back.gross is None else gross_reversed([original.pk]).get(original.pk, 0)
    days = open_days(zone=zone, at=at)
    taking = judge_reversal(back, Standing(original, there, gone, days))
    if isinstance(taking, Recorded):
        return taking
    taking.of(original)
    original.save(update_fields=["reversed", "reversed_quantity"])
    return enter(
        taking.told,
        account_from(original.account),
        at=at,
        actor=actor,
        day=taking.day,
        occurred_on=taking.occurred_on,
        state=AccrualState.CONFIRMED.value,
        type="reversal",
        reverses=original,
        reversed_number=original.number,
        decided_at=at,
        decided_by=actor,
        origin=origin,
    )


def judge_reversal(back: Back, standing: Standing) -> Taking | Recorded:
    """Say what a reversal comes to, or that the same was told before; nothing is changed.

    Raises:
        NotReversible, ReversedTooMuch, AccrualMalformed, DayNotOpen, MerchantAccountDisabled, AccrualTaken:
            as ``reverse_accrual``.

    Source: B-09 to B-13; A3, A4; A-B12, A-B13.
    """
    original = standing.original
    account = account_from(original.account)
    asked = None if back.amount is None else abs(back.amount)
    if standing.there is not None:
        also = {"quantity": back.quantity, "day": back.day, "occurred_on": back.occurred_on}
        return _replay(standing.there, original, asked, back.gross, **also)
    if original.type != "normal" or original.state != AccrualState.CONFIRMED:
        message = f"{back.kind} {back.reversed_number} is {original.type} and {original.state}."
        raise NotReversible(message, field="reversed_number", there=original.state)
    taken = _taken(original, account, asked, back.gross, standing.gone)
    counted = _counted(original, taken, back.quantity)
    told = Told(
        source=back.source,
        kind=back.kind,
        number=back.number,
        amount=Money(-taken.minor if original.amount > 0 else taken.minor, account.currency),
        day=back.day,
        occurred_on=back.occurred_on,
        quantity=counted,
        gross=back.gross,
        facts=original.facts if back.facts is None else back.facts,
        note=back.note,
    )
    check_told(account, told, original.kind)
    if original.account.disabled_at is not None:
        raise disabled_account(account)
    day, occurred_on = days_of(told, standing.days)
    return Taking(told, day, occurred_on, taken.minor, counted)


def gross_reversed(originals: Iterable[int]) -> dict[int, int]:
    """Give how much of the gross value of records has been reversed, by their numbers. One query."""
    gone: dict[int, int] = {}
    rows = Accrual.objects.filter(reverses__in=list(originals), gross__isnull=False)
    for original, part in rows.values_list("reverses_id", "gross"):
        assert original is not None, "asked for by it"
        gone[original] = gone.get(original, 0) + abs(part or 0)
    return gone


def _taken(
    original: Accrual,
    account: MerchantAccount,
    amount: Money | None,
    gross: Money | None,
    gone: int,
) -> Money:
    """Give how much is taken back, > 0."""
    left = account.money(abs(original.amount) - original.reversed)
    if gross is not None:
        wanted = _share(original, account, gross, amount, gone)
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
    original: Accrual, account: MerchantAccount, gross: Money, amount: Money | None, gone: int
) -> Money:
    """Give the part of the amount that a part of the gross value stands for, at the original's own rate."""
    if amount is not None or original.gross is None:
        allowed = "amount, or a part of the gross value where the original has one"
        raise malformed("gross", str(gross), allowed)
    left = abs(original.gross) - gone
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
