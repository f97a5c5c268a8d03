"""Where a business system is asked for its acts, and the secret that signs the question.

The secret is made here and shown once, to whoever sets the address; it is in no list, log or answer after.

Source: B-14; A6; reliability T25, I31.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from tael import books, ledger
from tael.outbox.address import WebhookAddressPrivate, WebhookUrlMalformed, parse_url
from tael.parties import audit
from tael.refusal import Because, Refusal
from tael.settlement.asking.source_signature import new_source_secret
from tael.settlement.models import Source
from tael.settlement.registry import UnknownSource

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

__all__ = [
    "AddressedSource",
    "SourceAddressMalformed",
    "SourceNotAsked",
    "bring_files",
    "new_secret",
    "private_sources_allowed",
    "set_address",
]

TO_PRIVATE: Final = "TAEL_SOURCES_TO_PRIVATE"


class SourceAddressMalformed(Refusal):
    """A business system cannot be asked at this address."""

    code = "source_address_malformed"
    rule = "B-14"
    remedy = "Give an address as https://shop.example.com/acts, without user, password or fragment."


class SourceNotAsked(Refusal):
    """The source has no address: its lists are brought as files."""

    code = "source_not_asked"
    because: ClassVar[Because] = "conflict"
    rule = "B-14"
    remedy = "Bring a file, or set the address of the business system."


class AddressedSource(NamedTuple):
    """A source with its address; ``secret`` is there once, when it is new, else empty."""

    source: Source
    secret: str


@books.atomic
def set_address(
    *, source: str, address: str, actor: str, at: datetime, key: str | None = None
) -> AddressedSource:
    """Say where a business system lists its acts; from now on it is asked there every day.

    A new address gets a new secret, so that the system behind the old one cannot be taken for it. The
    same address again changes nothing.

    Args:
        address: https; http too where `TAEL_SOURCES_TO_PRIVATE` is 1.
        key: the actor's own for this request; sent again it gives the same secret.

    Raises:
        UnknownSource: there is none of this code.
        SourceAddressMalformed: saying why.

    Source: B-14; A6; T25.
    """
    try:
        told = parse_url(address, private=private_sources_allowed()).geturl()
    except (WebhookUrlMalformed, WebhookAddressPrivate) as refusal:
        message = refusal.message.replace("Webhooks go", "Business systems are asked")
        raise SourceAddressMalformed(message, field="address", there=refusal.there) from None
    named = _named(actor, key)
    row = locked_source(source)
    if (row.adapter, row.address) == ("http", told):
        return AddressedSource(row, _again(row, named))
    secret = new_source_secret()
    facts = {"adapter": "http", "address": told, "secret": secret, "secret_key": named}
    _change(row, facts)
    _audit("source.address", row, actor, at, {"address": told})
    return AddressedSource(row, secret)


@books.atomic
def new_secret(*, source: str, actor: str, at: datetime, key: str | None = None) -> AddressedSource:
    """Give a source another secret; the old one signs no more.

    Args:
        key: the actor's own for this request; sent again it gives the same secret.

    Raises:
        UnknownSource: there is none of this code.
        SourceNotAsked: it has no address.

    Source: B-14; T25.
    """
    named = _named(actor, key)
    row = locked_source(source)
    check_asked(row)
    if _again(row, named):
        return AddressedSource(row, row.secret)
    secret = new_source_secret()
    _change(row, {"secret": secret, "secret_key": named})
    _audit("source.secret", row, actor, at, {})
    return AddressedSource(row, secret)


@books.atomic
def bring_files(*, source: str, actor: str, at: datetime) -> Source:
    """Ask a business system no more; its lists are brought as files, and its secret is forgotten.

    Raises:
        UnknownSource: there is none of this code.

    Source: B-14.
    """
    row = locked_source(source)
    if row.adapter != "file":
        before = row.address
        _change(row, {"adapter": "file", "address": "", "secret": "", "secret_key": None})
        _audit("source.files", row, actor, at, {"before": before})
    return row


def private_sources_allowed() -> bool:
    """Tell whether business systems may be asked in private networks and over plain http.

    Off unless `TAEL_SOURCES_TO_PRIVATE` is 1: for a house whose systems stand in its own network, for
    demonstrations and tests.

    Source: T25.
    """
    return os.environ.get(TO_PRIVATE) == "1"


def locked_source(code: str) -> Source:
    """Give a source for change, also one that is switched off.

    Raises:
        UnknownSource: there is none of this code.
    """
    row = Source.objects.select_for_update(no_key=True).filter(pk=code).first()
    if row is None:
        message = "There is no such source."
        raise UnknownSource(message, field="source", there=ascii(code)[1:-1][:40])
    return row


def check_asked(row: Source) -> None:
    """Refuse a source without an address.

    Raises:
        SourceNotAsked.
    """
    if row.adapter != "http":
        message = f"{row.pk} has no address to be asked at."
        raise SourceNotAsked(message, field="source", there=row.pk)


def _named(actor: str, key: str | None) -> UUID | None:
    return None if key is None else ledger.key_of(actor, f"source.secret:{key}")


def _again(row: Source, named: UUID | None) -> str:
    """Give the secret once more to who made it under this very key, as after a double click."""
    return row.secret if named is not None and row.secret_key == named else ""


def _change(row: Source, facts: Mapping[str, object]) -> None:
    for name, fact in facts.items():
        setattr(row, name, fact)
    row.save(update_fields=list(facts))


def _audit(action: str, row: Source, actor: str, at: datetime, details: dict[str, object]) -> None:
    audit.record(actor=actor, action=action, subject=f"source:{row.pk}", at=at, details=details)
