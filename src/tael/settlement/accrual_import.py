"""Importing business records (業務收支) from a sheet: each row stands for itself and gets its verdict.

The file's rows are kept as they were written. They are rehearsed for a look at what would happen, and
recorded in portions, each a transaction of its own: an import that was cut off goes on where it stood,
and bringing the same file again adds nothing, because every record has its number.

Source: B-14, B-15, E-12; reliability M8, M9, T15.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.parties import audit
from tael.refusal import Because, Refusal
from tael.settlement.import_row import COLUMNS, NEEDED, read_row, turn_of
from tael.settlement.import_verdict import RowVerdict, judge, refused_row
from tael.settlement.models import AccrualImport, AccrualImportRow
from tael.sheets import Sheet, read_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from tael.books import Instruction
    from tael.sheets import Row

__all__ = [
    "AccrualImport",
    "AccrualImportRow",
    "ImportColumns",
    "ImportProgress",
    "UnknownImport",
    "accrual_import",
    "accrual_sheet",
    "bring_accruals",
    "import_progress",
    "record_import",
    "rehearse_import",
    "unfinished_import",
]

PORTION: Final = 1_000
"""Rows of one transaction."""
SOURCE: Final = "source"

_KEEP: Final = """
    INSERT INTO settlement_import_row (import, row, turn, facts, done, verdict, code, field, reason)
    SELECT %s, row, turn, facts::jsonb, code <> '', CASE WHEN code <> '' THEN 'refused' END, code, field, reason
    FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS told (row, turn, facts, code, field, reason)
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
        count(*) FILTER (WHERE verdict = 'there'), count(*) FILTER (WHERE verdict = 'refused')
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


class ImportProgress(NamedTuple):
    """How far an import is: rows in all and those that have their own verdict; how many of each verdict.

    Args:
        recorded: new records. there: told before in the same words. refused: not taken.
    """

    rows: int
    done: int
    recorded: int
    there: int
    refused: int


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
        check: it waits, rehearsed, for somebody to say that it is to be recorded.

    Raises:
        KeyReused: the key stands for another file.

    Source: B-14, B-15.
    """
    made, new = AccrualImport.objects.get_or_create(
        brought_by=instruction.actor,
        key=instruction.key,
        defaults={
            "name": sheet.name,
            "form": sheet.form,
            "digest": sheet.digest,
            "size": len(sheet),
            "state": "checked" if check else "running",
            "brought_at": instruction.at,
            "begun_at": None if check else instruction.at,
            "begun_by": None if check else instruction.actor,
        },
    )
    if not new:
        if made.digest != sheet.digest:
            message = "The key stands for another file."
            raise ledger.KeyReused(message, field="key", there=made.name)
        return made
    rows = iter(sheet)
    while portion := list(islice(rows, PORTION)):
        _keep(made, portion, source)
    audit.record(
        actor=instruction.actor,
        action="accrual_import.bring",
        subject=f"accrual_import:{made.pk}",
        at=instruction.at,
        details={"name": sheet.name, "digest": sheet.digest, "rows": len(sheet)},
    )
    if check:
        rehearse_import(made.pk, actor=instruction.actor, at=instruction.at)
    return made


@books.atomic
def rehearse_import(number: int, *, actor: str, at: datetime) -> ImportProgress:
    """Judge the rows of an import as recording would, keep the verdicts and take the records back.

    Source: B-15; reliability T15.
    """

    def whole() -> list[RowVerdict]:
        return [
            verdict
            for portion in _portions(number)
            for verdict in judge(portion, actor=actor, at=at)
        ]

    verdicts = iter(books.rehearse(whole))
    while some := list(islice(verdicts, PORTION)):
        _write([verdict._replace(accrual=None) for verdict in some], done=False)
    return import_progress(number)


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
    found = AccrualImport.objects.filter(pk=number).first()
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
    row = AccrualImport.objects.select_for_update().filter(pk=number).first()
    if row is None:
        accrual_import(number)
        raise AssertionError(number)
    if row.state == "finished":
        return False
    if row.state == "checked":
        row.state, row.begun_at, row.begun_by = "running", at, actor
        row.save(update_fields=["state", "begun_at", "begun_by"])
    rows = next(_portions(number, limit), [])
    if rows:
        _write(judge(rows, actor=actor, at=at), done=True)
    if len(rows) < limit:
        row.state, row.finished_at = "finished", at
        row.save(update_fields=["state", "finished_at"])
    return bool(rows)


def _portions(number: int, limit: int = PORTION) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """Give the rows that have no verdict of their own yet, in their turns."""
    place = (-1, -1)
    while True:
        asked = [number, *place, limit]
        found = Cursor(books.connection()).execute(_LEFT, asked).fetchall()
        if not found:
            return
        place = (found[-1][2], found[-1][3])
        yield [(row[0], _facts(row[1])) for row in found]


def _facts(told: Any) -> dict[str, Any]:
    """Give the texts of a row; on Django's connection JSON comes as text."""
    if isinstance(told, str):
        facts: dict[str, Any] = json.loads(told)
        return facts
    return dict(told)


def _keep(of: AccrualImport, rows: Iterable[Row], source: str) -> None:
    kept = [_kept(row, source) for row in rows]
    columns = [list(column) for column in zip(*kept, strict=True)]
    Cursor(books.connection()).execute(_KEEP, [of.pk, *columns])


def _kept(row: Row, source: str) -> tuple[int, int, str, str, str, str]:
    said, refusal = read_row(row)
    if source and not said.get(SOURCE):
        said[SOURCE] = source
    no = None if refusal is None else refused_row(row.number, refusal)
    return (
        row.number,
        turn_of(said),
        json.dumps(said, ensure_ascii=False),
        no.code if no else "",
        no.field if no else "",
        no.reason if no else "",
    )


def _write(verdicts: Sequence[RowVerdict], *, done: bool) -> None:
    columns = [list(column) for column in zip(*verdicts, strict=True)]
    Cursor(books.connection()).execute(_WRITE, [done, *columns])
