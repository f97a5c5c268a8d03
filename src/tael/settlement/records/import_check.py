"""Rehearsing an import (預演): the file is read and each row judged as recording would, and nothing is recorded.

A file of some size is kept as it was brought and taken up by a worker. Reading and rehearsing go in
portions, each a transaction of its own; killed anywhere, it goes on with the next. The file is gone
from the database as soon as its rows stand there.

Source: B-14, B-15; reliability T3, T9, T15; peers-settlement-invest A6, section 4.1.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.db.models import F
from psycopg import Cursor

from tael import books
from tael.refusal import Refusal
from tael.settlement.alone import alone
from tael.settlement.records.accrual_import import (
    PORTION,
    AccrualImport,
    ImportEnded,
    ImportProgress,
    accrual_import,
    accrual_sheet,
    bring_accruals,
    facts_of,
    import_progress,
    keep_rows,
    locked_import,
    note,
    opened,
    record_import,
    said_by,
    write_verdicts,
)
from tael.settlement.records.import_bundle import bundles_of
from tael.settlement.records.import_verdict import RowVerdict, judge
from tael.settlement.records.listed_act import refusal_text
from tael.sheets import Sheet
from tael.sheets.limits import UPLOAD_MAX
from tael.sheets.refusals import SheetTooLarge

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tael.books import Instruction

log: Final = logging.getLogger(__name__)
READ_AT_ONCE: Final = 128 * 1024
"""Bytes of a file that is read while its bringer waits: some 2,000 rows of csv, 4,000 of xlsx."""
NAME_MAX: Final = 200
GOES_ON: Final = ("reading", "checking", "running")
_TO_CHECK: Final = """
    SELECT id, facts, bundle, turn, row FROM settlement_import_row
    WHERE import = %s AND verdict IS NULL ORDER BY bundle, turn, row LIMIT %s
"""
_REST: Final = """
    SELECT id, facts, bundle, turn, row FROM settlement_import_row
    WHERE import = %s AND verdict IS NULL AND bundle = %s AND (turn, row) > (%s, %s) ORDER BY turn, row
