"""The bank's answer to a payout batch (回盤): kept, looked at, then taken in parts; what it says is done once.

A row that was changed, hidden, doubled, calculated or is of another batch is refused with its number and the
reason; the others are taken. What is not told stays as it is, and the same file again changes nothing.

Source: B-35, B-36; peers-settlement-invest A7, A18 to A20, A24; I20; reliability, T15.
"""

from __future__ import annotations

import zlib
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Final

from django.db.models import F

from tael import books, ledger
from tael.refusal import Because, Refusal
from tael.settlement.independence import check_none_his_own
from tael.settlement.lifecycles import BatchState
from tael.settlement.models import ResultFile
from tael.settlement.payouts.answered_rows import take_answers
from tael.settlement.payouts.bank_profile import COLUMNS
from tael.settlement.payouts.batch import BatchMoveRefused, locked_batch, refused_batch, tell
from tael.settlement.payouts.batch_export import settle_when_answered
from tael.settlement.payouts.result_row import (
    NEEDED,
    TOLD_BY_MESSAGE,
    VERDICTS,
    RowReport,
    judged,
    number_of,
    portions,
    rows_of_answer,
    scene_of,
    told_in,
    why_refused,
)
from tael.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tael.books import Instruction
    from tael.settlement.models import PayoutBatch
    from tael.sheets import Row

__all__ = [
    "NEEDED",
    "ResultFile",
    "ResultFileUnfit",
    "RowReport",
    "UnknownResultFile",
    "drop_result",
    "import_result",
    "keep_result",
    "result_file",
    "take_part",
]

NAME_MAX: Final = 200
_REPORTED: Final = """
    INSERT INTO settlement_result_row (file, row, withdrawal, verdict, reason)
    SELECT %s, * FROM unnest(%s::integer[], %s::text[], %s::text[], %s::text[])
"""


class ResultFileUnfit(Refusal):
    """The sheet lacks a column that the exported file has."""

    code = "result_file_unfit"
    rule = "A24"
    remedy = "Fill in the exported file itself; keep its columns and headings."


class UnknownResultFile(Refusal):
    """There is no such result file."""

    code = "unknown_result_file"
    because: ClassVar[Because] = "absent"
    rule = "A24"
    remedy = "Use the number that bringing it gave."


@books.atomic
def keep_result(*, number: int, sheet: Sheet, instruction: Instruction) -> ResultFile:
    """Keep the bank's answer to an exported batch, to be looked at and taken; nothing is done yet.

    A file of the same bytes that waits to be taken is given again; so is what the key stands for.

    Args:
        sheet: as ``sheets.read_sheet`` gave it, read with ``wanted=NEEDED``, or of a pain.002.

    Raises:
        UnknownBatch; BatchMoveRefused: it was not exported.
        ResultFileUnfit: a column is missing.
        AffectedDecides: by somebody whom the batch pays.
        KeyReused: the key stands for another file, or for one of another batch.

    Source: B-35, B-36; A24; T15.
    """
    batch = _awaited(number)
    check_none_his_own(batch, instruction)
    key = instruction.entry_keys().key
    known = ResultFile.objects.filter(key=key).first()
    if known is not None and (known.batch_id, known.digest) != (batch.pk, sheet.digest):
        message = "The key stands for another file."
        raise ledger.KeyReused(message, field="key", there=known.name)
    same = ResultFile.objects.filter(batch=batch, digest=sheet.digest, state="waiting")
    known = known or same.first()
    if known is not None:
        return known
    needed = TOLD_BY_MESSAGE if sheet.form == "pain.002" else NEEDED
    missing = [column for column in needed if column not in sheet.columns]
    if missing:
        message = f"The sheet has no column {missing[0]}."
        allowed = ", ".join(COLUMNS)
        raise ResultFileUnfit(
            message, field=missing[0], there=", ".join(sheet.columns)[:200], allowed=allowed
        )
    kept = ResultFile.objects.create(
        batch=batch,
        key=key,
        digest=sheet.digest,
        name=sheet.name[:NAME_MAX],
        form=sheet.form,
        columns=list(sheet.columns),
        content=zlib.compress(sheet.content, 1),
        rows=sum(1 for _ in rows_of_answer(sheet, batch)),
        imported_at=instruction.at,
        imported_by=instruction.actor,
    )
    tell(batch, "bring_result", instruction, file=kept.pk, sha256=sheet.digest)
    return kept


def import_result(
    *,
    number: int,
    sheet: Sheet,
    instruction: Instruction,
    progress: Callable[[int], None] = lambda _rows: None,
) -> ResultFile:
    """Keep the bank's answer and take all of it; see ``keep_result`` and ``take_part``.

    Args:
        progress: hears how many rows were judged.

    Source: B-35, B-36; A24; I20.
    """
    kept = keep_result(number=number, sheet=sheet, instruction=instruction)
    return take_part(file=kept.pk, instruction=instruction, progress=progress)


