"""How a payout batch leaves the house: exported as a file, dropped before it, revoked after it, settled at last.

Source: B-35, B-38; peers-settlement-invest A19, A24, A36, section 3.6; I20, I32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from tael import books
from tael.approvals.command import Command, Payload, register
from tael.approvals.limit import limit_in_force, needs_two
from tael.channels.channel import usable
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.independence import check_none_his_own
from tael.settlement.lifecycles import BatchEvent, BatchState, PayoutEvent
from tael.settlement.models import PayoutBatch, PayoutRow
from tael.settlement.payouts.batch import (
    REASON_MAX,
    digest_of,
    locked_batch,
    move_batch,
    refused_batch,
    tell,
    total_of,
)
from tael.settlement.payouts.batch_payees import check_payees_open
from tael.settlement.payouts.paying import move_payouts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tael.approvals.command import Agreed
    from tael.books import Instruction

__all__ = [
    "BatchNeedsApproval",
    "FileWritten",
    "PayoutBatch",
    "drop_batch",
    "export_batch",
    "revoke_batch",
    "settle_when_answered",
]

LIVE: Final = ("live", "unknown")
_EXPORTED: Final = (
    "state",
    "file_digest",
    "file_form",
    "file_language",
    "judged_by",
    "exported_at",
    "exported_by",
)


class FileWritten(NamedTuple):
    """A batch as a file.

    Args:
        digest: SHA-256 of the file, 64 hexadecimal digits. form: csv, xlsx or a message of ISO 20022.
        checked: the batch's digest when it was written, so that no file of other rows counts as exported.
    """

    digest: str
    form: str = "xlsx"
    language: str = "en"
    checked: str = ""


class BatchNeedsApproval(Refusal):
    """The batch is above the operator's limit: a second person approves it before it can be exported."""

    code = "batch_needs_approval"
    because: ClassVar[Because] = "forbidden"
    rule = "I32"
    remedy = "Let another person approve the batch."


def _carry_out(_payload: Payload, _instruction: Instruction, _agreed: Agreed) -> Mapping[str, Any]:
    raise AssertionError("a batch is approved as a batch")


PAYOUT_BATCH: Final = register(Command("settlement.payout_batch", "Payout batch", _carry_out))
"""Names the limit above which a batch takes two people; the batch has states of its own."""


@books.atomic
def export_batch(*, number: int, file: FileWritten, instruction: Instruction) -> PayoutBatch:
    """Write down that a batch was written as a file, by the file's hash; from now on the bank may have it.

    The same file again changes nothing.

    Raises:
        UnknownBatch, BatchMoveRefused.
        UnknownChannel, ChannelDisabled, ChannelCurrencyRefused: it cannot be paid over its channel now.
        PayeeClosed: a row goes to an account that was closed since.
        BatchNeedsApproval: it is above the limit and nobody has approved it.
        AffectedDecides: by somebody whom it pays.

    Source: B-35, B-38; A24, A36; I32.
    """
    batch = locked_batch(number)
    if batch.state == BatchState.EXPORTED and batch.file_digest == file.digest:
        return batch
    check_none_his_own(batch, instruction)
    before = batch.state
    move_batch(batch, BatchEvent.EXPORT)
    if file.checked not in {"", batch.digest}:
        raise refused_batch(batch, "be exported as it was before it was checked anew")
    usable(batch.channel, batch.currency)
    rows = _live(batch)
    check_payees_open(rows)
    if before == BatchState.CHECKED and needs_two(
        PAYOUT_BATCH.code, batch.currency, total_of(batch)
    ):
        message = f"Batch {batch.reference} of {total_of(batch)} takes a second person."
        raise BatchNeedsApproval(message, field="batch", there=before)
    assert digest_of(batch) == batch.digest, f"batch {batch.pk} was altered after it was checked"
    limit = limit_in_force(PAYOUT_BATCH.code, batch.currency)
    batch.judged_by = None if limit is None else limit.pk
    batch.file_digest, batch.file_form, batch.file_language = file[:3]
    batch.exported_at, batch.exported_by = instruction.at, instruction.actor
    batch.save(update_fields=_EXPORTED)
    move_payouts(rows, PayoutEvent.EXPORT)
    tell(batch, "export", instruction, file=file.digest, form=file.form)
    return batch


@books.atomic
def drop_batch(*, number: int, instruction: Instruction) -> PayoutBatch:
    """Drop a batch that was not exported; its withdrawals wait again.

    Raises:
        UnknownBatch, BatchMoveRefused.

    Source: A24.
    """
    batch = locked_batch(number)
    if batch.state == BatchState.DROPPED:
        return batch
    return _empty(batch, BatchEvent.DROP, instruction, reason="")


@books.atomic
def revoke_batch(*, number: int, reason: str, instruction: Instruction) -> PayoutBatch:
    """Take back an exported file that nobody has sent to the bank; its withdrawals wait again.

    Args:
        reason: how one knows that it was not sent; kept.

    Raises:
        UnknownBatch, TextMalformed.
        BatchMoveRefused: the bank has answered a row of it, or its state does not allow it.
        AffectedDecides: by somebody whom it pays.

    Source: A24, section 3.6 (re-export needs revocation); A19.
    """
    batch = locked_batch(number)
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    if batch.state == BatchState.REVOKED:
        return batch
    check_none_his_own(batch, instruction)
    if PayoutRow.objects.filter(batch=batch).exclude(state__in=["live", "taken_out"]).exists():
        raise refused_batch(batch, BatchEvent.REVOKE.value)
    return _empty(batch, BatchEvent.REVOKE, instruction, reason=why)


def settle_when_answered(batch: PayoutBatch, instruction: Instruction) -> None:
    """Close an exported batch when no row of it waits for an answer.

    Source: A24.
    """
    if batch.state == BatchState.EXPORTED and not _live(batch):
        move_batch(batch, BatchEvent.SETTLE)
        batch.closed_at, batch.closed_by = instruction.at, instruction.actor
        batch.save(update_fields=["state", "closed_at", "closed_by"])
        tell(batch, "settle", instruction)


def _live(batch: PayoutBatch) -> list[int]:
    rows = PayoutRow.objects.filter(batch=batch, state__in=LIVE)
    return list(rows.order_by("withdrawal_id").values_list("withdrawal_id", flat=True))


def _empty(
    batch: PayoutBatch, event: BatchEvent, instruction: Instruction, *, reason: str
) -> PayoutBatch:
    move_batch(batch, event)
    move_payouts(_live(batch), PayoutEvent.TAKE_OUT)
    PayoutRow.objects.filter(batch=batch, state="live").update(state="taken_out")
    batch.closed_at, batch.closed_by, batch.reason = instruction.at, instruction.actor, reason
    batch.save(update_fields=["state", "closed_at", "closed_by", "reason"])
    tell(batch, event.value, instruction, reason=reason)
    return batch
