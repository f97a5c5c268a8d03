"""What business records refer to, over HTTP: `/business-kinds`, `/sources` and business calendars.

Source: B-13, B-14, B-22, E-12; A9.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from ninja import Router
from pydantic import WithJsonSchema

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import Body, Day, LineText
from tael.api.paging import paged
from tael.api.v1.merchant_shapes import (
    BusinessKindOut,
    BusinessKindsOut,
    RegistryCode,
    SourceOut,
    SourcesOut,
    business_kind_out,
    source_out,
)
from tael.api.v1.shapes import Page
from tael.api.wire import Out, moment_out
from tael.parties.text import parse_text
from tael.settlement.accounts.calendar import CALENDAR_MAX, CalendarDay, exceptions
from tael.settlement.accounts.calendar import set_calendar_day as set_day
from tael.settlement.registry import (
    add_kind,
    kind_named,
    kinds,
    source_named,
    sources,
    switch_kind,
    switch_source,
)
from tael.settlement.registry import add_source as enter_source

router = Router(tags=["business registries"])

Direction = Literal["in", "out", "either"]
ZoneName = Annotated[str, WithJsonSchema({"type": "string", "examples": ["Asia/Shanghai"]})]
UnitText = Annotated[str, WithJsonSchema({"type": "string", "maxLength": 20, "examples": ["min"]})]
CalendarName = Annotated[str, WithJsonSchema({"type": "string", "maxLength": 32})]


class BusinessKindIn(Body):
    """A kind of business; names by language (en, zh-hans, zh-hant), of which English is needed."""

    code: RegistryCode
    names: dict[str, LineText]
    unit: UnitText = ""
    direction: Direction = "either"


class SwitchIn(Body):
    """Whether it may be used for new records."""

    enabled: bool


class SourceIn(Body):
    """A business system that records come from."""

    code: RegistryCode
    name: LineText
    zone: ZoneName
    first_day: Day


class CalendarDayIn(Body):
    """A day that is an exception: a holiday, or a weekend on which business is done."""

    day: Day
    business: bool
    name: LineText = ""


class CalendarDayOut(Out):
    """A day of a calendar that is an exception."""

    calendar: str
    day: date
    business: bool
    name: str
    set_at: datetime


class CalendarDaysOut(Page):
    """The exceptions of a calendar, by day."""

    data: list[CalendarDayOut]


def calendar_day_out(row: CalendarDay) -> dict[str, Any]:
    """Write a day of a calendar."""
    return {
        "calendar": row.calendar,
        "day": row.day.isoformat(),
        "business": row.business,
        "name": row.name,
        "set_at": moment_out(row.set_at),
    }


@endpoint(router, "GET", "/business-kinds", answers=BusinessKindsOut)
def list_business_kinds(request: ApiRequest) -> Answer:  # noqa: ARG001 - every key sees the same
    """List the kinds of business, those switched off as well."""
    return Answer(paged([business_kind_out(row) for row in kinds()], None))


@endpoint(
    router,
    "POST",
    "/business-kinds",
    answers=BusinessKindOut,
    status=CREATED,
    problems={409},
)
def add_business_kind(request: ApiRequest, body: BusinessKindIn) -> Answer:
    """Register a kind of business; the same one again changes its names only."""
    call = request.call
    made = add_kind(
        code=body.code,
        names=body.names,
        unit=body.unit,
        direction=body.direction,
        actor=call.actor,
        at=call.received_at,
    )
    return Answer(business_kind_out(made))


@endpoint(router, "PATCH", "/business-kinds/{code}", answers=BusinessKindOut)
def switch_business_kind(request: ApiRequest, code: RegistryCode, body: SwitchIn) -> Answer:
    """Let a kind of business be used for new records, or no longer."""
    call = request.call
    with transaction.atomic():
        kind_named(code)
        row = switch_kind(code=code, on=body.enabled, actor=call.actor, at=call.received_at)
    return Answer(business_kind_out(row))


@endpoint(router, "GET", "/sources", answers=SourcesOut)
def list_sources(request: ApiRequest) -> Answer:  # noqa: ARG001 - every key sees the same
    """List the business systems that records come from."""
    return Answer(paged([source_out(row) for row in sources()], None))


@endpoint(router, "POST", "/sources", answers=SourceOut, status=CREATED, problems={409})
def add_source(request: ApiRequest, body: SourceIn) -> Answer:
    """Register a business system that records come from."""
    call = request.call
    made = enter_source(
        code=body.code,
        name=body.name,
        zone=body.zone,
        first_day=body.first_day,
        actor=call.actor,
        at=call.received_at,
    )
    return Answer(source_out(made))


@endpoint(router, "PATCH", "/sources/{code}", answers=SourceOut)
def switch_business_source(request: ApiRequest, code: RegistryCode, body: SwitchIn) -> Answer:
    """Let a source bring new records, or no longer."""
    call = request.call
    with transaction.atomic():
        source_named(code)
        row = switch_source(code=code, on=body.enabled, actor=call.actor, at=call.received_at)
    return Answer(source_out(row))


@endpoint(router, "GET", "/business-calendars/{calendar}/days", answers=CalendarDaysOut)
def list_calendar_days(request: ApiRequest, calendar: CalendarName) -> Answer:  # noqa: ARG001
    """List the days of a calendar that are exceptions; all others are Monday to Friday."""
    named = parse_text(calendar, field="calendar", longest=CALENDAR_MAX)
    return Answer(paged([calendar_day_out(row) for row in exceptions(named)], None))


@endpoint(router, "POST", "/business-calendars/{calendar}/days", answers=CalendarDayOut)
def set_calendar_day(request: ApiRequest, calendar: CalendarName, body: CalendarDayIn) -> Answer:
    """Say of a day whether business is done on it."""
    call = request.call
    row = set_day(
        calendar=calendar,
        day=body.day,
        business=body.business,
        name=body.name,
        actor=call.actor,
        at=call.received_at,
    )
    return Answer(calendar_day_out(row))
