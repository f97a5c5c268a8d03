"""A completeness check of some days: asked for, carried out day by day, taken up again where it was cut off.

A check over HTTP is written down and carried out by a worker, or at once by the command line. It is leased
while somebody is at it; one whose worker died is taken up behind its last day. A file is checked at once.

Source: B-14; X-B10; A6; reliability T3.
"""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from django.db.models import Q

from tael import books, ledger
from tael.parties import actor as actors
from tael.refusal import Because, Refusal
from tael.settlement.completeness import DayChecked, check_day
from tael.settlement.lifecycles import CHECK, CheckEvent, CheckState
from tael.settlement.listed_act import refusal_text
from tael.settlement.models import CompletenessRun, Source
from tael.settlement.registry import parse_zone
from tael.settlement.registry import source as find_source
from tael.settlement.source_adapter_file import FileAdapter
from tael.settlement.source_adapter_http import HttpAdapter
from tael.settlement.source_address import check_asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tael.books import Instruction
    from tael.settlement.source_adapter import Adapter

__all__ = [
    "CheckFailed",
    "CheckWindowMalformed",
    "CompletenessRun",
    "UnknownCheck",
    "ask_for_check",
    "carry_out",
    "carry_out_waiting",
    "check_file",
    "check_source_daily",
    "check_went_through",
    "completeness_run",
    "days_checked_daily",
    "days_done",
    "days_of",
]

log: Final = logging.getLogger(__name__)
ACTOR: Final = actors.of_part("completeness")
DAYS: Final = "TAEL_COMPLETENESS_DAYS"
DAYS_MAX: Final = 92
USUAL_DAYS: Final = 7
LEASE: Final = timedelta(minutes=15)
"""A day takes less, unless its answers come as slowly as they may; the lease is renewed with each."""
CUT_OFF: Final = "cut_off: the check of a file was cut off. Bring the file again."


class CheckWindowMalformed(Refusal):
    """These days cannot be checked: too many, not begun yet, or before the source's first day."""

    code = "check_window_malformed"
    rule = "B-14"
    remedy = "Name a first and a last day in the allowed range."


class UnknownCheck(Refusal):
    """There is no completeness check of this number."""

    code = "unknown_check"
    because: ClassVar[Because] = "absent"
    rule = "B-14"
    remedy = "Check the number in the list of checks."


class CheckFailed(Refusal):
    """The check could not go to its end; the days before are checked all the same."""

    code = "completeness_check_failed"
    because: ClassVar[Because] = "busy"
    rule = "B-14"
    remedy = "See to the reason that it names, and check again; what is done is not done twice."
    retry = True


class Progress(NamedTuple):
    """How far a check is: its row, the day just done (None at first), days done and in all."""

    run: CompletenessRun
    day: DayChecked | None
    done: int
    days: int


def _silent(_progress: Progress) -> None:
    """Tell nobody."""


@books.atomic
def ask_for_check(
    *, source: str, first: date, last: date, instruction: Instruction
) -> CompletenessRun:
    """Ask that a business system be asked for some days; a worker does it within seconds.

    Args:
        first, last: days of the source's zone, both included; at most 92, up to today.

    Raises:
        UnknownSource: there is none, or it is switched off.
        SourceNotAsked: it has no address.
        CheckWindowMalformed: not these days.
        KeyReused: the key asked for something else.

    Source: B-14; A6.
    """
    row = find_source(source)
    check_asked(row)
    return _open(row, "http", first, last, instruction)


def check_file(
    *,
    source: str,
    data: bytes,
    name: str,
    instruction: Instruction,
    first: date | None = None,
    last: date | None = None,
    told: Callable[[Progress], None] = _silent,
) -> CompletenessRun:
    """Check what a file lists, at once. Not inside a transaction.

    Args:
        first, last: days of the source's zone; None takes the first or last day of the file. Rows of
            other days are left out.
        told: hears of the progress after each day.

    Raises:
        UnknownSource, CheckWindowMalformed, KeyReused: as `ask_for_check`.
        SheetTooLarge, SheetUnreadable, SheetTooHeavy, SheetsBusy, ListMalformed: not this file.

    Source: B-14; A6; reliability T15.
    """
    row = find_source(source)
    adapter = FileAdapter(data, name=name)
    run = _open(row, "file", first or adapter.first, last or adapter.last, instruction)
    return _carry_out(run, lambda: adapter, lambda: instruction.at, told)


