"""Importing business records (業務收支) from a sheet: each row stands for itself and gets its verdict.

The file's rows are kept as they were written. They are rehearsed for a look at what would happen, and
recorded in portions, each a transaction of its own: an import that was cut off goes on where it stood,
and bringing the same file again adds nothing, because every record has its number.

Source: B-14, B-15, E-12; reliability M8, M9, T15.
"""

from __future__ import annotations

import json
import zlib
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.parties import audit
from tael.refusal import Because, Refusal
from tael.settlement.models import AccrualImport, AccrualImportRow
from tael.settlement.records.import_row import COLUMNS, NEEDED, read_row, turn_of
from tael.settlement.records.import_verdict import RowVerdict, judge, refused_row
from tael.sheets import Sheet, read_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from tael.books import Instruction
    from tael.sheets import Row

__all__ = [
    "AccrualImport",
    "AccrualImportRow",
    "ImportColumns",
    "ImportEnded",
    "ImportNotChecked",
    "ImportProgress",
    "UnknownImport",
    "accrual_import",
    "accrual_sheet",
    "bring_accruals",
    "import_progress",
    "record_import",
    "unfinished_import",
]

PORTION: Final = 1_000
"""Rows of one transaction."""
SOURCE: Final = "source"

_KEEP: Final = """
    INSERT INTO settlement_import_row (import, row, turn, facts, bundle, done, verdict, code, field, reason)
    SELECT %s, row, turn, facts::jsonb, bundle, code <> '', CASE WHEN code <> '' THEN 'refused' END,
        code, field, reason
    FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[])
        AS told (row, turn, facts, code, field, reason, bundle)
"""
_LEFT: Final = """
    SELECT id, facts, turn, row FROM settlement_import_row
    WHERE import = %s AND NOT done AND (turn, row) > (%s, %s) ORDER BY turn, row LIMIT %s
"""
_WRITE: Final = """
    UPDATE settlement_import_row AS r SET verdict = v.verdict, accrual = v.accrual, code = v.code, field = v.field,
        reason = v.reason, done = %s
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[])
        AS v (id, verdict, accrual, code, field, reason) WHERE r.id = v.id
"""
_PROGRESS: Final = """
    SELECT count(*), count(*) FILTER (WHERE done), count(*) FILTER (WHERE verdict = 'recorded'),
        count(*) FILTER (WHERE verdict = 'there'), count(*) FILTER (WHERE verdict = 'refused'),
        count(*) FILTER (WHERE verdict = 'confirms'), count(*) FILTER (WHERE verdict = 'fails'),
        count(verdict)
    FROM settlement_import_row WHERE import = %s
"""


class UnknownImport(Refusal):
    """There is no import of this number."""

    code = "unknown_import"
    because: ClassVar[Because] = "absent"
    rule = "B-14"
    remedy = "Use the number that bringing the file gave."


class ImportColumns(Refusal):
    """The sheet lacks a column that is needed, or has one that says nothing to Tael."""

    code = "import_columns"
    rule = "T15"
    remedy = "Give the columns the names of the list, and take the others out."


class ImportNotChecked(Refusal):
    """The file is still being read and rehearsed."""

    code = "import_not_checked"
    because: ClassVar[Because] = "conflict"
    rule = "T15"
    remedy = "Wait until each of its rows has been rehearsed, look at them, and record them then."


class ImportEnded(Refusal):
    """The import is at its end: recorded, called off, or not to be read at all."""

    code = "import_ended"
    because: ClassVar[Because] = "conflict"
    rule = "B-14"
    remedy = "Bring the file again; what is recorded is not recorded twice."


class ImportProgress(NamedTuple):
    """How far an import is: rows in all and those that have their own verdict; how many of each verdict.

    Args:
        recorded: new records. there: told before in the same words. refused: not taken.
        confirms, fails: decide a record that was pending. checked: rows with a verdict of any sort, also
            one of the rehearsal.
    """

    rows: int
    done: int
    recorded: int
    there: int
    refused: int
    confirms: int = 0
    fails: int = 0
    checked: int = 0


