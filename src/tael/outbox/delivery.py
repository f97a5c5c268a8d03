"""Deliveries: an event goes to an endpoint, again and again until it is taken or given up.

Before each attempt its row is written and the delivery leased for a minute, both committed; then the
message is sent, in no transaction; then what came of it is written. A worker that dies in between has
left a begun attempt, and the delivery falls due again. So a message may come twice, never not at all;
`webhook-id` is the same each time, by which a receiver knows it.

Source: architecture, section 5 (webhooks); Standard Webhooks; reliability T3, T25.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from django.db import transaction

from tael import ledger
from tael.outbox.endpoint import disable_endpoint
from tael.outbox.models import Attempt, Delivery
from tael.outbox.rotation import signing_secrets
from tael.outbox.schedule import LIFETIME, pause_after
from tael.outbox.send import SECONDS, send
from tael.outbox.signature import signed_headers
from tael.parties import actor as actors
from tael.parties import audit
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tael.outbox.models import Endpoint
    from tael.outbox.send import Answer

ACTOR: Final = actors.of_part("outbox")
LEASE: Final = timedelta(
    seconds=60
)  # an attempt takes 20 s at most, the look-up of the name included
IN_ONE_GO: Final = 50  # messages to one endpoint before others get their turn
TURN: Final = timedelta(seconds=20)  # after which no further message is begun in one go
ATTEMPTS_AT_LEAST: Final = 5  # over 2.5 hours, also where we ourselves were down for days
GIVEN_UP_AT_ONCE: Final = 1000


class UnknownDelivery(Refusal):
    """There is no delivery of this number."""

    code = "unknown_delivery"
    because: ClassVar[Because] = "absent"
    rule = "T25"
    remedy = "Check the number in the list of deliveries."


class EndpointDisabled(Refusal):
    """The endpoint is switched off; nothing is sent to it."""

    code = "endpoint_disabled"
    because: ClassVar[Because] = "conflict"
    rule = "T25"
    remedy = "Switch the endpoint on first."


class _Claim(NamedTuple):
    """A delivery that is ours for the time of an attempt."""

    delivery: Delivery
    attempt: Attempt


def due_endpoints(*, at: datetime) -> list[int]:
    """Give the numbers of the endpoints for which something is due.

    Source: architecture, section 5.
    """
    due = Delivery.objects.filter(
        state="waiting", due_at__lte=at, endpoint__disabled_at__isnull=True
    )
    return sorted(due.order_by().values_list("endpoint", flat=True).distinct())


def deliver_due(*, endpoint: int, clock: Callable[[], datetime], seconds: float = SECONDS) -> int:
    """Send one endpoint what is due to it, oldest first, and tell how many it took.

    Ends with the first that is not taken: an endpoint that is down is not asked for each message, and
    does not keep a worker from others; nor does one that takes its time. Not inside a transaction.

    Args:
        clock: tells the time; read before and after each attempt.
        seconds: for one attempt.

    Source: T25; Standard Webhooks.
    """
    taken, over = 0, clock() + TURN
    while taken < IN_ONE_GO and (at := clock()) < over:
        claim = _claim(endpoint, at)
        if claim is None:
            break
        answer = _attempt(claim, clock(), seconds)
        _conclude(claim, answer, clock())
        if not answer.delivered:
            break
        taken += 1
    return taken


@transaction.atomic
def resend(*, delivery: int, actor: str, at: datetime, key: str | None = None) -> Delivery:
    """Begin a new round of attempts for a delivery, whatever became of the last.

    One that waits comes at once. The message keeps its number; a receiver that has it already ignores it.

    Args:
        key: the actor's own for this request; sent again it begins no further round.

    Raises:
        UnknownDelivery: there is none of this number.
        EndpointDisabled: its endpoint is switched off.

    Source: T25 (resend).
    """
    found = None
    if 0 < delivery < 2**63:
        rows = Delivery.objects.select_for_update(no_key=True, of=("self",))
        found = rows.select_related("endpoint").filter(pk=delivery).first()
    if found is None:
        message = "There is no such delivery."
        raise UnknownDelivery(message, field="delivery", there=str(delivery)[:32])
    named = None if key is None else ledger.key_of(actor, f"webhook.resend:{key}")
    if named is not None and found.resent_key == named:
        return found
    if found.endpoint.disabled_at is not None:
        message = f"Endpoint {found.endpoint.pk} is switched off."
        raise EndpointDisabled(message, field="endpoint", there=found.endpoint.disabled_reason)
    found.state, found.attempts, found.due_at, found.finished_at = "waiting", 0, at, None
    found.resent_key = named
    found.save(update_fields=["state", "attempts", "due_at", "finished_at", "resent_key"])
    audit.record(
        actor=actor,
        action="webhook.resend",
        subject=f"webhook:{found.endpoint.pk}",
        at=at,
        details={"delivery": found.pk, "event": found.event_id},
    )
    return found


@transaction.atomic(durable=True)
def _claim(endpoint: int, at: datetime) -> _Claim | None:
    rows = Delivery.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    due = rows.select_related("event", "endpoint").filter(
        endpoint=endpoint,
        state="waiting",
        due_at__lte=at,
        endpoint__disabled_at__isnull=True,
    )
    delivery = due.order_by("due_at", "pk").first()
    if delivery is None:
        return None
    delivery.attempts += 1
    delivery.due_at = at + LEASE
    delivery.save(update_fields=["attempts", "due_at"])
    return _Claim(delivery, Attempt.objects.create(delivery=delivery, begun_at=at))


def _attempt(claim: _Claim, at: datetime, seconds: float) -> Answer:
    delivery = claim.delivery
    headers = signed_headers(
        secrets=signing_secrets(delivery.endpoint, at=at),
        message=delivery.event.name,
        payload=delivery.event.payload,
        at=at,
    )
    return send(
        delivery.endpoint.url,
        body=delivery.event.payload.encode(),
        headers=headers,
        seconds=seconds,
    )


@transaction.atomic(durable=True)
def _conclude(claim: _Claim, answer: Answer, at: datetime) -> None:
    """Write what came of an attempt. A delivery that was resent meanwhile keeps its new round."""
    delivery = claim.delivery
    Attempt.objects.filter(pk=claim.attempt.pk).update(
        ended_at=at,
        duration_ms=answer.milliseconds,
        status=answer.status,
        answer=answer.kept,
        problem=answer.problem,
    )
    if answer.gone:
        disable_endpoint(
            number=delivery.endpoint.pk, actor=ACTOR, at=at, reason="it answered 410 Gone"
        )
    held = Delivery.objects.filter(
        pk=delivery.pk, state="waiting", attempts=delivery.attempts, due_at=delivery.due_at
    )
    if answer.delivered:
        held.update(state="delivered", finished_at=at)
        return
    pause = pause_after(delivery.attempts, chance=random.random())  # noqa: S311 - spreads load, keeps nothing secret
    if pause is None or _has_lasted(delivery, at):
        held.update(state="given_up", finished_at=at)
        _give_up_with_it(delivery.endpoint, at)
    else:
        held.update(due_at=at + pause)


def _has_lasted(delivery: Delivery, at: datetime) -> bool:
    """Tell whether its attempts took longer than ten would, because so many others wait for the endpoint."""
    if delivery.attempts < ATTEMPTS_AT_LEAST:
        return False
    begun = (
        Attempt.objects.filter(delivery=delivery).order_by("-pk").values_list("begun_at", flat=True)
    )
    return begun[delivery.attempts - 1] <= at - LIFETIME


def _give_up_with_it(endpoint: Endpoint, at: datetime) -> None:
    """Give up what has waited as long for its turn: an endpoint that is down gathers no more than some days."""
    waiting = Delivery.objects.select_for_update(no_key=True, skip_locked=True).filter(
        endpoint=endpoint, state="waiting", due_at__lt=at - LIFETIME
    )
    late = list(waiting.order_by("due_at").values_list("pk", flat=True)[:GIVEN_UP_AT_ONCE])
    Delivery.objects.filter(pk__in=late).update(state="given_up", finished_at=at)
