"""Imports of business records as pages and programs see them: the newest ones, and the rows of one with their verdicts.

Source: B-14, B-15; peers-settlement-invest A39, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Count, Q

from tael.settlement.models import AccrualImport, AccrualImportRow
from tael.settlement.records.accrual_import import ImportProgress, accrual_import, import_progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERDICTS: Final = ("recorded", "there", "refused", "confirms", "fails")
WHOLE: Final = 100
PORTION: Final = 2_000
_COUNTS: Final[dict[str, Any]] = {
    "rows": Count("pk"),
    "done": Count("pk", filter=Q(done=True)),
    "checked": Count("verdict"),
    **{f"n_{verdict}": Count("pk", filter=Q(verdict=verdict)) for verdict in VERDICTS},
}


class ImportView(NamedTuple):
    """An import and how far it is."""

    row: AccrualImport
    progress: ImportProgress

    @property
    def percent(self) -> int:
        """Give how much of it is read, rehearsed or recorded, 0 to 100; one without rows is done."""
        gone, rows = self.gone, self.row.size
        if not rows:
            return 0 if self.row.state == "reading" else WHOLE
        return gone * WHOLE // rows

    @property
    def gone(self) -> int:
        """Give how many rows have gone through what is being done with them: reading, rehearsing or recording."""
        by_state = {"reading": self.row.kept, "checking": self.progress.checked}
        return by_state.get(self.row.state, self.progress.done)


def import_view(number: int) -> ImportView:
    """Give one import. Two queries.

    Raises:
        UnknownImport: there is none.

    Source: B-14.
    """
    return ImportView(accrual_import(number), import_progress(number))


def imports(*, limit: int, before: int | None = None) -> list[ImportView]:
    """Give imports, newest first. Two queries.

    Source: B-14.
    """
    rows = AccrualImport.objects.defer("content").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[:limit])
    counted = AccrualImportRow.objects.filter(of__in=[row.pk for row in found]).values("of")
    counts = {each["of"]: each for each in counted.annotate(**_COUNTS)}
    return [ImportView(row, _progress(counts.get(row.pk))) for row in found]


def import_rows(
    number: int, *, limit: int, after: int = 0, verdict: str | None = None
) -> list[AccrualImportRow]:
    """Give rows of an import with their verdicts, in the order of the file.

    Args:
        after: behind this row of the file. verdict: only those with it.

    Source: B-15; reliability T15.
    """
    rows = AccrualImportRow.objects.filter(of=number, row__gt=after).order_by("row")
    if verdict is not None:
        rows = rows.filter(verdict=verdict)
    return list(rows[:limit])


def all_import_rows(number: int, *, verdict: str | None = None) -> Iterator[AccrualImportRow]:
    """Give all rows of an import one by one, so that no more than a portion of them is in memory.

    Source: B-15; reliability T15.
    """
    after = 0
    while rows := import_rows(number, limit=PORTION, after=after, verdict=verdict):
        yield from rows
        after = rows[-1].row


def _progress(counts: Mapping[str, Any] | None) -> ImportProgress:
    if counts is None:
        return ImportProgress(0, 0, 0, 0, 0)
    told = {verdict: int(counts[f"n_{verdict}"]) for verdict in VERDICTS}
    return ImportProgress(counts["rows"], counts["done"], checked=counts["checked"], **told)
