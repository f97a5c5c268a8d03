"""Reads notices that are signed as Standard Webhooks 1.0 does: one JSON object of texts, three headers.

The signature is HMAC-SHA256 over `id.timestamp.body`; several secrets may be valid at once, so that one
can be replaced.

Source: F-25; reliability T8, sections 1 and 3a.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tael.channels.gateways.base import (
    NOTICE_MAX_BYTES,
    TOLERANCE_SECONDS,
    Environment,
    Notice,
    NoticeForAnother,
    NoticeForged,
    NoticeFromOtherEnvironment,
    NoticeTooLarge,
    NoticeUnreadable,
    NoticeUnsigned,
    NoticeUntimely,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - marks a secret, is none
SECRET_BYTES: Final = range(24, 65)
ID_HEADER: Final = "webhook-id"
TIME_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"
VERSION: Final = "v1"

_FIELDS: Final = ("merchant", "environment", "order", "amount", "currency", "status", "number")
_NUMBER: Final = re.compile(r"[!-~]{1,64}")
_SECONDS: Final = re.compile(r"[0-9]{1,12}")


def parse_secret(text: str, *, prefix: str = SECRET_PREFIX) -> bytes:
    """Read a secret in the form `whsec_<base64>` of 24 to 64 bytes.

    Args:
        prefix: what marks a secret of this gateway, so that none of another is taken.

    Raises:
        ValueError: it is not in that form. The message does not repeat it.

    Source: reliability T8 (sandbox key in production).
    """
    try:
        secret = base64.b64decode(text.removeprefix(prefix), validate=True)
    except binascii.Error:
        secret = b""
    if not text.startswith(prefix) or len(secret) not in SECRET_BYTES:
        raise ValueError(f"a secret is {prefix} and the base64 of 24 to 64 bytes")
    return secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """Who we are to a gateway, and what its signatures are checked with.

    Args:
        secrets: the ones a notice may be signed with; the first is ours to sign with.
    """

    name: str
    environment: Environment
    secrets: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse to stand without a secret."""
        if not self.secrets or any(len(secret) not in SECRET_BYTES for secret in self.secrets):
            raise ValueError(f"the merchant {self.name} needs secrets of 24 to 64 bytes")


def read_signed_notice(
    merchant: Merchant, raw: bytes, headers: Mapping[str, str], *, at: datetime
) -> Notice:
    """Read and prove a notice; see `Gateway.read_notice`.

    Source: reliability, section 3a, T8.
    """
    if len(raw) > NOTICE_MAX_BYTES:
        raise NoticeTooLarge(
            f"the notice has {len(raw)} bytes", allowed=f"{NOTICE_MAX_BYTES} bytes"
        )
    facts = parse_facts(raw)
    need_texts(facts, _FIELDS)
    event_id = prove(merchant.secrets, raw, headers, at)
    meant_for(merchant, facts)
    return notice_of(event_id, facts)


def meant_for(merchant: Merchant, facts: Mapping[str, str]) -> None:
    """Check that what is proven to be the gateway's is for us and from our environment.

    Raises:
        NoticeForAnother, NoticeFromOtherEnvironment: it is not.

    Source: reliability, section 3a.
    """
    if not hmac.compare_digest(facts["merchant"].encode(), merchant.name.encode()):
        raise NoticeForAnother("the notice is for another merchant", field="merchant")
    if facts["environment"] != merchant.environment:
        raise NoticeFromOtherEnvironment(
            "the notice is from another environment",
            field="environment",
            there=facts["environment"][:16],
            allowed=merchant.environment,
        )


def notice_of(event_id: str, facts: Mapping[str, str]) -> Notice:
    """Give the notice that proven facts make.

    Raises:
        NoticeUnreadable: one of them is missing or no plain text.

    Source: reliability T8.
    """
    need_texts(facts, _FIELDS)
    return Notice(
        event_id=event_id,
        order_number=facts["order"],
        amount=facts["amount"],
        currency=facts["currency"],
        status=facts["status"],
        gateway_number=facts["number"],
        paid_at=_parse_time(facts.get("paid_at")),
    )


def prove(secrets: tuple[bytes, ...], raw: bytes, headers: Mapping[str, str], at: datetime) -> str:
    """Check signature and time; give the event's number, which is signed with the rest.

    Raises:
        NoticeUnsigned, NoticeForged, NoticeUntimely: as they say.

    Source: reliability, section 1 (Standard Webhooks 1.0), T8.
    """
    told = {name.lower(): text for name, text in headers.items()}
    event_id, seconds = told.get(ID_HEADER, ""), told.get(TIME_HEADER, "")
    signatures = [
        text
        for version, comma, text in (
            one.partition(",") for one in told.get(SIGNATURE_HEADER, "").split(" ")
        )
        if version == VERSION and comma and text
    ]
    if not signatures or not _NUMBER.fullmatch(event_id) or not _SECONDS.fullmatch(seconds):
        raise NoticeUnsigned(
            "the notice bears no signature", allowed=f"{SIGNATURE_HEADER}: {VERSION},…"
        )
    genuine = False
    for secret in secrets:
        expected = signature(secret, event_id, seconds, raw).encode()
        for text in signatures[:8]:
            genuine |= hmac.compare_digest(expected, text.encode("utf-8", "replace"))
    if not genuine:
        raise NoticeForged("no signature fits the notice")
    if abs(at.timestamp() - int(seconds)) > TOLERANCE_SECONDS:
        raise NoticeUntimely(
            "the notice was not signed just now",
            field=TIME_HEADER,
            there=seconds,
            allowed=f"within {TOLERANCE_SECONDS} seconds of now",
        )
    return event_id


def signature(secret: bytes, event_id: str, seconds: str, raw: bytes) -> str:
    """Give the signature, without its version.

    Source: reliability, section 1 (Standard Webhooks 1.0).
    """
    signed = f"{event_id}.{seconds}.".encode() + raw
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def parse_facts(raw: bytes) -> dict[str, Any]:
    """Read the body: one JSON object, no name twice; names we do not know are left aside.

    Raises:
        NoticeUnreadable: it is none.

    Source: reliability T8 (duplicate parameters).
    """
    try:
        facts = json.loads(raw.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise NoticeUnreadable("the notice is no JSON object of texts") from error
    if not isinstance(facts, dict):
        raise NoticeUnreadable("the notice is no JSON object")
    return facts


def need_texts(facts: Mapping[str, Any], names: tuple[str, ...]) -> None:
    """Check that these facts are there, each one word of plain text.

    Raises:
        NoticeUnreadable: naming the first that is not.

    Source: reliability T8.
    """
    for name in names:
        text = facts.get(name)
        if not isinstance(text, str) or not _NUMBER.fullmatch(text):
            raise NoticeUnreadable(f"the notice has no readable {name}", field=name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    facts = dict(pairs)
    if len(facts) != len(pairs):
        raise ValueError("a name stands twice")
    return facts


def _parse_time(text: object) -> datetime | None:
    """Read the moment of payment; one that is missing or odd changes nothing about the money."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
