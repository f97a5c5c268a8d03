"""Where a channel is asked what became of payouts, and the secret that signs the question.

The secret is made here and shown once, to whoever sets the address; it is in no list, log or answer after.

Source: B-36; peers-settlement-invest A7; reliability T25, I31.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from tael import books, ledger
from tael.channels import queries as registry
from tael.channels.channel import UnknownChannel
from tael.outbox.address import WebhookAddressPrivate, WebhookUrlMalformed, parse_url
from tael.parties import audit
from tael.refusal import Because, Refusal
from tael.settlement.asking.source_address import SourceAddressMalformed, private_sources_allowed
from tael.settlement.asking.source_signature import new_source_secret
from tael.settlement.models import StatusService
from tael.settlement.payouts.inquiry_plan import begin_asking, stop_asking_over

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

__all__ = [
    "StatusService",
    "StatusServiceMissing",
    "StatusServiceSet",
    "new_status_secret",
    "set_status_service",
    "status_services",
    "stop_status_service",
]


class StatusServiceMissing(Refusal):
    """The channel has no address at which it is asked what became of payouts."""

    code = "status_service_missing"
    because: ClassVar[Because] = "conflict"
    rule = "A7"
    remedy = "Set the address first."


class StatusServiceSet(NamedTuple):
    """A service; ``secret`` is there once, when it is new, else empty."""

    service: StatusService
    secret: str


@books.atomic
def set_status_service(
    *, channel: str, address: str, actor: str, at: datetime, key: str | None = None
) -> StatusServiceSet:
    """Say where a channel is asked what became of payouts; rows that nobody was asked about are asked for now.

    A new address gets a new secret, so that the system behind the old one cannot be taken for it. The
    same address again changes nothing.

    Args:
        address: https; http too where `TAEL_SOURCES_TO_PRIVATE` is 1.
        key: the actor's own for this request; sent again it gives the same secret.

    Raises:
        UnknownChannel. SourceAddressMalformed: saying why.

    Source: A7; T25.
    """
    if registry.channel(channel) is None:
        there = ascii(channel)[1:-1][:40]
        raise UnknownChannel("There is no such channel.", field="channel", there=there)
    try:
        told = parse_url(address, private=private_sources_allowed()).geturl()
    except (WebhookUrlMalformed, WebhookAddressPrivate) as refusal:
        message = refusal.message.replace("Webhooks go", "Channels are asked")
        raise SourceAddressMalformed(message, field="address", there=refusal.there) from None
    named = _named(actor, key)
    StatusService.objects.get_or_create(channel=channel, defaults={"set_at": at, "set_by": actor})
    row = StatusService.objects.select_for_update(no_key=True).get(pk=channel)
    if row.address == told:
        return StatusServiceSet(row, _again(row, named))
    row.address = told
    made = _with_new_secret(row, named, actor, at)
    begin_asking(channel, at=at)
    _audit("status_service.address", row, actor, at, {"address": told})
    return made


@books.atomic
def new_status_secret(
    *, channel: str, actor: str, at: datetime, key: str | None = None
) -> StatusServiceSet:
    """Give a channel's service another secret; the old one signs no more.

    Raises:
        StatusServiceMissing: it has no address.

    Source: A7; T25.
    """
    named = _named(actor, key)
    row = _locked(channel)
    if _again(row, named):
        return StatusServiceSet(row, row.secret)
    made = _with_new_secret(row, named, actor, at)
    _audit("status_service.secret", row, actor, at, {})
    return made


@books.atomic
def stop_status_service(*, channel: str, actor: str, at: datetime) -> StatusService:
    """Ask a channel no more; what is still unknown is for people, and the secret is forgotten.

    Raises:
        StatusServiceMissing: it has no address.

    Source: A7.
    """
    row = _locked(channel)
    before = row.address
    row.address, row.secret, row.secret_key = "", "", None
    row.set_at, row.set_by = at, actor
    row.save(update_fields=["address", "secret", "secret_key", "set_at", "set_by"])
    stop_asking_over(channel)
    _audit("status_service.stop", row, actor, at, {"before": before})
    return row


def status_services() -> list[StatusService]:
    """List the channels that can be asked.

    Source: A7.
    """
    return list(StatusService.objects.exclude(address="").order_by("channel"))


def _locked(channel: str) -> StatusService:
    rows = StatusService.objects.select_for_update(no_key=True)
    row = rows.filter(pk=channel).exclude(address="").first()
    if row is None:
        message = "The channel has no address to be asked at."
        there = ascii(channel)[1:-1][:40]
        raise StatusServiceMissing(message, field="channel", there=there)
    return row


def _with_new_secret(
    row: StatusService, named: UUID | None, actor: str, at: datetime
) -> StatusServiceSet:
    row.secret, row.secret_key = new_source_secret(), named
    row.set_at, row.set_by = at, actor
    row.save(update_fields=["address", "secret", "secret_key", "set_at", "set_by"])
    return StatusServiceSet(row, row.secret)


def _named(actor: str, key: str | None) -> UUID | None:
    return None if key is None else ledger.key_of(actor, f"status_service.secret:{key}")


def _again(row: StatusService, named: UUID | None) -> str:
    """Give the secret once more to who made it under this very key, as after a double click."""
    return row.secret if named is not None and row.secret_key == named else ""


def _audit(
    action: str, row: StatusService, actor: str, at: datetime, details: dict[str, object]
) -> None:
    audit.record(actor=actor, action=action, subject=f"channel:{row.pk}", at=at, details=details)
