"""Bill runs (出賬批次) over HTTP: started, gone on with, and watched.

Source: B-20, B-26; peers-settlement-invest A8.
"""

import time
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from tael.api.call import ApiRequest
from tael.api.endpoint import Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Body, Cursor, Day, Limit, PlainNumber
from tael.api.paging import page
from tael.api.v1.files import KINDS
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.shapes import Page
from tael.api.wire import Out, moment_or_none, moment_out
from tael.documents.payout_lists import BILL_RUNS, RUN_PERIODS, RowsOf
from tael.settlement.bills.bill_run_part import run_part
from tael.settlement.bills.run_search import (
    ItemSeen,
    RunFacts,
    RunSeen,
    bill_runs,
    run_facts,
    run_items,
)

router = Router(tags=["bills"])

PART: Final = 5.0
"""Seconds after which a request stops billing and answers; the step that it is in is finished."""
ItemState = Annotated[Literal["waiting", "done", "parked"] | None, Query()]


class BillRunIn(Body):
    """Which day's due periods are billed; not one that has not begun."""

    day: Day


class BillRunOut(Out):
    """A run and how far it is. `running` with nothing but parked periods left waits to be started again."""

    number: int
    day: date
    state: Literal["running", "finished"]
    periods: int
    done: int
    parked: Annotated[int, Field(description="Could not be billed; the reasons are at its items.")]
    bills: int
    goes_on: Annotated[
        bool,
        Field(description="Whether something is left that has not been tried: start it again."),
    ]
    started_at: datetime
    started_by: str
    finished_at: datetime | None


class BillRunsOut(Page):
    """A page of runs, the newest first."""

    data: list[BillRunOut]


class BillRunItemOut(Out):
    """An account's period within a run."""

    account: int
    first_day: date
    last_day: date
    state: Literal["waiting", "done", "parked"]
    bill: int | None
    reason: str
    attempts: int


class BillRunItemsOut(Page):
    """A page of a run's periods."""

    data: list[BillRunItemOut]


def run_out(seen: RunSeen) -> dict[str, Any]:
    """Write a run."""
    run = seen.run
    return {
        "number": run.pk,
        "day": run.day.isoformat(),
        "state": run.state,
        "periods": seen.periods,
        "done": seen.done,
        "parked": seen.parked,
        "bills": seen.bills,
        "goes_on": run.state == "running" and not (seen.waiting == 0 and seen.parked > 0),
        "started_at": moment_out(run.started_at),
        "started_by": run.started_by,
        "finished_at": moment_or_none(run.finished_at),
    }


def run_facts_out(found: RunFacts) -> dict[str, Any]:
    """Write a run that was asked for by itself."""
    far = found.progress
    return run_out(RunSeen(found.run, far.periods, far.done, far.parked, far.bills))


def item_out(seen: ItemSeen) -> dict[str, Any]:
    """Write a period of a run."""
    item = seen.item
    return {
        "account": seen.account.number,
        "first_day": item.first_day.isoformat(),
        "last_day": item.last_day.isoformat(),
        "state": item.state,
        "bill": item.bill,
        "reason": item.reason,
        "attempts": item.attempts,
    }


@endpoint(router, "GET", "/bill-runs", answers=BillRunsOut)
def list_bill_runs(
    request: ApiRequest,  # noqa: ARG001 - what every endpoint is given
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the runs, the newest first, with how far each is."""
    return Answer(
        page(
            lambda before, many: bill_runs(before=before, limit=many),
            cursor=cursor,
            limit=limit,
            place=lambda seen: seen.run.pk,
            write=run_out,
        )
    )


@endpoint(router, "GET", "/bill-runs/file", answers=None, answer_types=KINDS[:2])
def download_bill_runs(request: ApiRequest, file: FileAsked) -> HttpResponse:
    """Download the runs as csv or xlsx, the newest first."""
    return list_file(request.call, BILL_RUNS, None, file)


@endpoint(router, "POST", "/bill-runs", answers=BillRunOut)
def start_bill_run(request: ApiRequest, body: BillRunIn) -> Answer:
    """Bill every period that is due on a day, for a few seconds; send it again while `goes_on` is true.

    A period is billed once, however often it is sent. What could not be billed is tried again.
    """
    call = request.call
    until = time.monotonic() + PART
    found = run_part(
        day=body.day,
        actor=call.actor,
        at=call.received_at,
        enough=lambda: time.monotonic() >= until,
    )
    return Answer(run_facts_out(found))


@endpoint(router, "GET", "/bill-runs/{number}", answers=BillRunOut)
def get_bill_run(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001
    """Show how far a run is."""
    return Answer(run_facts_out(run_facts(number)))


@endpoint(router, "GET", "/bill-runs/{number}/items", answers=BillRunItemsOut)
def list_bill_run_items(
    request: ApiRequest,  # noqa: ARG001 - what every endpoint is given
    number: PlainNumber,
    state: ItemState = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the periods of a run, such as those that could not be billed, with the reasons."""
    run = run_facts(number).run
    return Answer(
        page(
            lambda after, many: run_items(run.pk, state=state, after=after, limit=many),
            cursor=cursor,
            limit=limit,
            place=lambda seen: seen.item.pk,
            write=item_out,
        )
    )


@endpoint(
    router,
    "GET",
    "/bill-runs/{number}/items/file",
    answers=None,
    answer_types=KINDS[:2],
)
def download_bill_run_items(
    request: ApiRequest, number: PlainNumber, file: FileAsked, state: ItemState = None
) -> HttpResponse:
    """Download the periods of a run as csv or xlsx, with the reasons of those that could not be billed."""
    of = RowsOf(run_facts(number).run.pk, state or "")
    return list_file(request.call, RUN_PERIODS, of, file, name=f"bill-run-{number}")
