"""Endpoints: programs that asked to be told, registered by the staff. Each has a secret, shown once.

Source: architecture, section 5; reliability T25, I31.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from django.db import transaction

from tael import ledger
from tael.outbox.address import parse_url
from tael.outbox.event_types import parse_event_types
from tael.outbox.models import Delivery, Endpoint
from tael.outbox.signature import new_secret
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

DESCRIPTION_MAX: Final = 200
REASON_MAX: Final = 200


class UnknownEndpoint(Refusal):
    """There is no webhook endpoint of this number."""

    code = "unknown_endpoint"
    because: ClassVar[Because] = "absent"
    rule = "T25"
    remedy = "Check the number in the list of webhooks."


class NewEndpoint(NamedTuple):
    """An endpoint with its new secret, which is not shown again.

    Args:
        replayed: the key had done it before, and nothing was done now.
    """

    endpoint: Endpoint
    secret: str
    replayed: bool = False


@transaction.atomic
def add_endpoint(
    *,
    url: str,
    event_types: Iterable[str] = (),
    description: str = "",
    actor: str,
    at: datetime,
    key: str | None = None,
) -> NewEndpoint:
    """Tell a program of what happens from now on.

    Where the address leads is looked at each time something is sent to it.

    Args:
        url: https, without user, password or fragment.
        event_types: of which events; none means of all.
        key: the actor's own for this request; sent again it gives the same endpoint and secret.

    Raises:
        WebhookUrlMalformed, UnknownEventType, TextMalformed.
        KeyReused: the key has added another address.

    Source: architecture, section 5; T25.
    """
    address = parse_url(url).geturl()
    types = parse_event_types(list(event_types))
    words = parse_text(description, field="description", longest=DESCRIPTION_MAX, may_be_empty=True)
    named = None if key is None else ledger.key_of(actor, f"webhook.add:{key}")
    before = None if named is None else Endpoint.objects.filter(key=named).first()
    if before is not None:
        if before.url != address:
            message = "The key has added another address."
            raise ledger.KeyReused(message, field="key", there=before.url)
        return NewEndpoint(before, before.secret, replayed=True)
    secret = new_secret()
    endpoint = Endpoint.objects.create(
        url=address,
        description=words,
        event_types=types,
        secret=secret,
        key=named,
        added_at=at,
        added_by=actor,
    )
    record("add", endpoint, actor, at, {"url": address, "event_types": types})
    return NewEndpoint(endpoint, secret)


@transaction.atomic
def change_endpoint(
    *,
    number: int,
    event_types: Iterable[str] | None = None,
    description: str | None = None,
    actor: str,
    at: datetime,
) -> Endpoint:
    """Change of what an endpoint is told from now on, or how it is described.

    Its address stays: another program is another endpoint, with a secret of its own.

    Args:
        event_types, description: as `add_endpoint` has them; None leaves it as it is.

    Raises:
        UnknownEndpoint, UnknownEventType, TextMalformed.

    Source: architecture, section 5; T25.
    """
    wanted: dict[str, object] = {}
    if event_types is not None:
        wanted["event_types"] = parse_event_types(list(event_types))
    if description is not None:
        wanted["description"] = parse_text(
            description, field="description", longest=DESCRIPTION_MAX, may_be_empty=True
        )
    endpoint = locked(number)
    changed = {name: fact for name, fact in wanted.items() if getattr(endpoint, name) != fact}
    if changed:
        before = {name: getattr(endpoint, name) for name in changed}
        for name, fact in changed.items():
            setattr(endpoint, name, fact)
        endpoint.save(update_fields=list(changed))
        record("change", endpoint, actor, at, {"from": before, "to": changed})
    return endpoint


@transaction.atomic
def disable_endpoint(*, number: int, actor: str, at: datetime, reason: str = "") -> Endpoint:
    """Send nothing more to an endpoint; what waits for it is dropped. Doing it again changes nothing.

    Raises:
        UnknownEndpoint: there is none of this number.
        TextMalformed: about the reason.

    Source: T25 (410 disables).
    """
    why = parse_text(reason, field="reason", longest=REASON_MAX, may_be_empty=True)
    endpoint = locked(number)
    if endpoint.disabled_at is None:
        endpoint.disabled_at, endpoint.disabled_by, endpoint.disabled_reason = at, actor, why
        endpoint.save(update_fields=["disabled_at", "disabled_by", "disabled_reason"])
        Delivery.objects.filter(endpoint=number, state="waiting").update(
            state="dropped", finished_at=at
        )
        record("disable", endpoint, actor, at, {"reason": why})
    return endpoint


@transaction.atomic
def enable_endpoint(*, number: int, actor: str, at: datetime) -> Endpoint:
    """Tell an endpoint again of what happens from now on. What it missed can be resent one by one.

    Raises:
        UnknownEndpoint: there is none of this number.

    Source: T25.
    """
    endpoint = locked(number)
    if endpoint.disabled_at is not None:
        endpoint.disabled_at, endpoint.disabled_by, endpoint.disabled_reason = None, "", ""
        endpoint.save(update_fields=["disabled_at", "disabled_by", "disabled_reason"])
        record("enable", endpoint, actor, at, {})
    return endpoint


def locked(number: int) -> Endpoint:
    """Give an endpoint that nobody else changes before the transaction ends.

    Raises:
        UnknownEndpoint: there is none of this number.

    Source: T25.
    """
    found = None
    if 0 < number < 2**63:
        found = Endpoint.objects.select_for_update(no_key=True).filter(pk=number).first()
    if found is None:
        raise unknown_endpoint(number)
    return found


def unknown_endpoint(number: int) -> UnknownEndpoint:
    """Give the refusal for a number that no endpoint has.

    Source: T14.
    """
    message = "There is no such webhook endpoint."
    return UnknownEndpoint(message, field="endpoint", there=str(number)[:32])


def record(
    verb: str, endpoint: Endpoint, actor: str, at: datetime, details: dict[str, object]
) -> None:
    """Write into the audit trail what was done with an endpoint.

    Source: T25; I31.
    """
    audit.record(
        actor=actor,
        action=f"webhook.{verb}",
        subject=f"webhook:{endpoint.pk}",
        at=at,
        details=details,
    )
