"""Payout batches (打款批次): withdrawals that finance pays together, from the list to the file.

One person makes and checks a batch; above the operator's limit another one approves it before it can be
exported. A withdrawal is in one live row at most, so nothing is paid twice.

Source: B-35, B-36, B-38; peers-settlement-invest A19, A20, A24, A36, section 3.6; I20, I32.
"""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.db.models import Sum

from tael import books, ledger
from tael.channels.channel import usable
from tael.lifecycle import MoveNotAllowed
from tael.money import Money
from tael.parties import audit
from tael.parties.models import Payee
from tael.refusal import Because, Refusal
from tael.settlement.independence import check_none_his_own
from tael.settlement.lifecycles import BATCH, BatchEvent, BatchState, PayoutEvent, PayoutState
from tael.settlement.models import MerchantWithdrawal, PayoutBatch, PayoutRow
from tael.settlement.payouts.bank_profile import bank_profile
from tael.settlement.payouts.batch_payees import check_payees_open
from tael.settlement.payouts.batch_search import rows_to_pay
from tael.settlement.payouts.paying import move_payouts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from tael.books import Instruction

__all__ = [
    "BatchMoveRefused",
    "BatchOwnApproval",
    "NothingToPay",
    "PayoutBatch",
    "UnknownBatch",
    "approve_batch",
    "check_batch",
    "make_batches",
    "payout_batch",
    "reopen_batch",
    "take_out_row",
]

REASON_MAX: Final = 500
ASIDE: Final = 1_000_000
"""Rows that were taken out of a draft stand behind all others, so that these can be numbered without a gap."""
WAITING_MAX: Final = 50_000


class UnknownBatch(Refusal):
    """There is no such payout batch."""

    code = "unknown_batch"
    because: ClassVar[Because] = "absent"
    rule = "B-38"
    remedy = "Use the number that making it gave."


class NothingToPay(Refusal):
    """There is no withdrawal that waits to be paid, or one that was named does not wait."""

    code = "nothing_to_pay"
    because: ClassVar[Because] = "conflict"
    rule = "B-38"
    remedy = "Choose withdrawals of the currency that wait and are in no other batch."


class BatchMoveRefused(Refusal):
    """The batch is in a state in which this cannot be done."""

    code = "batch_move_refused"
    because: ClassVar[Because] = "conflict"
    rule = "A24"
    remedy = "Look at the batch; do what its state allows."


class BatchOwnApproval(Refusal):
    """Nobody approves a batch that he made or checked."""

    code = "batch_own_approval"
    because: ClassVar[Because] = "forbidden"
    rule = "I32"
    remedy = "Let another person approve it."


@books.atomic
def make_batches(
    *,
    currency: str,
    channel: str,
    profile: str,
    instruction: Instruction,
    withdrawals: Sequence[int] | None = None,
) -> list[PayoutBatch]:
    """Put withdrawals that wait into new batches, as many as the profile's rows ask for. No money moves.

    The same key gives the same batches.

    Args:
        channel: over which the money will leave.
        withdrawals: their numbers; None is all that wait, oldest first, up to 50,000, but for those whose
            payee account was closed since.

    Raises:
        UnknownProfile; UnknownChannel, ChannelDisabled, ChannelCurrencyRefused.
        PayeeClosed: a named one goes to an account that was closed since.
        NothingToPay: none waits, or a named one does not.

    Source: B-35, B-36, B-38; A24.
    """
    limits = bank_profile(profile)
    usable(channel, currency)
    key = instruction.entry_keys().key
    known = list(_made_under(key))
    if known:
        return known
    rows = _waiting(currency, withdrawals)
    made: list[PayoutBatch] = []
    for part in _parts(rows, limits.rows):
        batch = PayoutBatch.objects.create(
            reference=_reference(instruction, key, len(made)),
            currency=currency,
            channel=channel,
            profile=profile,
            rows=len(part),
            total=sum(row.net for row in part),
            key=_part_key(key, len(made)),
            made_at=instruction.at,
            made_by=instruction.actor,
        )
        move_payouts([row.pk for row in part], PayoutEvent.BATCH)
        PayoutRow.objects.bulk_create(
            [
                PayoutRow(batch=batch, place=place, withdrawal=row, net=row.net, payee=row.payee)
                for place, row in enumerate(part, start=1)
            ],
            batch_size=5000,
        )
        tell(batch, "make", instruction)
        made.append(batch)
    return made


