"""What completeness looks like over HTTP: bodies, answers, and the functions that write them.

Source: B-14; peers-settlement-invest A6.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from tael.api.fields import Body, Day
from tael.api.v1.merchant_shapes import RegistryCode
from tael.api.v1.shapes import Page
from tael.api.wire import Out, moment_or_none, moment_out
from tael.settlement.asking.source_address import AddressedSource
from tael.settlement.completeness.completeness_search import (
    CompletenessCase,
    CompletenessDay,
    RunView,
    SourceView,
    Totals,
)

Side = Annotated[
    dict[str, str] | None, Field(description="What this side says, as text; null where nothing.")
]
NoteText = Annotated[str, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 500})]
AddressText = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "maxLength": 500, "examples": ["https://shop.example.com/acts"]}
    ),
]


class CompletenessCheckIn(Body):
    """Which days of a source are to be checked, both included; at most 92."""

    source: RegistryCode
    first_day: Day
    last_day: Day


class CloseCaseIn(Body):
    """Why both sides may stay as they are."""

    note: NoteText


class SourceAddressIn(Body):
    """Where a business system lists its acts."""

    address: AddressText


class CompletenessFiguresOut(Out):
    """How complete some days are: so many acts are listed, so many of them have a record that agrees."""

    days: int
    acts: int
    recorded: int
    added: Annotated[int, Field(description="Records that checks have added.")]
    cases: Annotated[int, Field(description="Differences that are open.")]
    complete: bool


class CompletenessSourceOut(Out):
    """A source and how complete it is."""

    source: str
    name: str
    adapter: Literal["file", "http"]
    address: str
    zone: str
    enabled: bool
    figures: CompletenessFiguresOut
    open_cases: int
    last_day: date | None
    last_check: int | None


class CompletenessSourcesOut(Page):
    """Every source with its figures."""

    data: list[CompletenessSourceOut]


class CompletenessDayOut(Out):
    """How complete one day of a source is."""

    source: str
    day: date
    acts: int
    recorded: int
    added: int
    cases: int
    complete: bool
    checked_at: datetime


class CompletenessDaysOut(Page):
    """A page of days, newest first, and what all the days of the filter add up to."""

    data: list[CompletenessDayOut]
    totals: CompletenessFiguresOut


class CompletenessCheckOut(Out):
    """A check, and how far it is; `rows` are those of a list that was brought."""

    number: int
    source: str
    by: Literal["file", "http"]
    first_day: date
    last_day: date
    state: Literal["waiting", "running", "done", "failed", "stopped"]
    days: int
    days_done: int
    rows: int
    rows_done: int
    acts: int
    added: int
    differences: int
    problem: str
    asked_at: datetime
    asked_by: str
    ended_at: datetime | None


class CompletenessChecksOut(Page):
    """A page of checks, newest first."""

    data: list[CompletenessCheckOut]


class CompletenessCaseOut(Out):
    """A difference that a check found and does not decide."""

    number: int
    source: str
    day: date
    kind: str
    business_number: str
    what: Literal["differing", "orphan", "refused"]
    reason: Annotated[str, Field(description="The fields that differ, or why it was refused.")]
    theirs: Side
    ours: Side
    state: Literal["open", "closed"]
    found_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    note: str


class CompletenessCasesOut(Page):
    """A page of cases, newest first."""

    data: list[CompletenessCaseOut]


class SourceAddressOut(Out):
    """Where a source is asked. The secret is in the answer that made it and in no other."""

    source: str
    adapter: Literal["file", "http"]
    address: str
    secret: str | None


def source_view_out(view: SourceView) -> dict[str, Any]:
    """Write a source with its figures."""
    row = view.source
    return {
        "source": row.pk,
        "name": row.name,
        "adapter": row.adapter,
        "address": row.address,
        "zone": row.zone,
        "enabled": row.switched_off_at is None,
        "figures": figures_out(view.totals),
        "open_cases": view.cases,
        "last_day": None if view.last_day is None else view.last_day.isoformat(),
        "last_check": None if view.last is None else view.last.pk,
    }


def figures_out(totals: Totals) -> dict[str, Any]:
    """Write what some days add up to."""
    return totals._asdict() | {"complete": not totals.missing}


def day_out(row: CompletenessDay) -> dict[str, Any]:
    """Write a day."""
    return {
        "source": row.source_id,
        "day": row.day.isoformat(),
        "acts": row.acts,
        "recorded": row.recorded,
        "added": row.added,
        "cases": row.cases,
        "complete": row.recorded == row.acts,
        "checked_at": moment_out(row.checked_at),
    }


def check_out(view: RunView) -> dict[str, Any]:
    """Write a check."""
    run = view.run
    return {
        "number": run.pk,
        "source": run.source_id,
        "by": run.by,
        "first_day": run.first_day.isoformat(),
        "last_day": run.last_day.isoformat(),
        "state": run.state,
        "days": view.days,
        "days_done": view.done,
        "rows": run.rows,
        "rows_done": run.rows_done,
        "acts": run.acts,
        "added": run.added,
        "differences": run.cases,
        "problem": run.problem,
        "asked_at": moment_out(run.asked_at),
        "asked_by": run.asked_by,
        "ended_at": moment_or_none(run.ended_at),
    }


def case_out(row: CompletenessCase) -> dict[str, Any]:
    """Write a case."""
    return {
        "number": row.pk,
        "source": row.source_id,
        "day": row.day.isoformat(),
        "kind": row.kind,
        "business_number": row.number,
        "what": row.what,
        "reason": row.reason,
        "theirs": row.theirs,
        "ours": row.ours,
        "state": row.state,
        "found_at": moment_out(row.found_at),
        "closed_at": moment_or_none(row.closed_at),
        "closed_by": row.closed_by,
        "note": row.note,
    }


def address_out(made: AddressedSource) -> dict[str, Any]:
    """Write where a source is asked, with the secret where it is new."""
    row = made.source
    return {
        "source": row.pk,
        "adapter": row.adapter,
        "address": row.address,
        "secret": made.secret or None,
    }
