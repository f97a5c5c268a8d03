"""What was answered about rows of a batch, by a file or by the channel that was asked: written, then booked.

Source: B-35, B-36; peers-settlement-invest A7, A18 to A20; I20.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import books
from tael.settlement.payouts.inquiry_plan import follow_rows
from tael.settlement.payouts.paying import Answers, Failed, Paid, answer_payouts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tael.books import Instruction
    from tael.settlement.models import PayoutBatch
    from tael.settlement.payouts.result_row import Answer

_ANSWERED: Final = """
    UPDATE settlement_payout_row AS r
    SET state = told.state, flow_number = told.flow_number, reason = told.reason,
        answered_at = told.at, answer = told.file
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::bigint[])
        AS told (id, state, flow_number, reason, at, file)
    WHERE r.id = told.id
"""


def take_answers(
    batch: PayoutBatch,
    answers: Sequence[Answer],
    instruction: Instruction,
    *,
    file: int | None = None,
) -> None:
    """Do what answers that fit say of rows of a locked batch: write them into the rows, and book them.

    Args:
        answers: as ``judge`` gave them. file: the result file that brought them.

    Raises:
        FlowNumberTaken and what else ``answer_payouts`` refuses.

    Postings: see ``answer_payouts``.

    Source: B-35, B-36; I20.
    """
    if not answers:
        return
    columns = [
        [one.sent.pk for one in answers],
        ["paid" if one.verdict == "numbered" else one.verdict for one in answers],
        [one.flow_number for one in answers],
        [one.reason for one in answers],
        [instruction.at for _ in answers],
        [file for _ in answers],
    ]
    books.connection().execute(_ANSWERED, columns)
    follow_rows([one.sent.pk for one in answers], instruction)
    _book(batch, answers, instruction)


def _book(batch: PayoutBatch, answers: Sequence[Answer], instruction: Instruction) -> None:
    by: dict[str, list[Answer]] = {"paid": [], "failed": [], "unknown": [], "numbered": []}
    for one in answers:
        by[one.verdict].append(one)

    def paid(verdict: str) -> list[Paid]:
        return [
            Paid(one.sent.withdrawal_id, batch.channel, one.paid_on, one.flow_number)
            for one in by[verdict]
        ]

    answer_payouts(
        Answers(
            paid=paid("paid"),
            failed=[Failed(one.sent.withdrawal_id, one.reason) for one in by["failed"]],
            lost=[one.sent.withdrawal_id for one in by["unknown"]],
            numbered=paid("numbered"),
        ),
        instruction=instruction,
    )
