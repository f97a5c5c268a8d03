"""The verdict on rows of an import: recorded, there already, deciding a record that was pending, or refused.

What stands for itself is written in one batch, and so are the reversals after it; what failed and what has the
number of such a row, one by one in their order. A refused row takes nothing of its neighbours back.

Source: B-08 to B-15; SM-04; A-B12, A-B13; reliability T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from tael import books
from tael.money import Money
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import account_from, unknown_account
from tael.settlement.lifecycles import AccrualState
from tael.settlement.models import MerchantAccountRow
from tael.settlement.records.accrual import fail_accrual, record_accrual
from tael.settlement.records.accrual_batch import Entered, record_many
from tael.settlement.records.import_row import Normal, Reversal, account_number, told_of
from tael.settlement.records.listed_act import refusal_text
from tael.settlement.records.reversal import Back
from tael.settlement.records.reversal_batch import reverse_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.models import Accrual
    from tael.settlement.records.accrual_batch import Verdict

ORIGIN = "import"


class ReversalDiffers(Refusal):
    """A reversal names another account than its original has, or has the same sign."""

    code = "reversal_differs"
    because: ClassVar[Because] = "conflict"
    rule = "B-13"
    remedy = "A reversal is on the account of its original and has the opposite sign."


class RowVerdict(NamedTuple):
    """What became of a row, by its number in the table."""

    row: int
    verdict: str
    accrual: int | None = None
    code: str = ""
    field: str = ""
    reason: str = ""


def judge(
    rows: Sequence[tuple[int, Mapping[str, str]]], *, actor: str, at: datetime
) -> list[RowVerdict]:
    """Record what some rows tell, in the caller's transaction, and give the verdict on each.

    Args:
        rows: number and texts of each.

    Source: B-14, B-15; SM-04.
    """
    accounts = _accounts([said for _, said in rows])
    verdicts: dict[int, RowVerdict] = {}
    read: list[tuple[int, Normal | Reversal]] = []
    for number, said in rows:
        try:
            read.append((number, told_of(said, _account_of(said, accounts))))
        except Refusal as refusal:
            verdicts[number] = refused_row(number, refusal)
    failed = {_key(told) for _, told in read if isinstance(told, Normal) and told.failed}
    plain: list[tuple[int, Normal]] = []
    others: list[tuple[int, Normal | Reversal]] = []
    for number, told in read:
        if isinstance(told, Normal) and _key(told) not in failed:
            plain.append((number, told))
        else:
            others.append((number, told))
    entered = record_many([told.act for _, told in plain], actor=actor, at=at, origin=ORIGIN)
    for (number, _), verdict in zip(plain, entered, strict=True):
        verdicts[number] = _verdict(number, verdict)
    for number, verdict in _in_turn(others, actor=actor, at=at):
        verdicts[number] = _verdict(number, verdict)
    return [verdicts[number] for number, _ in rows]


def refused_row(number: int, refusal: Refusal) -> RowVerdict:
    """Say why a row is not taken."""
    field = (refusal.field or "")[:60]
    return RowVerdict(number, "refused", None, refusal.code, field, refusal_text(refusal))


def _in_turn(
    rows: Sequence[tuple[int, Normal | Reversal]], *, actor: str, at: datetime
) -> Iterator[tuple[int, Verdict]]:
    """Judge rows in their order; reversals that follow one another are one batch."""
    batch: list[tuple[int, Reversal]] = []
    for number, told in rows:
        if isinstance(told, Reversal):
            batch.append((number, told))
            continue
        yield from _reversals(batch, actor=actor, at=at)
        batch = []
        yield number, _one(told, actor=actor, at=at)
    yield from _reversals(batch, actor=actor, at=at)


def _reversals(
    rows: Sequence[tuple[int, Reversal]], *, actor: str, at: datetime
) -> Iterator[tuple[int, Verdict]]:
    def agrees(place: int, kept: Accrual) -> None:
        _check_agrees(rows[place][1], kept)

    backs = [_back(told) for _, told in rows]
    verdicts = reverse_many(backs, actor=actor, at=at, origin=ORIGIN, agrees=agrees)
    return zip((number for number, _ in rows), verdicts, strict=True)


def _one(told: Normal, *, actor: str, at: datetime) -> Verdict:
    if told.failed:
        try:
            return _failed(told, actor=actor, at=at)
        except Refusal as refusal:
            return refusal
    (verdict,) = record_many([told.act], actor=actor, at=at, origin=ORIGIN)
    return verdict


@books.atomic
def _failed(told: Normal, *, actor: str, at: datetime) -> Entered:
    """Record what came to nothing, or say so of a record that was pending."""
    what = told.act.told
    row = MerchantAccountRow.objects.get(pk=told.act.account)
    made = record_accrual(
        account=account_from(row),
        told=what,
        actor=actor,
        at=at,
        confirmed=False,
        origin=ORIGIN,
    )
    was = made.accrual.state
    fail_accrual(source=what.source, kind=what.kind, number=what.number, actor=actor, at=at)
    fails = made.replayed and was == AccrualState.PENDING
    return Entered(made.accrual.pk, made.replayed and not fails, "fails" if fails else "")


def _back(told: Reversal) -> Back:
    return Back(
        source=told.source,
        kind=told.kind,
        reversed_number=told.reversed_number,
        number=told.number,
        # with a part of the gross value the amount follows from it
        amount=None if told.gross is not None or told.amount is None else abs(told.amount),
        gross=None if told.gross is None else abs(told.gross),
        quantity=told.quantity,
        day=told.day,
        occurred_on=told.occurred_on,
        note=told.note,
    )


def _check_agrees(told: Reversal, kept: Accrual) -> None:
    if kept.account_id != told.account.number:
        message = "The original is on another account."
        there = str(kept.account_id)
        raise ReversalDiffers(message, field="account", there=there)
    if told.amount is not None and told.amount.minor != kept.amount:
        message = "The reversal of this original is another amount."
        there = str(Money(kept.amount, told.amount.currency))
        raise ReversalDiffers(message, field="amount", there=str(told.amount), allowed=there)


def _verdict(number: int, verdict: Verdict) -> RowVerdict:
    if isinstance(verdict, Refusal):
        return refused_row(number, verdict)
    word = verdict.decides or ("there" if verdict.replayed else "recorded")
    return RowVerdict(number, word, verdict.number)


def _key(told: Normal | Reversal) -> tuple[str, str, str]:
    said = told.act.told if isinstance(told, Normal) else told
    return said.source, said.kind, said.number


def _accounts(rows: Sequence[Mapping[str, str]]) -> dict[int, MerchantAccount]:
    asked = set()
    for said in rows:
        try:
            asked.add(account_number(said))
        except Refusal:
            continue  # said again, and told, when the row has its turn
    found = MerchantAccountRow.objects.filter(pk__in=asked)
    return {row.number: account_from(row) for row in found}


def _account_of(
    said: Mapping[str, str], accounts: Mapping[int, MerchantAccount]
) -> MerchantAccount:
    number = account_number(said)
    if number not in accounts:
        raise unknown_account(number)
    return accounts[number]
