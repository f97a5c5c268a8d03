"""What pages and the API read about webhooks: lists in pages, newest first, without a query per row.

Secrets are in none of them.

Source: architecture, section 5; reliability T24, T25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Count, F, Prefetch

from tael.outbox.delivery import UnknownDelivery
from tael.outbox.endpoint import unknown_endpoint
from tael.outbox.models import STATES, Attempt, Delivery, Endpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "STATES",
    "Delivery",
    "DeliveryPage",
    "Endpoint",
    "EndpointLine",
    "attempts_of",
    "deliveries",
    "delivery",
    "endpoint",
    "endpoints",
    "endpoints_after",
]

PAGE_MAX: Final = 200
_SECRETS: Final = ("secret", "old_secrets")
_THEIR_SECRETS: Final = ("endpoint__secret", "endpoint__old_secrets")
_TRIES: Final = Prefetch("attempt_set", Attempt.objects.order_by("pk"), to_attr="attempts_made")


class EndpointLine(NamedTuple):
    """An endpoint, how many deliveries wait for it, and how many were given up."""

    endpoint: Endpoint
    waiting: int
    given_up: int


class DeliveryPage(NamedTuple):
    """Deliveries, newest first, and where the next page begins; None after the last."""

    deliveries: list[Delivery]
    next: int | None


def endpoints(*, limit: int = PAGE_MAX) -> list[EndpointLine]:
    """List the endpoints, those that are switched on first.

    Source: T25.
    """
    listed = Endpoint.objects.defer(*_SECRETS).order_by(
        F("disabled_at").asc(nulls_first=True), "id"
    )
    return _counted(list(listed[: min(limit, PAGE_MAX)]))


def endpoints_after(number: int | None, limit: int) -> list[EndpointLine]:
    """List the endpoints by number, those after one, or from the first.

    Source: T23, T25.
    """
    listed = Endpoint.objects.defer(*_SECRETS).filter(pk__gt=number or 0).order_by("pk")
    return _counted(list(listed[: min(limit, PAGE_MAX)]))


def _counted(rows: list[Endpoint]) -> list[EndpointLine]:
    counts = (
        Delivery.objects.filter(state__in=["waiting", "given_up"], endpoint__in=rows)
        .order_by()
        .values_list("endpoint", "state")
        .annotate(number=Count("pk"))
    )
    found = {(number, state): count for number, state, count in counts}
    return [
        EndpointLine(row, found.get((row.pk, "waiting"), 0), found.get((row.pk, "given_up"), 0))
        for row in rows
    ]


def endpoint(number: int) -> Endpoint:
    """Give an endpoint, without its secret.

    Raises:
        UnknownEndpoint: there is none of this number.

    Source: T25.
    """
    found = None
    if 0 < number < 2**63:
        found = Endpoint.objects.defer(*_SECRETS).filter(pk=number).first()
    if found is None:
        raise unknown_endpoint(number)
    return found


def deliveries(
    *,
    endpoint: int | None = None,
    state: str = "",
    event_type: str = "",
    before: int | None = None,
    limit: int = 50,
    attempts_too: bool = False,
) -> DeliveryPage:
    """List deliveries with their events and endpoints, newest first.

    Args:
        state: one of "waiting", "delivered", "given_up", "dropped"; another is as none.
        before: only those with a lower number: what the page before gave as ``next``.
        attempts_too: each with every attempt, for `attempts_of`.

    Source: T24, T25.
    """
    found = Delivery.objects.select_related("event", "endpoint").defer(*_THEIR_SECRETS)
    if attempts_too:
        found = found.prefetch_related(_TRIES)
    if endpoint is not None:
        found = found.filter(endpoint=endpoint)
    if state in STATES:
        found = found.filter(state=state)
    if event_type:
        found = found.filter(event__type=event_type)
    if before is not None:
        found = found.filter(pk__lt=before)
    limit = min(max(limit, 1), PAGE_MAX)
    rows = list(found.order_by("-pk")[: limit + 1])
    return DeliveryPage(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


def delivery(number: int) -> Delivery:
    """Give one delivery with its event, its endpoint and every attempt (`attempts_made`), oldest first.

    Raises:
        UnknownDelivery: there is none of this number.

    Source: T25 (a page with every attempt).
    """
    found = None
    if 0 < number < 2**63:
        rows = Delivery.objects.select_related("event", "endpoint").defer(*_THEIR_SECRETS)
        found = rows.prefetch_related(_TRIES).filter(pk=number).first()
    if found is None:
        message = "There is no such delivery."
        raise UnknownDelivery(message, field="delivery", there=str(number)[:32])
    return found


def attempts_of(found: Delivery) -> Sequence[Attempt]:
    """Give the attempts of a delivery that came with them.

    Source: T25.
    """
    attempts: Sequence[Attempt] = found.attempts_made  # type: ignore[attr-defined]  # its Prefetch
    return attempts