def accrual_sheet(data: bytes, *, name: str, source: str = "") -> Sheet:
    """Read a file of business records, in a limited child process.

    Args:
        source: of all rows, where the file has no column of it.

    Raises:
        SheetTooLarge, SheetUnreadable, SheetTooHeavy, SheetsBusy: as ``read_sheet``.
        ImportColumns: naming the column.

    Source: reliability M8, T15.
    """
    needed = [column for column in NEEDED if column != SOURCE or not source]
    sheet = read_sheet(data, name=name, wanted=needed)
    for column in needed:
        if column not in sheet.columns:
            raise ImportColumns(
                f"The column {column} is missing.",
                field=column,
                there=", ".join(sheet.columns)[:200],
                allowed=", ".join(COLUMNS),
            )
    for column in sheet.columns:
        if column not in COLUMNS:
            raise ImportColumns(
                "There is no such column.",
                field="file",
                there=column[:60],
                allowed=", ".join(COLUMNS),
            )
    return sheet


@books.atomic
def bring_accruals(
    *, sheet: Sheet, instruction: Instruction, source: str = "", check: bool = False
) -> AccrualImport:
    """Keep the rows of a file, so that they can be recorded; under the same key it is the same import.

    Args:
        sheet: as ``accrual_sheet`` gives it. source: of the rows that name none.
        check: it is to be rehearsed, by ``check_import``, and waits for somebody to say that it is to be
            recorded.

    Raises:
        KeyReused: the key stands for another file.

    Source: B-14, B-15.
    """
    told = {"name": sheet.name, "form": sheet.form, "size": len(sheet), "source": source}
    if check:
        kept = {"columns": list(sheet.columns), "content": zlib.compress(sheet.content, 1)}
        return opened(sheet.digest, instruction, state="reading", **told, **kept)[0]
    made, new = opened(
        sheet.digest,
        instruction,
        state="running",
        kept=len(sheet),
        begun_at=instruction.at,
        begun_by=instruction.actor,
        **told,
    )
    if new:
        rows = iter(sheet)
        while portion := list(islice(rows, PORTION)):
            keep_rows(made, portion)
    return made


def opened(digest: str, instruction: Instruction, **told: Any) -> tuple[AccrualImport, bool]:
    """Open an import in the caller's transaction, or find the one that the key stands for; tell whether it is new.

    Raises:
        KeyReused: the key stands for another file, or for the same one of another source.

    Source: B-15.
    """
    made, new = AccrualImport.objects.get_or_create(
        brought_by=instruction.actor,
        key=instruction.key,
        defaults={**told, "digest": digest, "brought_at": instruction.at},
    )
    if new:
        details = {"name": made.name, "digest": digest, "rows": made.size}
        note(made, "bring", instruction.actor, instruction.at, **details)
    elif (made.digest, made.source) != (digest, told["source"]):
        message = "The key stands for another file, or for the file of another source."
        raise ledger.KeyReused(message, field="key", there=made.name)
    return made, new


def note(of: AccrualImport, act: str, actor: str, at: datetime, **details: Any) -> None:
    """Write into the audit trail what somebody does with an import."""
    audit.record(
        actor=actor,
        action=f"accrual_import.{act}",
        subject=f"accrual_import:{of.pk}",
        at=at,
        details=details,
    )


def record_import(
    number: int,
    *,
    actor: str,
    at: datetime,
    told: Callable[[ImportProgress], None] = lambda _progress: None,
    enough: Callable[[], bool] = lambda: False,
    portion: int = PORTION,
) -> ImportProgress:
    """Record what the rows of an import tell, portion by portion, until all have their verdict or it is enough.

    Cut off anywhere and called again, it goes on. Two calls at once share the work.

    Args:
        told: hears of the progress after each portion. enough: asked after each; True ends this call.

    Raises:
        UnknownImport.
        ImportNotChecked: it is still being read and rehearsed.
        ImportEnded: it was called off, or could not be read.

    Source: B-08, B-14, B-15; SM-04.
    """
    while _one_portion(number, portion, actor=actor, at=at):
        told(import_progress(number))
        if enough():
            break
    return import_progress(number)


def accrual_import(number: int) -> AccrualImport:
    """Give an import.

    Raises:
        UnknownImport: there is none.

    Source: B-14.
    """
    found = AccrualImport.objects.defer("content").filter(pk=number).first()
    if found is None:
        raise UnknownImport("There is no such import.", field="import", there=str(number)[:32])
    return found


