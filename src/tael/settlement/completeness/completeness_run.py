"""A completeness check of some days: asked for, carried out day by day, taken up again where it was cut off.

A check is written down and carried out by a worker, or at once by the command line; a short list that is brought
as a file is checked at once, and a longer one kept for the worker. It is leased while somebody is at it; one
whose worker died is taken up behind its last day. It may be stopped: what it has added stays.

Source: B-14; X-B10; A6; reliability T3.
"""

from __future__ import annotations

import logging
import zlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.db.models import Q

from tael import books, ledger
from tael.lifecycle import MoveNotAllowed
from tael.parties import actor as actors
from tael.parties import audit
from tael.refusal import Because, Refusal
from tael.settlement.asking.source_address import check_asked
from tael.settlement.completeness.completeness_steps import (
    Progress,
    days_done,
    days_of,
    end,
    go_through,
    silent,
)
from tael.settlement.completeness.source_adapter_file import FileAdapter
from tael.settlement.completeness.source_adapter_http import HttpAdapter
from tael.settlement.lifecycles import CHECK, CheckEvent, CheckState
from tael.settlement.models import CompletenessRun, Source
from tael.settlement.registry import parse_zone
from tael.settlement.registry import source as find_source
from tael.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tael.books import Instruction
    from tael.settlement.completeness.source_adapter import Adapter

__all__ = [
    "LIST_AT_ONCE",
    "CheckEnded",
    "CheckFailed",
    "CheckWindowMalformed",
    "CompletenessRun",
    "Progress",
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
    "stop_check",
]

log: Final = logging.getLogger(__name__)
ACTOR: Final = actors.of_part("completeness")
DAYS: Final = "TAEL_COMPLETENESS_DAYS"
DAYS_MAX: Final = 92
USUAL_DAYS: Final = 7
LIST_AT_ONCE: Final = 2_000
"""Rows of a list that is checked while its bringer waits."""
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


class CheckEnded(Refusal):
    """The check has come to its end; there is nothing to stop."""

    code = "completeness_check_ended"
    because: ClassVar[Because] = "conflict"
    rule = "B-14"
    remedy = "See what it has found; ask for another check where that is wanted."


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
    told: Callable[[Progress], None] = silent,
    at_once: int | None = None,
) -> CompletenessRun:
    """Check what a file lists, at once, or keep it for the worker. Not inside a transaction.

    Args:
        first, last: days of the source's zone; None takes the first or last day of the file. Rows of
            other days are left out.
        told: hears of the progress after each day and each thousand acts that are added.
        at_once: a file with more rows is left to the worker; None leaves none.

    Raises:
        UnknownSource, CheckWindowMalformed, KeyReused: as `ask_for_check`.
        SheetTooLarge, SheetUnreadable, SheetTooHeavy, SheetsBusy, ListMalformed: not this file.

    Source: B-14; A6; reliability T15.
    """
    row = find_source(source)
    adapter = FileAdapter(data, name=name)
    since, until = first or adapter.first, last or adapter.last
    sheet = adapter.sheet
    run = _open(
        row,
        "file",
        since,
        until,
        instruction,
        name=sheet.name,
        form=sheet.form,
        digest=sheet.digest,
        columns=list(sheet.columns),
        content=zlib.compress(sheet.content, 1),
        rows=adapter.size(since, until),
    )
    if at_once is not None and run.rows > at_once:
        return run
    adapter.begins = run.first_day
    return go_through(run, lambda: adapter, lambda: instruction.at, told)


