"""Webhooks over HTTP: the programs that are told of what happens, and how the telling went."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import Field, WithJsonSchema

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Body, Cursor, Limit, LineText, Nothing, PlainNumber
from tael.api.paging import number_of, page, paged
from tael.api.v1.shapes import Page
from tael.api.wire import Out, moment_or_none, moment_out
from tael.outbox import queries
from tael.outbox.delivery import resend
from tael.outbox.endpoint import (
    add_endpoint,
    change_endpoint,
    disable_endpoint,
    enable_endpoint,
)
from tael.outbox.queries import Delivery, Endpoint, EndpointLine
from tael.outbox.rotation import OVERLAP_HOURS, OVERLAP_HOURS_MAX, rotate_secret
from tael.outbox.trial import send_trial

router = Router(tags=["webhooks"])

State = Literal["waiting", "delivered", "given_up", "dropped"]
Url = Annotated[
    str,
    WithJsonSchema({"type": "string", "maxLength": 500, "examples": ["https://example.com/hooks"]}),
]
EventTypes = Annotated[list[str], Field(description="None of them means all.", max_length=100)]
Hours = Annotated[
    int,
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": OVERLAP_HOURS_MAX}),
]


class WebhookIn(Body):
    """A program that is to be told."""

    url: Url
    event_types: EventTypes = Field(default_factory=list)
    description: LineText = ""


class WebhookChange(Body):
    """What is to be changed about a webhook; what is left away stays."""

    event_types: EventTypes | None = None
    description: LineText | None = None


class DisableIn(Body):
    """Why nothing more is sent."""

    reason: LineText = ""


class RotateIn(Body):
    """For how many hours the old secret signs beside the new one; 0 ends it at once."""

    overlap_hours: Hours = OVERLAP_HOURS


class WebhookOut(Out):
    """A program that is told. Its secret is nowhere."""

    number: int
    url: str
    description: str
    event_types: list[str]
    enabled: bool
    added_at: datetime
    disabled_at: datetime | None
    disabled_reason: str
    secret_since: datetime
    old_secret_until: Annotated[
        datetime | None, Field(description="Until then an old secret signs as well.")
    ]


class WebhookLineOut(WebhookOut):
    """A webhook of the list, with how many deliveries wait and how many were given up."""

    waiting: int
    given_up: int


class NewWebhookOut(WebhookOut):
    """A webhook with its new secret, which nobody can read again."""

    secret: Annotated[str, Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]


class WebhooksOut(Page):
    """A page of webhooks, by number."""

    data: list[WebhookLineOut]


class AttemptOut(Out):
    """One attempt to deliver; without an end it is under way, or was cut off."""

    begun_at: datetime
    ended_at: datetime | None
    duration_ms: int | None
    status: int | None
    answer: Annotated[str, Field(description="The beginning of what was answered.")]
    problem: Annotated[str, Field(description="Why it does not count; empty where it does.")]


class DeliveryOut(Out):
    """An event on its way to one webhook, with every attempt, oldest first."""

    number: int
    webhook: int
    event: Annotated[str, Field(description="`webhook-id` of the message.")]
    type: str
    at: datetime
    state: State
    next_attempt_at: datetime | None
    finished_at: datetime | None
    payload: Annotated[str, Field(description="The very text that is signed and sent.")]
    attempts: list[AttemptOut]


class DeliveriesOut(Page):
    """A page of deliveries, newest first."""

    data: list[DeliveryOut]


def webhook_out(row: Endpoint) -> dict[str, Any]:
    """Write a webhook."""
    return {
        "number": row.pk,
        "url": row.url,
        "description": row.description,
        "event_types": list(row.event_types),
        "enabled": row.disabled_at is None,
        "added_at": moment_out(row.added_at),
        "disabled_at": moment_or_none(row.disabled_at),
        "disabled_reason": row.disabled_reason,
        "secret_since": moment_out(row.rotated_at or row.added_at),
        "old_secret_until": moment_or_none(row.old_until),
    }


def webhook_line_out(line: EndpointLine) -> dict[str, Any]:
    """Write a webhook of the list."""
    counts = {"waiting": line.waiting, "given_up": line.given_up}
    return webhook_out(line.endpoint) | counts


def delivery_out(row: Delivery) -> dict[str, Any]:
    """Write a delivery that came with its attempts."""
    waits = row.state == "waiting"
    return {
        "number": row.pk,
        "webhook": row.endpoint_id,
        "event": row.event.name,
        "type": row.event.type,
        "at": moment_out(row.event.at),
        "state": row.state,
        "next_attempt_at": moment_out(row.due_at) if waits else None,
        "finished_at": moment_or_none(row.finished_at),
        "payload": row.event.payload,
        "attempts": [
            {
                "begun_at": moment_out(attempt.begun_at),
                "ended_at": moment_or_none(attempt.ended_at),
                "duration_ms": attempt.duration_ms,
                "status": attempt.status,
                "answer": attempt.answer,
                "problem": attempt.problem,
            }
            for attempt in queries.attempts_of(row)
        ],
    }


@endpoint(router, "GET", "/webhooks", answers=WebhooksOut)
def list_webhooks(
    request: ApiRequest,  # noqa: ARG001 - every key with the scope sees the same
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the webhooks by number, those switched off as well."""
    return Answer(
        page(
            queries.endpoints_after,
            cursor=cursor,
            limit=limit,
            place=lambda line: line.endpoint.pk,
            write=webhook_line_out,
        )
    )