def take_part(
    *,
    file: int,
    instruction: Instruction,
    enough: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda _rows: None,
) -> ResultFile:
    """Take rows of a file that waits, a thousand in a transaction, until there are no more or it is enough.

    Stopped in the middle, it goes on where it was; two who take it at once take each row once. What
    failed is on its account again at once; what is unknown stays so until a later file or a person knows.

    Args:
        enough: asked after each thousand. progress: hears how many rows were judged.

    Postings: see ``answer_payouts``.

    Raises:
        UnknownResultFile; BatchMoveRefused: the batch was revoked meanwhile.
        AffectedDecides: by somebody whom the batch pays.

    Source: B-35, B-36; A24; I20, I32.
    """
    found = result_file(file)
    check_none_his_own(found.batch, instruction)
    sheet = None if found.content is None else unpacked(found)
    told = Counter() if sheet is None else told_in(sheet, found.batch)
    while sheet is not None and found.state == "waiting":
        for place, part in portions(sheet, found.batch, found.done):
            if not _take(found.pk, place, part, told, instruction):
                break  # another one has taken it meanwhile: see how far he is
            progress(place + len(part))
            if enough():
                return result_file(file)
        else:
            _finish(found.pk, instruction)
        found = result_file(file)
    return found


@books.atomic
def drop_result(*, file: int, instruction: Instruction) -> ResultFile:
    """Lay a file aside of which no further row is to be taken. Again changes nothing.

    Raises:
        UnknownResultFile. AffectedDecides: by somebody whom the batch pays.

    Source: A24; I32.
    """
    batch = locked_batch(result_file(file).batch_id)
    found = result_file(file)
    if found.state == "waiting":
        check_none_his_own(batch, instruction)
        _close(found, "dropped", instruction)
        tell(batch, "drop_result", instruction, file=file)
    return found


def result_file(number: int) -> ResultFile:
    """Give a result file with its batch; its content, which may be large, is read when it is asked for.

    Raises:
        UnknownResultFile: there is none.

    Source: A24.
    """
    rows = ResultFile.objects.select_related("batch").defer("content")
    found = rows.filter(pk=number).first() if number > 0 else None
    if found is None:
        message = "There is no such result file."
        raise UnknownResultFile(message, field="file", there=str(number)[:32])
    return found


def unpacked(file: ResultFile) -> Sheet:
    """Give the sheet that was kept."""
    assert file.content is not None, "it is kept while it waits"
    return Sheet(
        name=file.name,
        form=file.form,  # type: ignore[arg-type]  # as it was kept
        digest=file.digest,
        columns=tuple(file.columns),
        header=0,
        count=file.rows,
        content=zlib.decompress(file.content),
    )


def _awaited(number: int) -> PayoutBatch:
    batch = locked_batch(number)
    if batch.state not in {BatchState.EXPORTED, BatchState.SETTLED}:
        raise refused_batch(batch, "take an answer")
    return batch


def _take(
    file: int, place: int, part: Sequence[Row], told: Counter[str], instruction: Instruction
) -> bool:
    """Do what some rows say: together, or in halves where one of them is refused only when it is done.

    Returns:
        Whether the file was where we thought.
    """
    try:
        return _together(file, place, part, told, instruction)
    except BatchMoveRefused:
        raise
    except Refusal as refusal:
        if refusal.retry:
            raise
        if len(part) == 1:
            return _refuse(file, place, part[0], refusal, instruction)
    half = len(part) // 2
    return _take(file, place, part[:half], told, instruction) and _take(
        file, place + half, part[half:], told, instruction
    )


@books.atomic
def _together(
    file: int, place: int, part: Sequence[Row], told: Counter[str], instruction: Instruction
) -> bool:
    # the batch is locked while a portion is done: all that changes its rows waits
    found = result_file(file)
    batch = _awaited(found.batch_id)
    if not _is_at(file, place):
        return False
    scene = scene_of(batch, part, told, at=instruction.at, form=found.form)
    reports, answers = judged(scene, part)
    _report(file, reports)
    take_answers(batch, answers, instruction, file=file)
    return True


def _report(file: int, reports: Sequence[RowReport]) -> None:
    counts = Counter(report.verdict for report in reports)
    news = [one for one in reports if one.verdict != "unchanged"]
    if news:
        columns = [list(column) for column in zip(*news, strict=True)]
        books.connection().execute(_REPORTED, [file, *columns])
    ResultFile.objects.filter(pk=file).update(
        done=F("done") + len(reports), **{name: F(name) + counts[name] for name in VERDICTS}
    )


@books.atomic
def _refuse(file: int, place: int, row: Row, refusal: Refusal, _instruction: Instruction) -> bool:
    _awaited(result_file(file).batch_id)
    if not _is_at(file, place):
        return False
    _report(file, [RowReport(row.number, number_of(row), "refused", why_refused(refusal))])
    return True


@books.atomic
def _finish(file: int, instruction: Instruction) -> None:
    batch = locked_batch(result_file(file).batch_id)
    found = result_file(file)
    if found.state != "waiting" or found.done < found.rows:
        return
    settle_when_answered(batch, instruction)
    _close(found, "taken", instruction)
    # what was foreseen of the others is out of date now
    others = ResultFile.objects.filter(batch=batch, state="waiting", done=0)
    others.update(looked=0, outlook=None, looked_at=None)
    counts = {name: getattr(found, name) for name in VERDICTS}
    tell(batch, "answer", instruction, file=file, sha256=found.digest, **counts)


def _close(found: ResultFile, state: str, instruction: Instruction) -> None:
    found.state, found.content = state, None
    found.taken_at, found.taken_by = instruction.at, instruction.actor
    found.save(update_fields=["state", "content", "taken_at", "taken_by"])


def _is_at(file: int, place: int) -> bool:
    return ResultFile.objects.filter(pk=file, state="waiting", done=place).exists()
