"""Looking at completeness: how complete each source is, its days, its checks and its cases.

One query object for the pages, the API and the terminal.

Source: B-14; peers-settlement-invest A6, A39; reliability T24.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Count, F, Max, Q, Sum

from tael.settlement.completeness.completeness_run import days_done, days_of
from tael.settlement.lifecycles import CaseState
from tael.settlement.models import (
    Accrual,
    CompletenessCase,
    CompletenessDay,
    CompletenessRun,
    Source,
)
from tael.settlement.registry import UnknownSource

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

__all__ = [
    "CasesWanted",
    "CompletenessCase",
    "CompletenessDay",
    "CompletenessRun",
    "DaysWanted",
    "RunView",
    "Source",
    "SourceView",
    "Totals",
    "case_totals",
    "checks",
    "completeness_cases",
    "completeness_days",
    "day_totals",
    "one_source",
    "open_cases",
    "our_record",
    "run_view",
    "source_views",
]

PAGE_MAX: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysWanted:
    """Which days are wanted; both bounds are included, what is None or empty does not matter.

    Args:
        incomplete: only days on which something is missing or a case is open.
    """

    source: str = ""
    since: date | None = None
    until: date | None = None
    incomplete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesWanted:
    """Which cases are wanted; what is None or empty does not matter.

    Args:
        what: differing, orphan or refused. number: a business number.
    """

    source: str = ""
    state: CaseState | None = None
    what: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None


class Totals(NamedTuple):
    """What some days add up to."""

    days: int
    acts: int
    recorded: int
    added: int
    cases: int

    @property
    def missing(self) -> int:
        """Give how many acts have no record that agrees."""
        return self.acts - self.recorded


class SourceView(NamedTuple):
    """A source, what its days add up to, and what is open.

    Args:
        last: its last check, if there was any. cases: how many are open.
    """

    source: Source
    totals: Totals
    last_day: date | None
    last: CompletenessRun | None
    cases: int


class RunView(NamedTuple):
    """A check, and how far it is."""

    run: CompletenessRun
    done: int
    days: int

    @property
    def percent(self) -> int:
        """Give how much of it is done: of the acts of a list, of the days that are asked for."""
        if self.run.rows and self.run.state != "done":
            return min(self.run.rows_done * 100 // self.run.rows, 100)
        return self.done * 100 // self.days

    @property
    def goes_on(self) -> bool:
        """Tell whether it waits or is under way."""
        return self.run.state in {"waiting", "running"}


def source_views(*, since: date | None = None, until: date | None = None) -> list[SourceView]:
    """Give every source with its totals of some days, and the cases that are open. Four queries, however many there are.

    Source: B-14; A6.
    """
    days = _days(DaysWanted(since=since, until=until))
    sums: dict[str, dict[str, Any]] = {
        row["source"]: dict(row) for row in days.order_by().values("source").annotate(**_SUMS)
    }
    still = CompletenessCase.objects.filter(state=CaseState.OPEN.value).order_by()
    cases = dict(still.values_list("source").annotate(Count("id")))
    newest = (
        CompletenessRun.objects.defer("content").order_by("source_id", "-id").distinct("source_id")
    )
    last = {run.source_id: run for run in newest}
    return [
        SourceView(
            source,
            _totals(sums.get(source.pk, {})),
            sums.get(source.pk, {}).get("last_day"),
            last.get(source.pk),
            cases.get(source.pk, 0),
        )
        for source in Source.objects.order_by("code")
    ]


def one_source(code: str) -> Source:
    """Give a source, also one that is switched off.

    Raises:
        UnknownSource: there is none of this code.
    """
    row = Source.objects.filter(pk=code[:40]).first()
    if row is None:
        message = "There is no such source."
        raise UnknownSource(message, field="source", there=ascii(code)[1:-1][:40])
    return row


def completeness_days(
    wanted: DaysWanted, *, limit: int = 50, before: tuple[date, int] | None = None
) -> list[CompletenessDay]:
    """List days, newest first; days of several sources by source. One query.

    Args:
        before: day and id of the last one seen.

    Source: B-14; A6.
    """
    found = _days(wanted).order_by("-day", "-id")
    if before is not None:
        day, number = before
        found = found.filter(Q(day__lt=day) | Q(day=day, id__lt=number))
    return list(found[: min(limit, PAGE_MAX)])


def day_totals(wanted: DaysWanted) -> Totals:
    """Add up all the days that a filter finds. One query."""
    return _totals(_days(wanted).aggregate(**_SUMS))


def completeness_cases(
    wanted: CasesWanted, *, limit: int = 50, before: int | None = None
) -> list[CompletenessCase]:
    """List cases, newest first. One query.

    Args:
        before: the number of the last one seen.

    Source: B-14; A6.
    """
    found = _cases(wanted).select_related("source").order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found[: min(limit, PAGE_MAX)])


def case_totals(wanted: CasesWanted) -> dict[str, int]:
    """Count the cases that a filter finds, by what they are. One query."""
    return dict(_cases(wanted).order_by().values_list("what").annotate(Count("id")))


def open_cases() -> int:
    """Count the cases that wait for a person."""
    return CompletenessCase.objects.filter(state=CaseState.OPEN.value).count()


def our_record(case: CompletenessCase) -> int | None:
    """Give the number (id) of the record that a case speaks of, if there is one."""
    found = Accrual.objects.filter(source=case.source_id, kind=case.kind, number=case.number)
    return found.values_list("id", flat=True).first()


def checks(*, source: str = "", limit: int = 50, before: int | None = None) -> list[RunView]:
    """List checks, newest first. One query.

    Args:
        before: the number of the last one seen.

    Source: B-14.
    """
    found = CompletenessRun.objects.select_related("source").defer("content").order_by("-id")
    if source:
        found = found.filter(source=source)
    if before is not None:
        found = found.filter(id__lt=before)
    return [run_view(run) for run in found[: min(limit, PAGE_MAX)]]


def run_view(run: CompletenessRun) -> RunView:
    """Tell how far a check is."""
    return RunView(run, days_done(run), days_of(run))


_SUMS: Final = {
    "days": Count("id"),
    "acts": Sum("acts"),
    "recorded": Sum("recorded"),
    "added": Sum("added"),
    "cases": Sum("cases"),
    "last_day": Max("day"),
}


def _totals(row: dict[str, Any]) -> Totals:
    return Totals(*(int(row.get(name) or 0) for name in Totals._fields))


def _days(wanted: DaysWanted) -> QuerySet[CompletenessDay]:
    found = CompletenessDay.objects.all()
    if wanted.source:
        found = found.filter(source=wanted.source)
    if wanted.since is not None:
        found = found.filter(day__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(day__lte=wanted.until)
    if wanted.incomplete:
        found = found.filter(Q(recorded__lt=F("acts")) | Q(cases__gt=0))
    return found


def _cases(wanted: CasesWanted) -> QuerySet[CompletenessCase]:
    found = CompletenessCase.objects.all()
    told = {"source": wanted.source, "what": wanted.what, "number": wanted.number}
    found = found.filter(**{name: text for name, text in told.items() if text})
    if wanted.state is not None:
        found = found.filter(state=wanted.state.value)
    if wanted.since is not None:
        found = found.filter(day__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(day__lte=wanted.until)
    return found
