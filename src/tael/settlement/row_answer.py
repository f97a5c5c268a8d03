"""A person knows what became of one row of a batch: the bank was asked, or its statement says so.

Source: B-36; SM-06; peers-settlement-invest A18, A19; I20.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tael import books
from tael.parties.text import parse_text
from tael.settlement.batch import NothingToPay, locked_batch, refused_batch, tell
from tael.settlement.batch_export import settle_when_answered
from tael.settlement.flow_number import parse_flow_number
from tael.settlement.lifecycles import BatchState
from tael.settlement.models import PayoutRow
from tael.settlement.paying import Answers, Failed, Paid, answer_payouts
from tael.settlement.result_row import REASON_MAX

if TYPE_CHECKING:
    from datetime import date

    from tael.books import Instruction


class Outcome(NamedTuple):
    """What became of a row.

    Args:
        paid: whether the bank has paid it. flow_number, paid_on: of the payment.
        reason: why it was not paid, or how one knows; needed.
    """

    paid: bool
    reason: str
    paid_on: date
    flow_number: str = ""


@books.atomic
def answer_row(
    *, number: int, withdrawal: int, outcome: Outcome, instruction: Instruction
) -> PayoutRow:
    """Say what became of one row of an exported batch. The same said again changes nothing.

    Raises:
        UnknownBatch; BatchMoveRefused: it was not exported.
        NothingToPay: the withdrawal is no row of it that waits for an answer.
        TextMalformed: there is no reason. FlowNumberMalformed, FlowNumberTaken.

    Postings: see ``answer_payouts``.

    Source: B-36; A18, A19; I20.
    """
    batch = locked_batch(number)
    if batch.state not in {BatchState.EXPORTED, BatchState.SETTLED}:
        raise refused_batch(batch, "take an answer")
    reason = parse_text(outcome.reason, field="reason", longest=REASON_MAX)
    flow = parse_flow_number(outcome.flow_number) if outcome.flow_number else None
    verdict = "paid" if outcome.paid else "failed"
    row = (
        PayoutRow.objects.filter(batch=batch, withdrawal=withdrawal)
        .exclude(state="taken_out")
        .first()
    )
    if row is not None and row.state == verdict:
        return row
    if row is None or row.state not in {"live", "unknown"}:
        message = f"Withdrawal {withdrawal} waits for no answer here."
        raise NothingToPay(message, field="withdrawal", there="" if row is None else row.state)
    row.state, row.flow_number, row.reason = verdict, flow if outcome.paid else None, reason
    row.answered_at = instruction.at
    row.save(update_fields=["state", "flow_number", "reason", "answered_at"])
    settle_when_answered(batch, instruction)
    tell(batch, "answer_row", instruction, withdrawal=withdrawal, verdict=verdict, reason=reason)
    paid = [Paid(withdrawal, batch.channel, outcome.paid_on, flow)] if outcome.paid else []
    failed = [] if outcome.paid else [Failed(withdrawal, reason)]
    answer_payouts(Answers(paid=paid, failed=failed), instruction=instruction)
    return row
