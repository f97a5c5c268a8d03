"""What one row of the bank's answer says, judged by what was sent and what is known: it fits, or why not.

Source: B-35, B-36; peers-settlement-invest A7, A18 to A20, A24; I20; reliability, M9, T15.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from tael import books
from tael.money import Money, parse_amount
from tael.parties.models import Payee
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.models import PayoutRow
from tael.settlement.remittances.flow_number import parse_flow_number
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from tael.money import Currency
    from tael.settlement.models import PayoutBatch
    from tael.sheets import Row, Sheet

REASON_MAX: Final = 500
PORTION: Final = 1000
VERDICTS: Final = ("paid", "failed", "unknown", "unchanged", "refused")
NEEDED: Final = ("batch", "row", "withdrawal", "payee", "payee_account", "amount", "payout_status")
"""Headings that a sheet needs; a message of the bank (pain.002) tells less."""
TOLD_BY_MESSAGE: Final = ("batch", "withdrawal", "payout_status")
WORDS: Final = {
    "paid": ("paid", "success", "succeeded", "成功", "已付", "已打款", "打款成功", "付款成功"),
    "failed": ("failed", "fail", "failure", "失败", "失敗", "打款失败", "付款失败", "打款失敗"),
    "unknown": ("unknown", "未知", "不明"),
    "waiting": ("pending", "processing", "处理中", "處理中"),
}
_VERDICTS: Final = {word: verdict for verdict, words in WORDS.items() for word in words}
_TOTAL: Final = frozenset({"total", "合计", "合計"})


class ResultRowRefused(Refusal):
    """A row of the bank's answer does not fit what was sent, or what is known by now."""

    code = "result_row_refused"
    because: ClassVar[Because] = "conflict"
    rule = "I20"
    remedy = "Compare the row with the file that was exported; correct it and send the file again."


class RowReport(NamedTuple):
    """What became of one row of the sheet, or would.

    Args:
        row: as the spreadsheet shows it, from 1. verdict: paid, failed, unknown, unchanged or refused.
        reason: why, where it was refused or failed.
    """

    row: int
    withdrawal: str
    verdict: str
    reason: str = ""


class Answer(NamedTuple):
    """A row that fits and says something new.

    Args:
        verdict: paid, failed, unknown, or numbered: paid before, now with its flow number.
    """

    row: int
    sent: PayoutRow
    verdict: str
    flow_number: str | None
    paid_on: date
    reason: str


class Scene(NamedTuple):
    """What rows are compared with.

    Args:
        rows: of the batch, by the withdrawal's number as text; those that are about to be judged.
        told: how often each withdrawal stands in the whole sheet.
        at: when the answer was brought.
        message: whether it is a message of the bank, which repeats less than a sheet.
    """

    batch: PayoutBatch
    currency: Currency
    rows: dict[str, PayoutRow]
    payees: dict[int, Payee]
    told: Counter[str]
    at: datetime
    message: bool = False


def rows_of_answer(sheet: Sheet, batch: PayoutBatch) -> Iterator[Row]:
    """Give the rows to judge: not the empty ones, nor that of the totals as it went out."""
    return (row for row in sheet if row.cells and not (_is_total(row) and _as_sent(row, batch)))


def number_of(row: Row) -> str:
    """Give which withdrawal a row names, as it stands there."""
    cell = row.cells.get("withdrawal")
    return "" if cell is None else cell.text.strip()[:40]


def scene_of(
    batch: PayoutBatch, rows: Sequence[Row], told: Counter[str], *, at: datetime, form: str
) -> Scene:
    """Read what some rows are compared with."""
    numbers = {int(name) for row in rows if (name := number_of(row)).isdecimal() and len(name) < 19}
    sent = PayoutRow.objects.filter(batch=batch, withdrawal__in=numbers).exclude(state="taken_out")
    known = {str(row.withdrawal_id): row for row in sent.select_related("withdrawal")}
    payees = Payee.objects.in_bulk({row.payee for row in known.values()})
    unit = books.currencies()[batch.currency].currency
    return Scene(batch, unit, known, payees, told, at, form == "pain.002")


def judge(scene: Scene, row: Row) -> Answer | None:
    """Give what a row says; None where it says nothing new.

    Raises:
        ResultRowRefused, CellRefused, RowHidden, FlowNumberMalformed: it does not fit.

    Source: B-35, B-36; T15.
    """
    row.check_seen()
    if _is_total(row):
        sent_total = f"{scene.batch.rows} rows, {Money(scene.batch.total, scene.currency).text}"
        said = [row.cells[name].text for name in ("row", "amount") if name in row.cells]
        raise _unfit(row, "amount", ", ".join(said), sent_total)
    sent = _fitting(scene, row)
    word = row.plain("payout_status", needed=False).lower()
    verdict = _VERDICTS.get(word)
    if word and verdict is None:
        raise _unfit(row, "payout_status", word, "paid, failed, unknown")
    flow = row.identifier("flow_number", needed=False) or None
    flow = None if flow is None else parse_flow_number(flow)
    if verdict in {None, "waiting"}:
        return None
    assert verdict is not None
    if verdict == "paid" and sent.state == "paid":
        has = sent.withdrawal.flow_number
        if flow in {None, has}:
            return None
        if has is not None:
            raise _unfit(row, "flow_number", flow or "", has)
        return Answer(row.number, sent, "numbered", flow, scene.at.date(), "")
    if verdict == sent.state:
        return None
    if sent.state not in {"live", "unknown"}:
        raise _unfit(row, "payout_status", word, f"none: it is {sent.state} since {_when(sent)}")
    reason = row.plain("reason", needed=verdict == "failed")
    parse_text(reason, field="reason", longest=REASON_MAX, may_be_empty=True)
    return Answer(
        row.number, sent, verdict, flow if verdict == "paid" else None, _day(scene, row), reason
    )