@endpoint(
    router,
    "POST",
    "/webhooks",
    answers=NewWebhookOut,
    status=CREATED,
    asks_key=True,
    problems={403, 409},
)
def add_webhook(request: ApiRequest, body: WebhookIn) -> Answer:
    """Tell a program of what happens from now on. Its secret is in this answer and never shown again."""
    call = request.call
    new = add_endpoint(
        url=body.url,
        event_types=body.event_types,
        description=body.description,
        actor=call.actor,
        at=call.received_at,
        key=call.idempotency_key,
    )
    return Answer(webhook_out(new.endpoint) | {"secret": new.secret}, replayed=new.replayed)


@endpoint(router, "GET", "/webhooks/{number}", answers=WebhookOut)
def get_webhook(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001
    """Show one webhook."""
    return Answer(webhook_out(queries.endpoint(number)))


@endpoint(router, "PATCH", "/webhooks/{number}", answers=WebhookOut)
def change_webhook(request: ApiRequest, number: PlainNumber, body: WebhookChange) -> Answer:
    """Change of what a webhook is told from now on, or how it is described."""
    call = request.call
    changed = change_endpoint(
        number=number,
        event_types=body.event_types,
        description=body.description,
        actor=call.actor,
        at=call.received_at,
    )
    return Answer(webhook_out(changed))


@endpoint(router, "POST", "/webhooks/{number}/disable", answers=WebhookOut)
def disable_webhook(request: ApiRequest, number: PlainNumber, body: DisableIn) -> Answer:
    """Send nothing more to a webhook; what waits for it is dropped."""
    call = request.call
    done = disable_endpoint(
        number=number, reason=body.reason, actor=call.actor, at=call.received_at
    )
    return Answer(webhook_out(done))


@endpoint(router, "POST", "/webhooks/{number}/enable", answers=WebhookOut)
def enable_webhook(
    request: ApiRequest,
    number: PlainNumber,
    body: Nothing,  # noqa: ARG001 - an empty object, so that nothing is sent unread
) -> Answer:
    """Tell a webhook again of what happens from now on."""
    call = request.call
    return Answer(
        webhook_out(enable_endpoint(number=number, actor=call.actor, at=call.received_at))
    )


@endpoint(
    router,
    "POST",
    "/webhooks/{number}/rotate",
    answers=NewWebhookOut,
    asks_key=True,
    problems={409},
)
def rotate_webhook(request: ApiRequest, number: PlainNumber, body: RotateIn) -> Answer:
    """Give a webhook another secret, in this answer only; the old one signs on for some hours."""
    call = request.call
    new = rotate_secret(
        number=number,
        overlap_hours=body.overlap_hours,
        actor=call.actor,
        at=call.received_at,
        key=call.idempotency_key,
    )
    return Answer(webhook_out(new.endpoint) | {"secret": new.secret}, replayed=new.replayed)


@endpoint(
    router,
    "POST",
    "/webhooks/{number}/test",
    answers=DeliveryOut,
    status=CREATED,
    asks_key=True,
    problems={409},
)
def try_webhook(
    request: ApiRequest,
    number: PlainNumber,
    body: Nothing,  # noqa: ARG001 - an empty object, so that nothing is sent unread
) -> Answer:
    """Send a webhook a test event, `endpoint.tested`, whatever it has chosen to be told of."""
    call = request.call
    sent = send_trial(
        number=number, actor=call.actor, at=call.received_at, key=call.idempotency_key
    )
    return Answer(delivery_out(queries.delivery(sent.pk)))


@endpoint(router, "GET", "/webhook-deliveries", answers=DeliveriesOut)
def list_webhook_deliveries(
    request: ApiRequest,  # noqa: ARG001 - every key with the scope sees the same
    webhook: PlainNumber | None = None,
    state: State | None = None,
    event_type: Annotated[str, Query(max_length=40, pattern="^[a-z_.]*$")] = "",
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List deliveries with every attempt, newest first."""
    found = queries.deliveries(
        endpoint=webhook,
        state=state or "",
        event_type=event_type,
        before=number_of(cursor),
        limit=limit,
        attempts_too=True,
    )
    return Answer(paged([delivery_out(row) for row in found.deliveries], found.next))


@endpoint(router, "GET", "/webhook-deliveries/{number}", answers=DeliveryOut)
def get_webhook_delivery(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001
    """Show one delivery with every attempt."""
    return Answer(delivery_out(queries.delivery(number)))


@endpoint(
    router,
    "POST",
    "/webhook-deliveries/{number}/resend",
    answers=DeliveryOut,
    asks_key=True,
    problems={409},
)
def resend_webhook_delivery(
    request: ApiRequest,
    number: PlainNumber,
    body: Nothing,  # noqa: ARG001 - an empty object, so that nothing is sent unread
) -> Answer:
    """Begin a new round of attempts; the message keeps its `webhook-id`."""
    call = request.call
    resend(delivery=number, actor=call.actor, at=call.received_at, key=call.idempotency_key)
    return Answer(delivery_out(queries.delivery(number)))