def carry_out(
    run: CompletenessRun,
    *,
    clock: Callable[[], datetime],
    told: Callable[[Progress], None] = _silent,
    adapter: Callable[[Source], Adapter] | None = None,
) -> CompletenessRun:
    """Carry out a check over HTTP, from behind its last day that is done. Not inside a transaction.

    One that somebody else is at, or that has ended, is given back as it is. A system that does not
    answer makes it fail with the reason; what was checked before stays.

    Args:
        clock: tells the time. told: hears of the progress after each day.
        adapter: how the source is asked; None signs and asks over HTTP.

    Source: B-14; T3.
    """

    def asked() -> Adapter:
        # between the wish and the work somebody may have taken the address away, or switched it off
        source = find_source(run.source_id)
        check_asked(source)
        if adapter is not None:
            return adapter(source)
        return HttpAdapter(source.pk, source.address, source.secret, clock=clock)

    return _carry_out(run, asked, clock, told)


def carry_out_waiting(*, clock: Callable[[], datetime]) -> int:
    """Carry out every check that waits or was left by a worker that died; tell how many.

    Source: B-14; T3.
    """
    count = 0
    while (run := _next(clock())) is not None:
        if run.by == "file":
            _end(run, CheckEvent.FAIL, clock(), problem=CUT_OFF)
        else:
            done = carry_out(run, clock=clock)
            if done.state == CheckState.FAILED:
                log.warning("completeness check %s of %s: %s", run.pk, run.source_id, done.problem)
        count += 1
    return count


def check_source_daily(*, days: int, at: datetime) -> int:
    """Ask for a check of the last days, up to yesterday, of each source that has an address.

    Called again on the same day it asks for nothing more.

    Args:
        days: how many, 1 to 92.

    Source: B-14; A6.
    """
    count = 0
    for row in Source.objects.filter(adapter="http", switched_off_at__isnull=True):
        today = at.astimezone(parse_zone(row.zone)).date()
        last = today - timedelta(days=1)
        first = max(row.first_day, last - timedelta(days=days - 1))
        if first > last:
            continue
        key = f"completeness:{row.pk}:{first}:{today}"
        ask_for_check(
            source=row.pk,
            first=first,
            last=last,
            instruction=books.Instruction(key=key, actor=ACTOR, at=at),
        )
        count += 1
    return count


def days_checked_daily(environment: Mapping[str, str]) -> int:
    """Give how many days the daily check goes back: TAEL_COMPLETENESS_DAYS, 1 to 92, 7 by itself.

    What is no such number leaves the usual days.

    Source: B-14.
    """
    text = environment.get(DAYS, "")
    plain = text.isascii() and text.isdigit() and len(text) < 4
    return int(text) if plain and 1 <= int(text) <= DAYS_MAX else USUAL_DAYS


def completeness_run(number: int) -> CompletenessRun:
    """Give a check.

    Raises:
        UnknownCheck: there is none of this number.

    Source: B-14.
    """
    wanted = number if 0 < number < 2**63 else 0
    row = CompletenessRun.objects.select_related("source").filter(pk=wanted).first()
    if row is None:
        raise UnknownCheck("There is no such check.", field="number", there=str(number)[:32])
    return row


def check_went_through(run: CompletenessRun) -> None:
    """Refuse a check that failed, for who waits for its end.

    Raises:
        CheckFailed: with the reason.

    Source: B-14.
    """
    if run.state == CheckState.FAILED:
        there = None if run.checked_through is None else f"checked through {run.checked_through}"
        raise CheckFailed(run.problem, field="source", there=there)


def days_done(run: CompletenessRun) -> int:
    """Tell how many of its days are done."""
    if run.checked_through is None:
        return 0
    return (run.checked_through - run.first_day).days + 1