def judged(scene: Scene, part: Sequence[Row]) -> tuple[list[RowReport], list[Answer]]:
    """Judge some rows: what is to be reported of each, and what the answers among them say."""
    reports: list[RowReport] = []
    answers: list[Answer] = []
    for row in part:
        try:
            answer = judge(scene, row)
        except Refusal as refusal:
            reports.append(RowReport(row.number, number_of(row), "refused", why_refused(refusal)))
            continue
        if answer is None:
            reports.append(RowReport(row.number, number_of(row), "unchanged"))
            continue
        answers.append(answer)
        verdict = "paid" if answer.verdict == "numbered" else answer.verdict
        reports.append(RowReport(row.number, number_of(row), verdict, answer.reason))
    return reports, answers


def told_in(sheet: Sheet, batch: PayoutBatch) -> Counter[str]:
    """Count how often each withdrawal stands in a sheet."""
    return Counter(number_of(row) for row in rows_of_answer(sheet, batch))


def portions(sheet: Sheet, batch: PayoutBatch, done: int) -> Iterator[tuple[int, list[Row]]]:
    """Give the rows that are left, a thousand at a time, each with how many stand before it."""
    left = islice(rows_of_answer(sheet, batch), done, None)
    while part := list(islice(left, PORTION)):
        yield done, part
        done += len(part)


def payee_account(payee: Payee) -> str:
    """Give the number of the account that is paid to, as the file has it.

    Source: E-07, E-15.
    """
    details = payee.details
    return str(details.get("account") or details.get("iban") or details.get("number") or "")


def why_refused(refusal: Refusal) -> str:
    """Write a refusal as the reason of a row."""
    there = f" There: {refusal.there}." if refusal.there else ""
    allowed = f" Allowed: {refusal.allowed}." if refusal.allowed else ""
    field = refusal.field or ""
    column = "" if not field or field in refusal.message else f"{field}: "
    return f"{column}{refusal.message}{there}{allowed}"[:REASON_MAX]


def _is_total(row: Row) -> bool:
    first = row.cells.get("batch")
    return first is not None and first.text.strip().lower() in _TOTAL


def _as_sent(row: Row, batch: PayoutBatch) -> bool:
    """Tell whether the row of the totals says what the batch came to when it was checked (A24)."""
    unit = books.currencies()[batch.currency].currency
    was = {"row": str(batch.rows), "currency": batch.currency}
    if any(row.cells[name].text.strip() != text for name, text in was.items() if name in row.cells):
        return False
    there = row.cells.get("amount")
    try:
        return (
            there is None
            or parse_amount(there.text.strip().replace(",", ""), unit).minor == batch.total
        )
    except Refusal:
        return False


def _fitting(scene: Scene, row: Row) -> PayoutRow:
    """Give the row of the batch that a row of the sheet is, if nothing of it was changed."""
    if row.identifier("batch") != scene.batch.reference:
        raise _unfit(row, "batch", row.identifier("batch"), scene.batch.reference)
    number = row.plain("withdrawal")
    sent = scene.rows.get(number)
    if sent is None:
        raise _unfit(row, "withdrawal", number, f"one of batch {scene.batch.reference}")
    if scene.told[number] > 1:
        times = scene.told[number]
        raise _unfit(row, "withdrawal", number, f"once; the sheet has it {times} times")
    payee = scene.payees[sent.payee]
    was_sent = {
        "row": str(sent.place),
        "payee": payee.holder,
        "payee_account": payee_account(payee),
    }
    told_less = scene.message
    for column, was in was_sent.items():
        there = row.plain(column, needed=False)
        if told_less and (not there or _same_account(column, there, payee)):
            continue
        # a text that a spreadsheet would calculate went out with an apostrophe before it
        if there not in {was, f"'{was}"}:
            raise _unfit(row, column, there, was)
    if told_less and "amount" not in row.cells:
        return sent
    amount = parse_amount(row.plain("amount").replace(",", ""), scene.currency)
    if amount.minor != sent.net:
        raise _unfit(row, "amount", amount.text, Money(sent.net, scene.currency).text)
    return sent


def _same_account(column: str, there: str, payee: Payee) -> bool:
    """Tell whether a message repeats the payee's account: his IBAN where he has one, without blanks."""
    sent = str(payee.details.get("iban") or payee_account(payee))
    return column == "payee_account" and _bare(there) == _bare(sent)


def _bare(number: str) -> str:
    return "".join(number.split()).upper()


def _day(scene: Scene, row: Row) -> date:
    """Give the day of a payment: that of the bank, which is not before the file nor ahead of us."""
    today = scene.at.astimezone(business_zone()).date()
    day = row.day("paid_on") or today
    first = scene.batch.made_at.astimezone(business_zone()).date()
    if not first <= day <= today:
        raise _unfit(row, "paid_on", day.isoformat(), f"{first} to {today}")
    return day


def _when(sent: PayoutRow) -> str:
    return "" if sent.answered_at is None else f"{sent.answered_at:%Y-%m-%d}"


def _unfit(row: Row, column: str, there: str, allowed: str) -> ResultRowRefused:
    message = f"Row {row.number}: {column} is not what was sent."
    return ResultRowRefused(message, field=column, there=there[:100], allowed=allowed)
