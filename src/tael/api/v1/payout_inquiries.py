"""Unknown outcomes of payouts over HTTP: what is asked about them, and where the channels are asked."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Query, Router
from pydantic import WithJsonSchema

from tael.api.call import ApiRequest
from tael.api.endpoint import Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Body, ChannelText, Cursor, Filter, Limit, Nothing
from tael.api.paging import page
from tael.api.v1.payout_batches import PayoutBatchRowOut, batch_row_out
from tael.api.v1.shapes import Page
from tael.api.wire import Out, moment_or_none, moment_out
from tael.settlement.payouts.batch_search import UnknownWanted, unknown_rows
from tael.settlement.payouts.inquiry_search import with_inquiries
from tael.settlement.payouts.status_service import (
    StatusServiceSet,
    new_status_secret,
    set_status_service,
    status_services,
    stop_status_service,
)

if TYPE_CHECKING:
    from tael.settlement.payouts.inquiry_search import InquirySeen

router = Router(tags=["payout batches"])

Queue = Literal["asking", "person"]
Verdict = Literal["paid", "failed", "unknown", "unanswered", "refused", "agrees", "contradicts"]
AddressText = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "maxLength": 500, "examples": ["https://bank.example.com/payouts"]}
    ),
]


class UnknownFilter(Filter):
    """Which payouts of unknown outcome are meant."""

    queue: Queue | None = None
    channel: Annotated[str, Query(max_length=32)] = ""

    def wanted(self) -> UnknownWanted:
        """Read it."""
        return UnknownWanted(self.queue or "", self.channel)


UnknownAsked = Annotated[UnknownFilter, Query()]


class StatusAddressIn(Body):
    """Where a channel is asked what became of payouts."""

    address: AddressText


class StatusServiceOut(Out):
    """Where a channel is asked. The secret is in the answer that made it and in no other."""

    channel: str
    address: str
    secret: str | None


class StatusServicesOut(Out):
    """The channels that are asked."""

    data: list[StatusServiceOut]


class PayoutAskOut(Out):
    """One time that the channel was asked, and what it said."""

    number: int
    asked_at: datetime
    verdict: Verdict
    said: str


class UnknownPayoutOut(PayoutBatchRowOut):
    """A payout whose outcome nobody knows: on the plan of asking, or a matter for a person."""

    batch: int
    reference: str
    channel: str
    queue: Queue
    unknown_since: datetime
    next_ask_at: datetime | None
    asks: list[PayoutAskOut]


class UnknownPayoutsOut(Page):
    """A page of payouts whose outcome nobody knows, newest first."""

    data: list[UnknownPayoutOut]


def inquiry_out(one: "InquirySeen") -> dict[str, Any]:
    """Write a row of unknown outcome with what was asked about it."""
    batch = one.seen.row.batch
    return batch_row_out(one.seen) | {
        "batch": batch.pk,
        "reference": batch.reference,
        "channel": batch.channel,
        "queue": one.inquiry.state,
        "unknown_since": moment_out(one.inquiry.opened_at),
        "next_ask_at": moment_or_none(one.inquiry.next_ask_at),
        "asks": [
            {
                "number": ask.number,
                "asked_at": moment_out(ask.asked_at),
                "verdict": ask.verdict,
                "said": ask.said,
            }
            for ask in one.asks
        ],
    }


def service_out(made: StatusServiceSet) -> dict[str, Any]:
    """Write where a channel is asked, with the secret where it is new."""
    row = made.service
    return {"channel": row.channel, "address": row.address, "secret": made.secret or None}


@endpoint(router, "GET", "/unknown-payouts", answers=UnknownPayoutsOut)
def list_unknown_payouts(
    request: ApiRequest,  # noqa: ARG001 - ninja's form
    asked: UnknownAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the payouts whose outcome nobody knows, with every time that the channel was asked."""
    wanted = asked.wanted()
    return Answer(
        page(
            lambda before, most: with_inquiries(unknown_rows(wanted, before=before, limit=most)),
            cursor=cursor,
            limit=limit,
            place=lambda one: one.seen.row.pk,
            write=inquiry_out,
        )
    )


@endpoint(router, "GET", "/status-services", answers=StatusServicesOut)
def list_status_services(request: ApiRequest) -> Answer:  # noqa: ARG001 - as above
    """List where channels are asked what became of payouts."""
    rows = status_services()
    return Answer({"data": [service_out(StatusServiceSet(row, "")) for row in rows]})


@endpoint(
    router,
    "POST",
    "/status-services/{channel}/address",
    answers=StatusServiceOut,
    asks_key=True,
    problems={404},
)
def set_status_address(request: ApiRequest, channel: ChannelText, body: StatusAddressIn) -> Answer:
    """Say where a channel is asked what became of payouts; a new address has a new secret in this answer only."""
    call = request.call
    made = set_status_service(
        channel=channel,
        address=body.address,
        actor=call.actor,
        at=call.received_at,
        key=call.idempotency_key,
    )
    return Answer(service_out(made))


@endpoint(
    router,
    "POST",
    "/status-services/{channel}/secret",
    answers=StatusServiceOut,
    asks_key=True,
    problems={409},
)
def rotate_status_secret(
    request: ApiRequest,
    channel: ChannelText,
    body: Nothing,  # noqa: ARG001 - an empty object, so that nothing is sent unread
) -> Answer:
    """Give a channel's service another secret, in this answer only; the old one signs no more."""
    call = request.call
    made = new_status_secret(
        channel=channel, actor=call.actor, at=call.received_at, key=call.idempotency_key
    )
    return Answer(service_out(made))


@endpoint(
    router,
    "POST",
    "/status-services/{channel}/stop",
    answers=StatusServiceOut,
    problems={409},
)
def stop_asking_channel(
    request: ApiRequest,
    channel: ChannelText,
    body: Nothing,  # noqa: ARG001 - an empty object, so that nothing is sent unread
) -> Answer:
    """Ask a channel no more; what is unknown is for people."""
    call = request.call
    row = stop_status_service(channel=channel, actor=call.actor, at=call.received_at)
    return Answer(service_out(StatusServiceSet(row, "")))
