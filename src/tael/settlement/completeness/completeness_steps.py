"""Carrying out a completeness check: day by day, leased, each step in a transaction of its own.

Source: B-14; A6; reliability T3.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from tael import books
from tael.refusal import Refusal
from tael.settlement.completeness.completeness import DayChecked, check_day
from tael.settlement.completeness.source_adapter_file import FileAdapter
from tael.settlement.lifecycles import CHECK, CheckEvent, CheckState
from tael.settlement.models import CompletenessRun
from tael.settlement.records.listed_act import refusal_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from tael.settlement.completeness.source_adapter import Adapter

LEASE: Final = timedelta(minutes=15)
"""A day takes less, unless its answers come as slowly as they may; the lease is renewed with each."""
LEASE_OF_FILE: Final = timedelta(minutes=1)
"""Nobody is asked: a thousand acts take less, and the lease is renewed with each thousand."""


class Progress(NamedTuple):
    """How far a check is: its row, the day just done (None at first), days done and in all."""

    run: CompletenessRun
    day: DayChecked | None
    done: int
    days: int


def silent(_progress: Progress) -> None:
    """Tell nobody."""


class StoppedError(Exception):
    """Somebody has stopped the check that is under way."""


def days_done(run: CompletenessRun) -> int:
    """Tell how many of its days are done."""
    if run.checked_through is None:
        return 0
    return (run.checked_through - run.first_day).days + 1


def days_of(run: CompletenessRun) -> int:
    """Tell how many days it has."""
    return (run.last_day - run.first_day).days + 1


def go_through(
    run: CompletenessRun,
    adapter: Callable[[], Adapter],
    clock: Callable[[], datetime],
    told: Callable[[Progress], None],
) -> CompletenessRun:
    """Carry out a check from behind its last day that is done, unless somebody else is at it. Not in a transaction.

    Source: B-14; A6; T3.
    """
    if not _claim(run, clock()):
        return _now(run)
    total = days_of(run)
    told(Progress(run, None, days_done(run), total))
    day = run.first_day + timedelta(days=days_done(run))
    try:
        while day <= run.last_day:
            checked = _checked_day(run, adapter, day, clock, told)
            if checked is None:
                return run
            told(Progress(run, checked, days_done(run), total))
            day += timedelta(days=1)
        end(run, CheckEvent.FINISH, clock())
    except StoppedError:
        return _now(run)
    return run


def _checked_day(
    run: CompletenessRun,
    adapter: Callable[[], Adapter],
    day: date,
    clock: Callable[[], datetime],
    told: Callable[[Progress], None],
) -> DayChecked | None:
    """Check one day; None where the check has failed with it."""
    total, before, had = days_of(run), 0, run.added

    def gone(acts: int, added: int) -> None:
        if run.by == "file":
            _renew(run, before + acts, had + added, clock())
            told(Progress(run, None, days_done(run), total))

    try:
        asked = adapter()
        if isinstance(asked, FileAdapter) and run.checked_through is not None:
            before = asked.size(run.first_day, run.checked_through)
        listed = list(asked.acts_of(day))
        checked = check_day(
            source=run.source_id,
            day=day,
            listed=listed,
            actor=run.asked_by,
            at=clock(),
            told=gone,
        )
    except Refusal as refusal:
        end(run, CheckEvent.FAIL, clock(), problem=f"{day}: {refusal_text(refusal)}"[:500])
        return None
    run.added = had
    _note(run, checked, before + len(listed), clock())
    return checked


@books.atomic
def _claim(run: CompletenessRun, at: datetime) -> bool:
    """Take a check; False where it has ended or somebody else is at it."""
    row = _locked(run)
    free = row.leased_until is None or row.leased_until <= at
    if row.state == CheckState.WAITING:
        row.state = CHECK.after(CheckState.WAITING, CheckEvent.BEGIN).value
        row.begun_at = at
    elif row.state != CheckState.RUNNING or not free:
        return False
    row.leased_until = at + _lease(run)
    row.save(update_fields=["state", "begun_at", "leased_until"])
    for name in _CHANGES:
        setattr(run, name, getattr(row, name))
    return True


_CHANGES: Final = (
    *("state", "begun_at", "leased_until", "checked_through"),
    *("acts", "added", "cases", "rows_done"),
)


@books.atomic
def _renew(run: CompletenessRun, rows_done: int, added: int, at: datetime) -> None:
    _still_running(run)
    run.rows_done, run.added, run.leased_until = rows_done, added, at + _lease(run)
    run.save(update_fields=["rows_done", "added", "leased_until"])


@books.atomic
def _note(run: CompletenessRun, checked: DayChecked, rows_done: int, at: datetime) -> None:
    _still_running(run)
    run.checked_through = checked.day
    run.acts += checked.acts
    run.added += checked.added
    run.cases += len(checked.differences)
    run.rows_done = rows_done if run.by == "file" else 0
    run.leased_until = at + _lease(run)
    run.save(update_fields=[*_CHANGES])


@books.atomic
def end(run: CompletenessRun, event: CheckEvent, at: datetime, *, problem: str = "") -> None:
    """Write down how a check has ended; the list that it had is kept no longer.

    Raises:
        StoppedError: somebody has stopped it before.

    Source: B-14.
    """
    _still_running(run)
    run.state = CHECK.after(CheckState(run.state), event).value
    run.ended_at, run.problem, run.leased_until, run.content = at, problem, None, None
    run.save(update_fields=["state", "ended_at", "problem", "leased_until", "content"])


def _locked(run: CompletenessRun) -> CompletenessRun:
    return CompletenessRun.objects.select_for_update().defer("content").get(pk=run.pk)


def _now(run: CompletenessRun) -> CompletenessRun:
    """Give a check as it stands, without the list that it may keep."""
    return CompletenessRun.objects.select_related("source").defer("content").get(pk=run.pk)


def _still_running(run: CompletenessRun) -> None:
    if _locked(run).state == CheckState.STOPPED:
        raise StoppedError


def _lease(run: CompletenessRun) -> timedelta:
    return LEASE_OF_FILE if run.by == "file" else LEASE
