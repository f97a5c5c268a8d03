"""The bank's answer to a payout batch (回盤): each row of the sheet is judged, and what it says is done once.

A row that was changed, hidden, doubled, calculated or is of another batch is refused with its number and the
reason; the others are taken. What is not told stays as it is, and the same file again changes nothing.

Source: B-35, B-36; peers-settlement-invest A7, A18 to A20, A24; I20; reliability, T15.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from tael import books
from tael.money import parse_amount
from tael.parties.models import Payee
from tael.refusal import Because, Refusal
from tael.settlement.bank_profile import COLUMNS
from tael.settlement.batch import locked_batch, refused_batch, tell
from tael.settlement.batch_export import settle_when_answered
from tael.settlement.flow_number import parse_flow_number
from tael.settlement.lifecycles import BatchState, PayoutEvent
from tael.settlement.models import PayoutRow, ResultFile
from tael.settlement.paying import Failed, Paid, fail_payouts, move_payouts, pay_payouts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from tael.books import Instruction
    from tael.money import Currency
    from tael.settlement.models import PayoutBatch
    from tael.sheets import Row, Sheet

PORTION: Final = 1000
NAME_MAX: Final = 200
NEEDED: Final = ("batch", "row", "withdrawal", "payee", "payee_account", "amount", "payout_status")
WORDS: Final = {
    "paid": ("paid", "success", "succeeded", "成功", "已付", "已打款", "打款成功", "付款成功"),
    "failed": ("failed", "fail", "failure", "失败", "失敗", "打款失败", "付款失败", "打款失敗"),
    "unknown": ("unknown", "pending", "processing", "未知", "处理中", "處理中"),
}
_VERDICTS: Final = {word: verdict for verdict, words in WORDS.items() for word in words}


class ResultRowRefused(Refusal):
    """A row of the bank's answer does not fit what was sent, or what is known by now."""

    code = "result_row_refused"
    because: ClassVar[Because] = "conflict"
    rule = "I20"
    remedy = "Compare the row with the file that was exported; correct it and send the file again."


class ResultFileUnfit(Refusal):
    """The sheet lacks a column that the exported file has."""

    code = "result_file_unfit"
    rule = "A24"
    remedy = "Fill in the exported file itself; keep its columns and headings."


class RowReport(NamedTuple):
    """What became of one row of the sheet.

    Args:
        row: as the spreadsheet shows it, from 1. verdict: paid, failed, unknown, unchanged or refused.
        reason: why, where it was refused.
    """

    row: int
    withdrawal: str
    verdict: str
    reason: str = ""


class _Answer(NamedTuple):
    """A row that fits, and what it says."""

    row: int
    place: PayoutRow
    verdict: str
    flow_number: str | None
    paid_on: date
    reason: str


class _Scene(NamedTuple):
    """What the rows are compared with."""

    batch: PayoutBatch
    currency: Currency
    rows: dict[str, PayoutRow]
    payees: dict[int, Payee]
    told: Counter[str]


def import_result(
    *,
    number: int,
    sheet: Sheet,
    instruction: Instruction,
    progress: Callable[[int], None] = lambda _rows: None,
) -> ResultFile:
    """Take the bank's answer to an exported batch; each portion of the rows is a transaction of its own.

    Stopped in the middle, it is sent again: what was taken is found unchanged. What failed is on its
    account again at once; what is unknown stays so until a later file or a person knows.

    Args:
        sheet: as ``sheets.read_sheet`` gave it, read with ``wanted=NEEDED``.
        progress: hears how many rows were judged.

    Postings: see ``pay_payouts`` and ``fail_payouts``.

    Raises:
        UnknownBatch; BatchMoveRefused: it was not exported.
        ResultFileUnfit: a column is missing.

    Source: B-35, B-36; A24; I20.
    """
    batch = _awaited(number)
    missing = [column for column in NEEDED if column not in sheet.columns]
    if missing:
        message = f"The sheet has no column {missing[0]}."
        allowed = ", ".join(COLUMNS)
        raise ResultFileUnfit(
            message, field=missing[0], there=", ".join(sheet.columns)[:200], allowed=allowed
        )
    scene = _scene(batch, sheet)
    reports: list[RowReport] = []
    for part in _portions(_rows(sheet)):
        reports += _take(scene, part, instruction)
        progress(len(reports))
    return _kept(batch.pk, reports, sheet, instruction)


