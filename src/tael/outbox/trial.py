"""A test event: sent to one endpoint because somebody asks, to see that it is received and understood.

It goes the way of every event, signed and tried again; only that it tells of nothing that happened.

Source: Standard Webhooks (sending test events); reliability T25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from tael import ledger
from tael.outbox.announce import Event as Told
from tael.outbox.announce import payload_of
from tael.outbox.delivery import EndpointDisabled
from tael.outbox.endpoint import locked, record
from tael.outbox.models import Delivery, Event

if TYPE_CHECKING:
    from datetime import datetime

TRIAL: Final = "endpoint.tested"  # of no list: nobody chooses to be told of it


@transaction.atomic
def send_trial(*, number: int, actor: str, at: datetime, key: str) -> Delivery:
    """Put a test event on its way to one endpoint, whatever it has chosen to be told of.

    Args:
        key: the actor's own for this request; sent again it gives the same delivery.

    Raises:
        UnknownEndpoint: there is none of this number.
        EndpointDisabled: it is switched off.

    Source: T25.
    """
    endpoint = locked(number)
    source = f"{TRIAL}:{number}:{ledger.key_of(actor, f'webhook.test:{key}')}"
    before = Delivery.objects.select_related("event", "endpoint").filter(event__source=source)
    if (found := before.first()) is not None:
        return found
    if endpoint.disabled_at is not None:
        message = f"Endpoint {number} is switched off."
        raise EndpointDisabled(message, field="endpoint", there=endpoint.disabled_reason)
    told = Told(TRIAL, source, at, {"endpoint": number, "asked_by": actor})
    event = Event.objects.create(type=TRIAL, source=source, at=at, payload=payload_of(told))
    delivery = Delivery.objects.create(event=event, endpoint=endpoint, due_at=at)
    record("test", endpoint, actor, at, {"delivery": delivery.pk})
    return delivery