@books.atomic
def take_out_row(*, number: int, withdrawal: int, instruction: Instruction) -> PayoutBatch:
    """Take a withdrawal out of a draft; it waits again.

    Raises:
        UnknownBatch, BatchMoveRefused: it is no draft.
        NothingToPay: the withdrawal is not in it.

    Source: A24.
    """
    batch = locked_batch(number)
    if batch.state != BatchState.DRAFT:
        raise refused_batch(batch, "lose a row")
    row = PayoutRow.objects.filter(batch=batch, withdrawal=withdrawal, state="live").first()
    if row is None:
        raise _not_waiting(withdrawal)
    move_payouts([withdrawal], PayoutEvent.TAKE_OUT)
    row.state, row.place = "taken_out", ASIDE + row.place
    row.save(update_fields=["state", "place"])
    _count(batch)
    tell(batch, "take_out", instruction, withdrawal=withdrawal)
    return batch


@books.atomic
def check_batch(*, number: int, instruction: Instruction) -> PayoutBatch:
    """Say that a draft is right: its rows, payees and sums are frozen, with a digest over them.

    Raises:
        UnknownBatch, BatchMoveRefused.
        AffectedDecides: by somebody whom it pays.
        NothingToPay: no row is left.
        PayeeClosed: a row goes to an account that was closed since; take it out.

    Source: A24; I20.
    """
    batch = locked_batch(number)
    if batch.state == BatchState.CHECKED:
        return batch
    check_none_his_own(batch, instruction)
    move_batch(batch, BatchEvent.CHECK)
    live = list(PayoutRow.objects.filter(batch=batch, state="live").order_by("place"))
    check_payees_open([row.withdrawal_id for row in live])
    moved = [row for place, row in enumerate(live, start=1) if row.place != place]
    for place, row in enumerate(live, start=1):
        row.place = place
    PayoutRow.objects.bulk_update(moved, ["place"], batch_size=5000)
    _count(batch)
    if not batch.rows:
        raise NothingToPay(f"Batch {batch.reference} has no rows.", field="batch")
    batch.digest = digest_of(batch)
    batch.checked_at, batch.checked_by = instruction.at, instruction.actor
    batch.save(update_fields=["state", "digest", "checked_at", "checked_by"])
    tell(batch, "check", instruction)
    return batch


@books.atomic
def reopen_batch(*, number: int, instruction: Instruction) -> PayoutBatch:
    """Make a checked batch a draft again.

    Raises:
        UnknownBatch, BatchMoveRefused.

    Source: A24.
    """
    batch = locked_batch(number)
    if batch.state == BatchState.DRAFT:
        return batch
    move_batch(batch, BatchEvent.REOPEN)
    batch.digest, batch.checked_at, batch.checked_by = "", None, None
    batch.save(update_fields=["state", "digest", "checked_at", "checked_by"])
    tell(batch, "reopen", instruction)
    return batch


@books.atomic
def approve_batch(*, number: int, instruction: Instruction) -> PayoutBatch:
    """Approve a checked batch, as somebody who neither made nor checked it.

    Raises:
        UnknownBatch, BatchMoveRefused, BatchOwnApproval.
        AffectedDecides: by somebody whom it pays.

    Source: A36; I32.
    """
    batch = locked_batch(number)
    if instruction.actor in {batch.made_by, batch.checked_by}:
        message = "Nobody approves a batch that he made or checked."
        raise BatchOwnApproval(message, field="actor", there=instruction.actor)
    if batch.state == BatchState.APPROVED and batch.approved_by == instruction.actor:
        return batch
    check_none_his_own(batch, instruction)
    move_batch(batch, BatchEvent.APPROVE)
    assert digest_of(batch) == batch.digest, f"batch {batch.pk} was altered after it was checked"
    batch.approved_at, batch.approved_by = instruction.at, instruction.actor
    batch.save(update_fields=["state", "approved_at", "approved_by"])
    tell(batch, "approve", instruction)
    return batch


def payout_batch(number: int) -> PayoutBatch:
    """Give a batch.

    Raises:
        UnknownBatch: there is none.

    Source: A24.
    """
    found = PayoutBatch.objects.filter(pk=number).first() if number > 0 else None
    if found is None:
        raise _unknown(number)
    return found


def money_in(batch: PayoutBatch, minor: int) -> Money:
    """Give an amount in a batch's currency from its minor units."""
    return Money(minor, books.currencies()[batch.currency].currency)


def total_of(batch: PayoutBatch) -> Money:
    """Give what a batch comes to."""
    return money_in(batch, batch.total)


