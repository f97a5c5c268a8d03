"""Completeness (定期檢查) over HTTP: how complete each source is, checks, and cases. For keys of the house only.

Source: B-14; peers-settlement-invest A6, A39; reliability T14, T25.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import Field, WithJsonSchema

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Body, Cursor, Day, Limit, Nothing, PlainNumber
from tael.api.paging import cursor_at, page, place_of
from tael.api.v1.merchant_shapes import RegistryCode
from tael.api.v1.shapes import Page
from tael.api.wire import Out, moment_or_none, moment_out
from tael.books import Instruction
from tael.settlement.completeness_case import close_case, completeness_case
from tael.settlement.completeness_run import ask_for_check, completeness_run
from tael.settlement.completeness_search import (
    CasesWanted,
    CompletenessCase,
    CompletenessDay,
    DaysWanted,
    RunView,
    SourceView,
    Totals,
    checks,
    completeness_cases,
    completeness_days,
    day_totals,
    one_source,
    run_view,
    source_views,
)
from tael.settlement.lifecycles import CaseState
from tael.settlement.source_address import AddressedSource, bring_files, new_secret, set_address
from tael.wallet.flow import CursorMalformed

router = Router(tags=["completeness"])

StateAsked = Annotated[Literal["open", "closed"] | None, Query()]
WhatAsked = Annotated[Literal["differing", "orphan", "refused"] | None, Query()]
NumberAsked = Annotated[str | None, Query(max_length=200)]
SourceAsked = Annotated[str | None, Query(max_length=32)]
IncompleteAsked = Annotated[
    bool | None, Query(description="Only days on which something is missing or open.")
]
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
    """A check, and how far it is."""

    number: int
    source: str
    by: Literal["file", "http"]
    first_day: date
    last_day: date
    state: Literal["waiting", "running", "done", "failed"]
    days: int
    days_done: int
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


@endpoint(router, "GET", "/completeness/sources", answers=CompletenessSourcesOut)
def list_completeness_sources(
    request: ApiRequest,  # noqa: ARG001 - every key of the house sees the same
    since: Day | None = None,
    until: Day | None = None,
) -> Answer:
    """List the sources with how complete the days of each are."""
    data = [source_view_out(view) for view in source_views(since=since, until=until)]
    return Answer({"data": data, "next_cursor": None, "has_more": False})


@endpoint(router, "GET", "/completeness/days", answers=CompletenessDaysOut)
def list_completeness_days(
    request: ApiRequest,  # noqa: ARG001 - every key of the house sees the same
    source: SourceAsked = None,
    since: Day | None = None,
    until: Day | None = None,
    incomplete: IncompleteAsked = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List days with "n of m acts have a record", newest first."""
    wanted = DaysWanted(source=source or "", since=since, until=until, incomplete=bool(incomplete))
    rows = completeness_days(wanted, limit=limit + 1, before=_day_before(cursor))
    more, rows = len(rows) > limit, rows[:limit]
    last = cursor_at(f"{rows[-1].day.toordinal()}.{rows[-1].pk}") if more else None
    return Answer(
        {
            "data": [day_out(row) for row in rows],
            "totals": figures_out(day_totals(wanted)),
            "next_cursor": last,
            "has_more": more,
        }
    )