@books.atomic
def _awaited(number: int) -> PayoutBatch:
    batch = locked_batch(number)
    if batch.state not in {BatchState.EXPORTED, BatchState.SETTLED}:
        raise refused_batch(batch, "take an answer")
    return batch


def _scene(batch: PayoutBatch, sheet: Sheet) -> _Scene:
    rows = PayoutRow.objects.filter(batch=batch).exclude(state="taken_out")
    by_number = {str(row.withdrawal_id): row for row in rows}
    payees = Payee.objects.in_bulk({row.payee for row in by_number.values()})
    told = Counter(
        row.cells["withdrawal"].text.strip() for row in _rows(sheet) if "withdrawal" in row.cells
    )
    unit = books.currencies()[batch.currency].currency
    return _Scene(batch, unit, by_number, payees, told)


def _rows(sheet: Sheet) -> Iterator[Row]:
    """Give the rows that are about withdrawals: not the empty ones, nor that of the totals."""
    return (row for row in sheet if row.cells and not _is_total(row))


def _is_total(row: Row) -> bool:
    first = row.cells.get("batch")
    return first is not None and first.text.strip().lower() in {"total", "合计", "合計"}


def _portions(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while part := list(islice(left, PORTION)):
        yield part


def _take(scene: _Scene, part: Sequence[Row], instruction: Instruction) -> list[RowReport]:
    """Judge some rows and do what they say: together, or one by one where one of them is refused."""
    try:
        return _together(scene, part, instruction, one_by_one=False)
    except Refusal:
        return [
            report
            for row in part
            for report in _together(scene, [row], instruction, one_by_one=True)
        ]


def _together(
    scene: _Scene, part: Sequence[Row], instruction: Instruction, *, one_by_one: bool
) -> list[RowReport]:
    reports: dict[int, RowReport] = {}
    answers = []
    for row in part:
        try:
            answer = _judge(scene, row, instruction)
        except Refusal as refusal:
            reports[row.number] = _refused(row, refusal)
            continue
        if answer is None:
            reports[row.number] = RowReport(row.number, _number(row), "unchanged")
        else:
            answers.append(answer)
            reports[row.number] = RowReport(row.number, _number(row), answer.verdict)
    try:
        _do(scene, answers, instruction)
    except Refusal as refusal:
        if not one_by_one:
            raise
        reports = {row.number: _refused(row, refusal) for row in part}
    return list(reports.values())


def _judge(scene: _Scene, row: Row, instruction: Instruction) -> _Answer | None:
    """Give what a row says; None where it says nothing new.

    Raises:
        Refusal: it does not fit.
    """
    row.check_seen()
    known = _fitting(scene, row)
    word = row.plain("payout_status", needed=False).lower()
    if not word:
        return None
    verdict = _VERDICTS.get(word)
    if verdict is None:
        raise _unfit(row, "payout_status", word, "paid, failed, unknown")
    flow = row.identifier("flow_number", needed=False) or None
    flow = None if flow is None else parse_flow_number(flow)
    if known.state == verdict and flow in {None, known.flow_number}:
        return None
    if known.state not in {"live", "unknown"}:
        raise _unfit(
            row, "payout_status", word, f"none: it is {known.state} since {known.answered_at}"
        )
    reason = row.plain("reason", needed=verdict == "failed")
    paid_on = row.day("paid_on") or instruction.at.date()
    return _Answer(row.number, known, verdict, flow, paid_on, reason)


def _fitting(scene: _Scene, row: Row) -> PayoutRow:
    """Give the row of the batch that a row of the sheet is, if nothing of it was changed."""
    if row.identifier("batch") != scene.batch.reference:
        raise _unfit(row, "batch", row.identifier("batch"), scene.batch.reference)
    number = row.plain("withdrawal")
    known = scene.rows.get(number)
    if known is None:
        raise _unfit(row, "withdrawal", number, f"one of batch {scene.batch.reference}")
    if scene.told[number] > 1:
        raise _unfit(
            row, "withdrawal", number, f"once; the sheet has it {scene.told[number]} times"
        )
    payee = scene.payees[known.payee]
    sent = {
        "row": str(known.place),
        "payee": payee.holder,
        "payee_account": payee_account(payee),
    }
    # a text that a spreadsheet would calculate went out with an apostrophe before it
    for column, was in sent.items():
        there = row.plain(column, needed=False)
        if there not in {was, f"'{was}"}:
            raise _unfit(row, column, there, was)
    amount = parse_amount(row.plain("amount").replace(",", ""), scene.currency)
    if amount.minor != known.net:
        raise _unfit(row, "amount", amount.text, str(known.net))
    return known


def payee_account(payee: Payee) -> str:
    """Give the number of the account that is paid to, as the file has it.

    Source: E-07, E-15.
    """
    details = payee.details
    return str(details.get("account") or details.get("iban") or details.get("number") or "")


@books.atomic
def _do(scene: _Scene, answers: Sequence[_Answer], instruction: Instruction) -> None:
    if not answers:
        return
    locked = PayoutRow.objects.select_for_update().filter(pk__in=[one.place.pk for one in answers])
    now = {row.pk: row for row in locked.order_by("pk")}
    for one in answers:
        there = now[one.place.pk]
        if there.state not in {"live", "unknown"}:
            raise _answered(one.row, there)
        if there.state == one.verdict:
            continue
        there.state, there.flow_number, there.reason = one.verdict, one.flow_number, one.reason
        there.answered_at = instruction.at
    channel = scene.batch.channel
    by = {verdict: [one for one in answers if one.verdict == verdict] for verdict in WORDS}
    pay_payouts(
        [
            Paid(one.place.withdrawal_id, channel, one.paid_on, one.flow_number)
            for one in by["paid"]
        ],
        instruction=instruction,
    )
    fail_payouts(
        [Failed(one.place.withdrawal_id, one.reason) for one in by["failed"]],
        instruction=instruction,
    )
    lost = [one.place.withdrawal_id for one in by["unknown"] if one.place.state == "live"]
    move_payouts(lost, PayoutEvent.LOSE_SIGHT)
    PayoutRow.objects.bulk_update(
        now.values(), ["state", "flow_number", "reason", "answered_at"], batch_size=PORTION
    )
    for one in answers:
        scene.rows[str(one.place.withdrawal_id)] = now[one.place.pk]


@books.atomic
def _kept(
    number: int, reports: Sequence[RowReport], sheet: Sheet, instruction: Instruction
) -> ResultFile:
    batch = locked_batch(number)
    settle_when_answered(batch, instruction)
    counts = Counter(report.verdict for report in reports)
    kept = ResultFile.objects.create(
        batch=batch,
        digest=sheet.digest,
        name=sheet.name[:NAME_MAX],
        paid=counts["paid"],
        failed=counts["failed"],
        unknown=counts["unknown"],
        unchanged=counts["unchanged"],
        refused=counts["refused"],
        report=[list(report) for report in reports if report.verdict != "unchanged"],
        imported_at=instruction.at,
        imported_by=instruction.actor,
    )
    tell(batch, "answer", instruction, file=sheet.digest, **counts)
    return kept


def _number(row: Row) -> str:
    cell = row.cells.get("withdrawal")
    return "" if cell is None else cell.text[:40]


def _refused(row: Row, refusal: Refusal) -> RowReport:
    facts = f"{refusal.message} {refusal.field or ''}: {refusal.there or ''}"
    allowed = f"; {refusal.allowed}" if refusal.allowed else ""
    return RowReport(row.number, _number(row), "refused", f"{facts}{allowed}"[:500])


def _unfit(row: Row, column: str, there: str, allowed: str) -> ResultRowRefused:
    message = f"Row {row.number}: {column} is not what was sent."
    return ResultRowRefused(message, field=column, there=there[:100], allowed=allowed)


def _answered(row: int, there: PayoutRow) -> ResultRowRefused:
    message = f"Row {row}: it has been answered."
    return ResultRowRefused(message, field="payout_status", there=there.state)