def carry_out(
    run: CompletenessRun,
    *,
    clock: Callable[[], datetime],
    told: Callable[[Progress], None] = silent,
    adapter: Callable[[Source], Adapter] | None = None,
) -> CompletenessRun:
    """Carry out a check, from behind its last day that is done. Not inside a transaction.

    One that somebody else is at, or that has ended, is given back as it is. A system that does not
    answer makes it fail with the reason; what was checked before stays.

    Args:
        clock: tells the time. told: hears of the progress after each day.
        adapter: how the source is asked; None signs and asks over HTTP.

    Source: B-14; T3.
    """
    if run.by == "file":
        if run.content is None:
            return completeness_run(run.pk)
        listing = _adapter_of(run)
        return go_through(run, lambda: listing, clock, told)

    def asked() -> Adapter:
        # between the wish and the work somebody may have taken the address away, or switched it off
        source = find_source(run.source_id)
        check_asked(source)
        if adapter is not None:
            return adapter(source)
        return HttpAdapter(source.pk, source.address, source.secret, clock=clock)

    return go_through(run, asked, clock, told)


def carry_out_waiting(*, clock: Callable[[], datetime]) -> int:
    """Carry out every check that waits or was left by a worker that died; tell how many.

    Source: B-14; T3.
    """
    count = 0
    while (run := _next(clock())) is not None:
        if run.by == "file" and run.content is None:
            end(run, CheckEvent.FAIL, clock(), problem=CUT_OFF)
        else:
            done = carry_out(run, clock=clock)
            if done.state == CheckState.FAILED:
                log.warning("completeness check %s of %s: %s", run.pk, run.source_id, done.problem)
        count += 1
    return count


@books.atomic
def stop_check(number: int, *, actor: str, at: datetime) -> CompletenessRun:
    """Stop a check that waits or is under way; what it has added stays. Again changes nothing.

    Raises:
        UnknownCheck: there is none.
        CheckEnded: it is done, or has failed.

    Source: B-14; reliability T9.
    """
    run = completeness_run(number)
    row = CompletenessRun.objects.select_for_update().defer("content").get(pk=run.pk)
    if row.state == CheckState.STOPPED:
        return row
    try:
        row.state = CHECK.after(CheckState(row.state), CheckEvent.STOP).value
    except MoveNotAllowed:
        raise CheckEnded("The check has ended.", field="number", there=row.state) from None
    row.ended_at, row.leased_until, row.content = at, None, None
    row.save(update_fields=["state", "ended_at", "leased_until", "content"])
    audit.record(
        actor=actor,
        action="completeness.stop",
        subject=f"completeness:{row.pk}",
        at=at,
        details={"source": row.source_id},
    )
    return row


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
    rows = CompletenessRun.objects.select_related("source").defer("content")
    row = rows.filter(pk=wanted).first()
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


@books.atomic
def _open(
    source: Source, by: str, first: date, last: date, instruction: Instruction, **file: Any
) -> CompletenessRun:
    _check_window(source, first, last, instruction.at)
    named = ledger.key_of(instruction.actor, f"completeness.check:{instruction.key}")
    asked = {"source_id": source.pk, "by": by, "first_day": first, "last_day": last}
    asked["digest"] = file.get("digest", "")
    row, new = CompletenessRun.objects.get_or_create(
        key=named,
        defaults={**asked, **file, "asked_at": instruction.at, "asked_by": instruction.actor},
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


def _adapter_of(run: CompletenessRun) -> FileAdapter:
    """Give the list that was kept."""
    assert run.content is not None, "it is kept until it is checked"
    sheet = Sheet(
        name=run.name,
        form=run.form,  # type: ignore[arg-type]  # as it was kept
        digest=run.digest,
        columns=tuple(run.columns or ()),
        header=0,
        count=run.rows,
        content=zlib.decompress(run.content),
    )
    adapter = FileAdapter(name=run.name, read=sheet)
    adapter.begins = run.first_day
    return adapter


def _next(at: datetime) -> CompletenessRun | None:
    waits = Q(state=CheckState.WAITING.value) & (Q(by="http") | Q(content__isnull=False))
    left = Q(state=CheckState.RUNNING.value, leased_until__lte=at)
    return (
        CompletenessRun.objects.select_related("source").filter(waits | left).order_by("pk").first()
    )