@endpoint(router, "GET", "/completeness/checks", answers=CompletenessChecksOut)
def list_completeness_checks(
    request: ApiRequest,  # noqa: ARG001 - every key of the house sees the same
    source: SourceAsked = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List checks, newest first."""
    return Answer(
        page(
            lambda before, most: checks(source=source or "", limit=most, before=before),
            cursor=cursor,
            limit=limit,
            place=lambda view: view.run.pk,
            write=check_out,
        )
    )


@endpoint(
    router,
    "POST",
    "/completeness/checks",
    answers=CompletenessCheckOut,
    status=CREATED,
    asks_key=True,
    problems={404, 409},
)
def ask_for_completeness_check(request: ApiRequest, body: CompletenessCheckIn) -> Answer:
    """Ask that a business system be asked for some days; a worker begins within seconds."""
    call = request.call
    asked = Instruction(key=call.idempotency_key or "", actor=call.actor, at=call.received_at)
    run = ask_for_check(
        source=body.source, first=body.first_day, last=body.last_day, instruction=asked
    )
    return Answer(check_out(run_view(run)), replayed=run.asked_at != call.received_at)


@endpoint(router, "GET", "/completeness/checks/{number}", answers=CompletenessCheckOut)
def get_completeness_check(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001
    """Show how far a check is."""
    return Answer(check_out(run_view(completeness_run(number))))


@endpoint(router, "GET", "/completeness/cases", answers=CompletenessCasesOut)
def list_completeness_cases(
    request: ApiRequest,  # noqa: ARG001 - every key of the house sees the same
    source: SourceAsked = None,
    state: StateAsked = None,
    what: WhatAsked = None,
    number: NumberAsked = None,
    since: Day | None = None,
    until: Day | None = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List cases, newest first, with what either side says."""
    wanted = CasesWanted(
        source=source or "",
        state=None if state is None else CaseState(state),
        what=what or "",
        number=number or "",
        since=since,
        until=until,
    )
    return Answer(
        page(
            lambda before, most: completeness_cases(wanted, limit=most, before=before),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.pk,
            write=case_out,
        )
    )


@endpoint(router, "GET", "/completeness/cases/{number}", answers=CompletenessCaseOut)
def get_completeness_case(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001
    """Show one case."""
    return Answer(case_out(completeness_case(number)))


@endpoint(
    router,
    "POST",
    "/completeness/cases/{number}/close",
    answers=CompletenessCaseOut,
    problems={404, 409},
)
def close_completeness_case(request: ApiRequest, number: PlainNumber, body: CloseCaseIn) -> Answer:
    """Close a case with a note; it does not come back while both sides stay as they are."""
    call = request.call
    row = close_case(number=number, note=body.note, actor=call.actor, at=call.received_at)
    return Answer(case_out(row))


@endpoint(
    router,
    "POST",
    "/sources/{code}/address",
    answers=SourceAddressOut,
    asks_key=True,
)
def set_source_address(request: ApiRequest, code: RegistryCode, body: SourceAddressIn) -> Answer:
    """Say where a business system is asked for its acts; a new address has a new secret in this answer only."""
    call = request.call
    made = set_address(
        source=code,
        address=body.address,
        actor=call.actor,
        at=call.received_at,
        key=call.idempotency_key,
    )
    return Answer(address_out(made))


@endpoint(
    router,
    "POST",
    "/sources/{code}/secret",
    answers=SourceAddressOut,
    asks_key=True,
    problems={409},
)
def rotate_source_secret(
    request: ApiRequest,
    code: RegistryCode,
    body: Nothing,  # noqa: ARG001 - an empty object, so that nothing is sent unread
) -> Answer:
    """Give a source another secret, in this answer only; the old one signs no more."""
    call = request.call
    made = new_secret(source=code, actor=call.actor, at=call.received_at, key=call.idempotency_key)
    return Answer(address_out(made))


@endpoint(router, "POST", "/sources/{code}/bring-files", answers=SourceAddressOut)
def bring_source_files(
    request: ApiRequest,
    code: RegistryCode,
    body: Nothing,  # noqa: ARG001 - an empty object, so that nothing is sent unread
) -> Answer:
    """Ask a source no more; its lists are brought as files."""
    call = request.call
    row = bring_files(source=one_source(code).pk, actor=call.actor, at=call.received_at)
    return Answer(address_out(AddressedSource(row, "")))


def _day_before(cursor: str | None) -> tuple[date, int] | None:
    """Read after which day, and which row of it, a page begins."""
    place = place_of(cursor)
    if place is None:
        return None
    ordinal, _, number = place.partition(".")
    try:
        return date.fromordinal(int(ordinal)), int(number)
    except (ValueError, OverflowError):
        message = "The cursor is of another list."
        raise CursorMalformed(message, field="cursor") from None