"""


class RehearsalTooLarge(Refusal):
    """A file of this size is not rehearsed in the request that brings it."""

    code = "rehearsal_too_large"
    rule: ClassVar[str] = "T15"
    remedy = (
        "Bring it to be rehearsed by the worker, look at its rows, and have them recorded then."
    )


def check_rehearsed_at_once(data: bytes) -> None:
    """Refuse to rehearse a large file while its bringer waits.

    Raises:
        RehearsalTooLarge.

    Source: T15.
    """
    if len(data) > READ_AT_ONCE:
        there, allowed = f"{len(data)} bytes", f"at most {READ_AT_ONCE} bytes"
        message = "The file is too large for a dry run."
        raise RehearsalTooLarge(message, field="file", there=there, allowed=allowed)


def _silent(_progress: ImportProgress) -> None:
    """Tell nobody."""


def _never() -> bool:
    return False


def offer_accruals(
    *, data: bytes, name: str, instruction: Instruction, source: str = ""
) -> AccrualImport:
    """Take a file that is to be rehearsed: a small one is read now, a larger one kept for the worker.

    Not inside a transaction. ``check_import`` goes on with it, here as far as is wanted, or in a worker.

    Args:
        source: of all rows, where the file has no column of it.

    Raises:
        SheetTooLarge, SheetUnreadable, SheetTooHeavy, SheetsBusy, ImportColumns: as ``accrual_sheet``; what is
            wrong with a larger file is the problem of its import.
        KeyReused: the key stands for another file.

    Source: B-14; reliability T9, T15.
    """
    if len(data) <= READ_AT_ONCE:
        sheet = accrual_sheet(data, name=name, source=source)
        return bring_accruals(sheet=sheet, instruction=instruction, source=source, check=True)
    if len(data) > UPLOAD_MAX:
        there, allowed = f"{len(data)} bytes", f"at most {UPLOAD_MAX} bytes"
        raise SheetTooLarge("The file is too large.", field="file", there=there, allowed=allowed)
    return _open(data, "".join(filter(str.isprintable, name))[:NAME_MAX], instruction, source)


def check_import(
    number: int,
    *,
    clock: Callable[[], datetime],
    told: Callable[[ImportProgress], None] = _silent,
    enough: Callable[[], bool] = _never,
    portion: int = PORTION,
) -> ImportProgress:
    """Read the rows of an import and rehearse them, portion by portion, until it is checked or it is enough.

    Killed anywhere and called again, it goes on. Where somebody else is at it, his work is left to him. Not
    inside a transaction.

    Args:
        told: hears of the progress after each portion. enough: asked after each; True ends this call.

    Raises:
        UnknownImport.

    Source: B-15; reliability T3, T15.
    """
    with alone(f"import:{number}") as free:
        more = free
        while more:
            state = accrual_import(number).state
            if state == "reading":
                more = _read(number, clock, told, enough, portion)
            elif state == "checking":
                more = _check_part(number, portion, clock())
                told(import_progress(number))
            else:
                break
            more = more and not enough()
    return import_progress(number)


def carry_on_imports(*, clock: Callable[[], datetime]) -> int:
    """Go on with every import that is being read, rehearsed or recorded; tell how many there were.

    For a worker. One that fails for a reason of its own does not keep the others.

    Source: B-14; reliability T3.
    """
    waiting = AccrualImport.objects.filter(state__in=GOES_ON).order_by("pk")
    numbers = list(waiting.values_list("pk", flat=True))
    for number in numbers:
        try:
            check_import(number, clock=clock)
            row = accrual_import(number)
            if row.state == "running" and row.begun_by is not None:
                with alone(f"import:{number}") as free:
                    if free:
                        record_import(number, actor=row.begun_by, at=clock())
        except ImportEnded:
            continue  # called off while it was under way
        except Exception:
            log.exception("import %s waits", number)
    return len(numbers)


@books.atomic
def cancel_import(number: int, *, actor: str, at: datetime) -> AccrualImport:
    """Call an import off. What was recorded of it stays; no further row is. Again changes nothing.

    Raises:
        UnknownImport.
        ImportEnded: it is recorded to its end, or could not be read.

    Source: B-14; reliability T9.
    """
    row = locked_import(number)
    if row.state == "cancelled":
        return row
    if row.state in {"finished", "failed"}:
        raise ImportEnded("The import has ended.", field="import", there=row.state)
    was = row.state
    _end(row, "cancelled", at)
    note(row, "cancel", actor, at, state=was)
    return row


@books.atomic
def _open(data: bytes, name: str, instruction: Instruction, source: str) -> AccrualImport:
    digest, packed = hashlib.sha256(data).hexdigest(), zlib.compress(data, 1)
    told = {"name": name, "form": "", "size": 0, "source": source}
    return opened(digest, instruction, state="reading", content=packed, **told)[0]


def _read(
    number: int,
    clock: Callable[[], datetime],
    told: Callable[[ImportProgress], None],
    enough: Callable[[], bool],
    portion: int,
) -> bool:
    """Take the rows out of the file; False where it cannot be read or it is enough."""
    row = AccrualImport.objects.filter(pk=number, state="reading").first()
    if row is None:
        return True  # called off meanwhile
    sheet = _sheet(row, clock)
    if sheet is None:
        return False
    bundles = bundles_of((each.number, said_by(each, row.source)[0]) for each in sheet)
    rows = islice(iter(sheet), row.kept, None)
    place = row.kept
    while some := list(islice(rows, portion)):
        if not _keep_part(number, place, some, bundles):
            return True
        place += len(some)
        told(import_progress(number))
        if enough():
            return False
    return _all_kept(number)


def _sheet(row: AccrualImport, clock: Callable[[], datetime]) -> Sheet | None:
    """Give what was read of the file, or read it now, in a limited child; None where that cannot be done."""
    assert row.content is not None, "a file that is being read is kept"
    content = zlib.decompress(row.content)
    if row.columns is None:
        try:
            sheet = accrual_sheet(content, name=row.name, source=row.source)
        except Refusal as refusal:
            if not refusal.retry:
                _fail(row.pk, refusal_text(refusal), clock())
            return None
        _note_read(row.pk, sheet)
        return sheet
    return Sheet(
        name=row.name,
        form=row.form,  # type: ignore[arg-type]  # as it was kept
        digest=row.digest,
        columns=tuple(row.columns),
        header=0,
        count=row.size,
        content=content,
    )


@books.atomic
def _note_read(number: int, sheet: Sheet) -> None:
    AccrualImport.objects.filter(pk=number, state="reading", columns__isnull=True).update(
        columns=list(sheet.columns),
        content=zlib.compress(sheet.content, 1),
        form=sheet.form,
        size=len(sheet),
    )


@books.atomic
def _keep_part(number: int, place: int, rows: list[Any], bundles: dict[int, int]) -> bool:
    """Keep some rows; False where somebody else has done so, or has called it off."""
    row = locked_import(number)
    if row.state != "reading" or row.kept != place:
        return False
    keep_rows(row, rows, bundles)
    AccrualImport.objects.filter(pk=number).update(kept=F("kept") + len(rows))
    return True


@books.atomic
def _all_kept(number: int) -> bool:
    row = locked_import(number)
    if row.state != "reading" or row.kept != row.size:
        return False
    row.state, row.content = "checking", None
    row.save(update_fields=["state", "content"])
    return True


@books.atomic
def _check_part(number: int, limit: int, at: datetime) -> bool:
    """Rehearse the next rows with all that they may depend on; False when there are none left."""
    row = locked_import(number)
    if row.state != "checking":
        return False
    found = Cursor(books.connection()).execute(_TO_CHECK, [number, limit]).fetchall()
    if len(found) < limit:
        row.state = "checked"
        row.save(update_fields=["state"])
    else:
        last = found[-1]
        found += Cursor(books.connection()).execute(_REST, [number, *last[2:]]).fetchall()
    rows = [(each[0], facts_of(each[1])) for each in found]

    def whole() -> list[RowVerdict]:
        parts = (rows[begin : begin + PORTION] for begin in range(0, len(rows), PORTION))
        return [verdict for part in parts for verdict in judge(part, actor=row.brought_by, at=at)]

    if rows:
        verdicts = [verdict._replace(accrual=None) for verdict in books.rehearse(whole)]
        write_verdicts(verdicts, done=False)
    return row.state == "checking"


@books.atomic
def _fail(number: int, problem: str, at: datetime) -> None:
    row = locked_import(number)
    if row.state == "reading":
        row.problem = problem
        _end(row, "failed", at)


def _end(row: AccrualImport, state: str, at: datetime) -> None:
    row.state, row.content, row.finished_at = state, None, at
    row.save(update_fields=["state", "content", "problem", "finished_at"])