def unfinished_import(*, digest: str, actor: str) -> AccrualImport | None:
    """Give the newest import of the very file by the same person that was cut off.

    Source: B-15.
    """
    rows = AccrualImport.objects.filter(digest=digest, brought_by=actor, state="running")
    return rows.order_by("-pk").first()


def import_progress(number: int) -> ImportProgress:
    """Tell how far an import is.

    Source: B-14.
    """
    row = books.connection().execute(_PROGRESS, [number]).fetchone()
    assert row is not None, "a count is always there"
    return ImportProgress(*map(int, row))


@books.atomic
def _one_portion(number: int, limit: int, *, actor: str, at: datetime) -> bool:
    """Record the next rows; False when there are none left."""
    row = locked_import(number)
    if row.state == "finished":
        return False
    if row.state in {"reading", "checking"}:
        raise ImportNotChecked("The file is being checked.", field="import", there=row.state)
    if row.state in {"failed", "cancelled"}:
        raise ImportEnded("The import has ended.", field="import", there=row.state)
    if row.state == "checked":
        row.state, row.begun_at, row.begun_by = "running", at, actor
        row.save(update_fields=["state", "begun_at", "begun_by"])
    rows = next(_portions(number, limit), [])
    if rows:
        write_verdicts(judge(rows, actor=actor, at=at), done=True)
    if len(rows) < limit:
        row.state, row.finished_at = "finished", at
        row.save(update_fields=["state", "finished_at"])
    return bool(rows)


def locked_import(number: int) -> AccrualImport:
    """Give an import for change, without the file that it may keep; whoever else changes it waits.

    Raises:
        UnknownImport: there is none.
    """
    rows = AccrualImport.objects.select_for_update().defer("content")
    return rows.filter(pk=number).first() or accrual_import(number)


def _portions(number: int, limit: int = PORTION) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """Give the rows that have no verdict of their own yet, in their turns."""
    place = (-1, -1)
    while True:
        asked = [number, *place, limit]
        found = Cursor(books.connection()).execute(_LEFT, asked).fetchall()
        if not found:
            return
        place = (found[-1][2], found[-1][3])
        yield [(row[0], facts_of(row[1])) for row in found]


def facts_of(told: Any) -> dict[str, Any]:
    """Give the texts of a row; on Django's connection JSON comes as text."""
    if isinstance(told, str):
        facts: dict[str, Any] = json.loads(told)
        return facts
    return dict(told)


def said_by(row: Row, source: str) -> tuple[dict[str, str], Refusal | None]:
    """Give the texts of a row, with the source of all rows where it names none, and why it is not taken."""
    said, refusal = read_row(row)
    if source and not said.get(SOURCE):
        said[SOURCE] = source
    return said, refusal


def keep_rows(
    of: AccrualImport, rows: Iterable[Row], bundles: Mapping[int, int] | None = None
) -> None:
    """Keep rows as they are written, in the caller's transaction; what cannot be read is refused at once.

    Args:
        bundles: the bundle of each row, where they are to be rehearsed.
    """
    kept = [_kept(row, of.source) for row in rows]
    columns = [list(column) for column in zip(*kept, strict=True)]
    bundle = [None if bundles is None else bundles[number] for number in columns[0]]
    Cursor(books.connection()).execute(_KEEP, [of.pk, *columns, bundle])


def write_verdicts(verdicts: Sequence[RowVerdict], *, done: bool) -> None:
    """Write the verdicts on rows, in the caller's transaction.

    Args:
        done: they are the rows' own, and not those of a rehearsal.
    """
    columns = [list(column) for column in zip(*verdicts, strict=True)]
    Cursor(books.connection()).execute(_WRITE, [done, *columns])


def _kept(row: Row, source: str) -> tuple[int, int, str, str, str, str]:
    said, refusal = said_by(row, source)
    no = None if refusal is None else refused_row(row.number, refusal)
    return (
        row.number,
        turn_of(said),
        json.dumps(said, ensure_ascii=False),
        no.code if no else "",
        no.field if no else "",
        no.reason if no else "",
    )