def days_of(run: CompletenessRun) -> int:
    """Tell how many days it has."""
    return (run.last_day - run.first_day).days + 1


@books.atomic
def _open(
    source: Source, by: str, first: date, last: date, instruction: Instruction
) -> CompletenessRun:
    _check_window(source, first, last, instruction.at)
    named = ledger.key_of(instruction.actor, f"completeness.check:{instruction.key}")
    asked = {"source_id": source.pk, "by": by, "first_day": first, "last_day": last}
    row, new = CompletenessRun.objects.get_or_create(
        key=named,
        defaults={**asked, "asked_at": instruction.at, "asked_by": instruction.actor},
    )
    if not new and any(getattr(row, name) != fact for name, fact in asked.items()):
        message = "The key has asked for another check."
        there = f"{row.source_id} {row.first_day} to {row.last_day}"
        raise ledger.KeyReused(message, field="key", there=there)
    row.source = source
    return row


def _check_window(source: Source, first: date, last: date, at: datetime) -> None:
    today = at.astimezone(parse_zone(source.zone)).date()
    if not source.first_day <= first <= last <= today or (last - first).days >= DAYS_MAX:
        raise CheckWindowMalformed(
            "These days cannot be checked.",
            field="from",
            there=f"{first} to {last}",
            allowed=f"{source.first_day} to {today}, at most {DAYS_MAX} days",
        )


def _carry_out(
    run: CompletenessRun,
    adapter: Callable[[], Adapter],
    clock: Callable[[], datetime],
    told: Callable[[Progress], None],
) -> CompletenessRun:
    if not _claim(run, clock()):
        return completeness_run(run.pk)
    total = days_of(run)
    told(Progress(run, None, days_done(run), total))
    day = run.first_day + timedelta(days=days_done(run))
    while day <= run.last_day:
        try:
            listed = adapter().acts_of(day)
            checked = check_day(
                source=run.source_id, day=day, listed=listed, actor=run.asked_by, at=clock()
            )
        except Refusal as refusal:
            _end(run, CheckEvent.FAIL, clock(), problem=f"{day}: {refusal_text(refusal)}"[:500])
            return run
        _note(run, checked, clock())
        told(Progress(run, checked, days_done(run), total))
        day += timedelta(days=1)
    _end(run, CheckEvent.FINISH, clock())
    return run


@books.atomic
def _claim(run: CompletenessRun, at: datetime) -> bool:
    """Take a check; False where it has ended or somebody else is at it."""
    row = CompletenessRun.objects.select_for_update().get(pk=run.pk)
    free = row.leased_until is None or row.leased_until <= at
    if row.state == CheckState.WAITING:
        row.state = CHECK.after(CheckState.WAITING, CheckEvent.BEGIN).value
        row.begun_at = at
    elif row.state != CheckState.RUNNING or not free:
        return False
    row.leased_until = at + LEASE
    row.save(update_fields=["state", "begun_at", "leased_until"])
    for name in ("state", "begun_at", "leased_until", "checked_through", "acts", "added", "cases"):
        setattr(run, name, getattr(row, name))
    return True


@books.atomic
def _note(run: CompletenessRun, checked: DayChecked, at: datetime) -> None:
    run.checked_through = checked.day
    run.acts += checked.acts
    run.added += checked.added
    run.cases += len(checked.differences)
    run.leased_until = at + LEASE
    run.save(update_fields=["checked_through", "acts", "added", "cases", "leased_until"])


@books.atomic
def _end(run: CompletenessRun, event: CheckEvent, at: datetime, *, problem: str = "") -> None:
    run.state = CHECK.after(CheckState(run.state), event).value
    run.ended_at, run.problem, run.leased_until = at, problem, None
    run.save(update_fields=["state", "ended_at", "problem", "leased_until"])


def _next(at: datetime) -> CompletenessRun | None:
    waits = Q(by="http", state=CheckState.WAITING.value)
    left = Q(state=CheckState.RUNNING.value, leased_until__lte=at)
    return (
        CompletenessRun.objects.select_related("source").filter(waits | left).order_by("pk").first()
    )
