"""Completeness (定期檢查) over HTTP: how complete each source is, checks, and cases. For keys of the house only.

Source: B-14; peers-settlement-invest A6, A39; reliability T14, T25.
"""

from datetime import date
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Cursor, Day, Filter, Limit, Nothing, PlainNumber
from tael.api.paging import cursor_at, page, place_of
from tael.api.v1.completeness_shapes import (
    CloseCaseIn,
    CompletenessCaseOut,
    CompletenessCasesOut,
    CompletenessCheckIn,
    CompletenessCheckOut,
    CompletenessChecksOut,
    CompletenessDaysOut,
    CompletenessSourcesOut,
    SourceAddressIn,
    SourceAddressOut,
    address_out,
    case_out,
    check_out,
    day_out,
    figures_out,
    source_view_out,
)
from tael.api.v1.files import KINDS
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.merchant_shapes import RegistryCode
from tael.books import Instruction
from tael.documents.settlement_lists import CASES, DAYS
from tael.settlement.asking.source_address import (
    AddressedSource,
    bring_files,
    new_secret,
    set_address,
)
from tael.settlement.completeness.completeness_case import close_case, completeness_case
from tael.settlement.completeness.completeness_run import (
    ask_for_check,
    completeness_run,
    stop_check,
)
from tael.settlement.completeness.completeness_search import (
    CasesWanted,
    DaysWanted,
    checks,
    completeness_cases,
    completeness_days,
    day_totals,
    one_source,
    run_view,
    source_views,
)
from tael.settlement.lifecycles import CaseState
from tael.wallet.flow import CursorMalformed

router = Router(tags=["completeness"])

StateAsked = Annotated[Literal["open", "closed"] | None, Query()]
WhatAsked = Annotated[Literal["differing", "orphan", "refused"] | None, Query()]
NumberAsked = Annotated[str | None, Query(max_length=200)]
SourceAsked = Annotated[str | None, Query(max_length=32)]
IncompleteAsked = Annotated[
    bool | None, Query(description="Only days on which something is missing or open.")
]


class DayFilter(Filter):
    """Which days are meant; both bounds are included."""

    source: SourceAsked = None
    since: Day | None = None
    until: Day | None = None
    incomplete: IncompleteAsked = None

    def wanted(self) -> DaysWanted:
        """Read it."""
        return DaysWanted(
            source=self.source or "",
            since=self.since,
            until=self.until,
            incomplete=bool(self.incomplete),
        )


class CaseFilter(Filter):
    """Which cases are meant; days are both included."""

    source: SourceAsked = None
    state: StateAsked = None
    what: WhatAsked = None
    number: NumberAsked = None
    since: Day | None = None
    until: Day | None = None

    def wanted(self) -> CasesWanted:
        """Read it."""
        return CasesWanted(
            source=self.source or "",
            state=None if self.state is None else CaseState(self.state),
            what=self.what or "",
            number=self.number or "",
            since=self.since,
            until=self.until,
        )


DayAsked = Annotated[DayFilter, Query()]
CaseAsked = Annotated[CaseFilter, Query()]


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
    asked: DayAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List days with "n of m acts have a record", newest first."""
    wanted = asked.wanted()
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


@endpoint(router, "GET", "/completeness/days/file", answers=None, answer_types=KINDS[:2])
def download_completeness_days(
    request: ApiRequest, asked: DayAsked, file: FileAsked
) -> HttpResponse:
    """Download the days that a filter finds as csv or xlsx, newest first."""
    return list_file(request.call, DAYS, asked.wanted(), file)


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


@endpoint(
    router,
    "POST",
    "/completeness/checks/{number}/stop",
    answers=CompletenessCheckOut,
    problems={404, 409},
)
def stop_completeness_check(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001
    """Stop a check that waits or is under way; what it has added stays."""
    call = request.call
    run = stop_check(number, actor=call.actor, at=call.received_at)
    return Answer(check_out(run_view(run)))


@endpoint(router, "GET", "/completeness/cases", answers=CompletenessCasesOut)
def list_completeness_cases(
    request: ApiRequest,  # noqa: ARG001 - every key of the house sees the same
    asked: CaseAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List cases, newest first, with what either side says."""
    wanted = asked.wanted()
    return Answer(
        page(
            lambda before, most: completeness_cases(wanted, limit=most, before=before),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.pk,
            write=case_out,
        )
    )


@endpoint(router, "GET", "/completeness/cases/file", answers=None, answer_types=KINDS[:2])
def download_completeness_cases(
    request: ApiRequest, asked: CaseAsked, file: FileAsked
) -> HttpResponse:
    """Download the cases that a filter finds as csv or xlsx, newest first."""
    return list_file(request.call, CASES, asked.wanted(), file)


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