def digest_of(batch: PayoutBatch) -> str:
    """Give the SHA-256 of what is to be paid: every row with its payee's details, and the sums.

    Source: A24; I20, I32.
    """
    said = hashlib.sha256(f"{batch.reference}|{batch.currency}|{batch.channel}\n".encode())
    for row in rows_to_pay(batch):
        details = sorted(row.payee.details.items())
        line = (
            f"{row.place}|{row.withdrawal}|{row.net}|{row.payee.pk}|{row.payee.holder}|{details}\n"
        )
        said.update(line.encode())
    return said.hexdigest()


def _waiting(currency: str, wanted: Sequence[int] | None) -> list[MerchantWithdrawal]:
    rows = MerchantWithdrawal.objects.select_for_update(of=("self",)).filter(
        currency=currency, payout_state=PayoutState.WAITING
    )
    if wanted is None:
        rows = rows.exclude(payee__in=Payee.objects.filter(active=False).values("pk"))
    else:
        rows = rows.filter(pk__in=set(wanted))
        check_payees_open(wanted)
    found = list(rows.order_by("pk")[:WAITING_MAX])
    missing = sorted(set(wanted or ()) - {row.pk for row in found})
    if missing:
        raise _not_waiting(missing[0])
    if wanted is not None and not found:
        raise NothingToPay("No withdrawal is chosen.", field="withdrawals")
    if not found:
        raise NothingToPay(f"No withdrawal in {currency} waits to be paid.", field="withdrawals")
    return found


def _parts(rows: Iterable[MerchantWithdrawal], size: int) -> Iterator[list[MerchantWithdrawal]]:
    left = iter(rows)
    while part := list(islice(left, size)):
        yield part


def _part_key(key: UUID, part: int) -> UUID:
    return key if not part else ledger.key_of("settlement.payout_batch", f"{key}:{part}")


def _made_under(key: UUID) -> Iterator[PayoutBatch]:
    part = 0
    while found := PayoutBatch.objects.filter(key=_part_key(key, part)).first():
        yield found
        part += 1


def _reference(instruction: Instruction, key: UUID, part: int) -> str:
    """Give a number that no other batch has: the day, and what the request's key comes to."""
    return f"P{instruction.at:%Y%m%d}{_part_key(key, part).hex[-12:].upper()}"


def _count(batch: PayoutBatch) -> None:
    rows = PayoutRow.objects.filter(batch=batch).exclude(state="taken_out")
    batch.rows, batch.total = rows.count(), rows.aggregate(sum=Sum("net"))["sum"] or 0
    batch.save(update_fields=["rows", "total"])


def locked_batch(number: int) -> PayoutBatch:
    """Give a batch for change; whoever else changes it waits.

    Raises:
        UnknownBatch: there is none.
    """
    found = (
        PayoutBatch.objects.select_for_update().filter(pk=number).first() if number > 0 else None
    )
    if found is None:
        raise _unknown(number)
    return found


def move_batch(batch: PayoutBatch, event: BatchEvent) -> None:
    """Put a batch into the state that follows; nothing is written.

    Raises:
        BatchMoveRefused: the table has no such move.
    """
    try:
        batch.state = BATCH.after(BatchState(batch.state), event).value
    except MoveNotAllowed:
        raise refused_batch(batch, event.value) from None


def refused_batch(batch: PayoutBatch, verb: str) -> BatchMoveRefused:
    """Say that a batch's state does not allow something."""
    allowed = ", ".join(event.value for event in BATCH.events_from(BatchState(batch.state)))
    message = f"Batch {batch.reference} is {batch.state}: it cannot {verb}."
    return BatchMoveRefused(message, field="batch", there=batch.state, allowed=allowed or "nothing")


def _not_waiting(withdrawal: int) -> NothingToPay:
    message = f"Withdrawal {withdrawal} does not wait to be paid here."
    return NothingToPay(message, field="withdrawals", there=str(withdrawal))


def _unknown(number: int) -> UnknownBatch:
    return UnknownBatch("There is no such payout batch.", field="batch", there=str(number)[:32])


def tell(batch: PayoutBatch, verb: str, instruction: Instruction, **further: Any) -> None:
    """Write an act into the trail of a batch."""
    audit.record(
        actor=instruction.actor,
        action=f"payout_batch.{verb}",
        subject=f"payout_batch:{batch.pk}",
        at=instruction.at,
        details={"rows": batch.rows, "total": batch.total, "digest": batch.digest, **further},
    )
