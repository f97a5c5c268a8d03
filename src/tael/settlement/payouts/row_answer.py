"""A person knows what became of one row of a batch: the bank was asked, or its statement says so.

Above the operator's limit his word waits for a second person. Nobody says it of his own money.

Source: B-36; SM-06; peers-settlement-invest A7, A18, A19, A36; I20, I32.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tael import books
from tael.approvals.command import Command, Payload, register
from tael.approvals.limit import needs_two
from tael.approvals.proposal import Proposal, propose
from tael.parties.text import parse_text
from tael.settlement.independence import check_not_his_own
from tael.settlement.lifecycles import BatchState
from tael.settlement.models import MerchantWithdrawal, PayoutRow
from tael.settlement.payouts.batch import NothingToPay, locked_batch, money_in, refused_batch, tell
from tael.settlement.payouts.batch_export import settle_when_answered
from tael.settlement.payouts.inquiry_plan import follow_rows
from tael.settlement.payouts.paying import Answers, Failed, Paid, answer_payouts
from tael.settlement.payouts.result_row import REASON_MAX
from tael.settlement.remittances.flow_number import parse_flow_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tael.approvals.command import Agreed
    from tael.books import Instruction
    from tael.settlement.models import PayoutBatch

__all__ = ["ANSWER", "Outcome", "Proposal", "answer_row"]

OPEN: Final = ("live", "unknown")


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

    @property
    def verdict(self) -> str:
        """The state that a row comes into."""
        return "paid" if self.paid else "failed"


@books.atomic
def answer_row(
    *, number: int, withdrawal: int, outcome: Outcome, instruction: Instruction
) -> PayoutRow | Proposal:
    """Say what became of one row of an exported batch; above the limit it waits for a second person.

    The same said again changes nothing.

    Raises:
        UnknownBatch; BatchMoveRefused: it was not exported.
        NothingToPay: the withdrawal is no row of it that waits for an answer.
        TextMalformed: there is no reason. FlowNumberMalformed, FlowNumberTaken.
        AffectedDecides: by the merchant himself.
        KeyReused: the key stands for something else.

    Postings: see ``answer_payouts``.

    Source: B-36; A7, A18, A19, A36; I20, I32.
    """
    batch = _awaited(number)
    told = _checked(outcome)
    row = _row(batch, withdrawal, told)
    if row.state == told.verdict:
        return row
    check_not_his_own(row.withdrawal.account.owner, instruction, of="a withdrawal")
    net = money_in(batch, row.net)
    # what waits stays with the second person, also when the limit was changed since
    waits = Proposal.objects.filter(key=instruction.entry_keys().key).exists()
    if not waits and not needs_two(ANSWER.code, batch.currency, net):
        return _answer(batch, row, told, instruction)
    return propose(
        command=ANSWER.code,
        payload={
            "batch": number,
            "withdrawal": withdrawal,
            "amount": row.net,
            "outcome": told.verdict,
            "reason": told.reason,
            "paid_on": told.paid_on.isoformat(),
            "flow_number": told.flow_number,
        },
        subject=f"payout_batch:{number}",
        amount=net,
        before={"outcome": row.state},
        note=told.reason,
        instruction=instruction,
    )


def _awaited(number: int) -> PayoutBatch:
    batch = locked_batch(number)
    if batch.state not in {BatchState.EXPORTED, BatchState.SETTLED}:
        raise refused_batch(batch, "take an answer")
    return batch


def _checked(outcome: Outcome) -> Outcome:
    flow = parse_flow_number(outcome.flow_number) if outcome.flow_number else ""
    return outcome._replace(
        reason=parse_text(outcome.reason, field="reason", longest=REASON_MAX),
        flow_number=flow if outcome.paid else "",
    )


def _row(batch: PayoutBatch, withdrawal: int, outcome: Outcome) -> PayoutRow:
    rows = PayoutRow.objects.filter(batch=batch, withdrawal=withdrawal).exclude(state="taken_out")
    row = rows.select_related("withdrawal__account").first()
    if row is None or row.state not in {*OPEN, outcome.verdict}:
        message = f"Withdrawal {withdrawal} waits for no answer here."
        raise NothingToPay(message, field="withdrawal", there="" if row is None else row.state)
    return row


def _answer(
    batch: PayoutBatch, row: PayoutRow, outcome: Outcome, instruction: Instruction
) -> PayoutRow:
    number, flow = row.withdrawal_id, outcome.flow_number or None
    row.state, row.flow_number, row.reason = outcome.verdict, flow, outcome.reason
    row.answered_at = instruction.at
    row.save(update_fields=["state", "flow_number", "reason", "answered_at"])
    follow_rows([row.pk], instruction)
    settle_when_answered(batch, instruction)
    tell(
        batch,
        "answer_row",
        instruction,
        withdrawal=number,
        verdict=outcome.verdict,
        reason=outcome.reason,
    )
    paid = [Paid(number, batch.channel, outcome.paid_on, flow)] if outcome.paid else []
    failed = [] if outcome.paid else [Failed(number, outcome.reason)]
    answer_payouts(Answers(paid=paid, failed=failed), instruction=instruction)
    return row


def _carry_out(payload: Payload, instruction: Instruction, _agreed: Agreed) -> Mapping[str, Any]:
    batch = _awaited(payload["batch"])
    outcome = _checked(
        Outcome(
            payload["outcome"] == "paid",
            payload["reason"],
            date.fromisoformat(payload["paid_on"]),
            payload["flow_number"],
        )
    )
    row = _row(batch, payload["withdrawal"], outcome)
    if row.state == outcome.verdict:
        return {"outcome": row.state, "by": "another answer"}
    assert row.net == payload["amount"], "a row's amount is never changed"
    _answer(batch, row, outcome, instruction)
    return {"outcome": outcome.verdict}


def _merchant(payload: Payload) -> int:
    rows = MerchantWithdrawal.objects.filter(pk=payload["withdrawal"])
    return rows.values_list("account__owner", flat=True)[0]


ANSWER: Final = register(
    Command(
        "settlement.answer_payout",
        "Outcome of a payout",
        _carry_out,
        concerns=_merchant,
        amounts=frozenset({"amount"}),
    )
)
