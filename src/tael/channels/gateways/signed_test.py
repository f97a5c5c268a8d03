"""A payment gateway for tests and demonstrations that signs as Standard Webhooks 1.0 does.

It has no server: what was paid is what the test says by `pay`. The signature is HMAC-SHA256 over
`id.timestamp.body`; several secrets may be valid at once, so that one can be replaced.

Source: F-25, SM-01; reliability T8, section 1 (Standard Webhooks 1.0).
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
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tael.channels.gateways.base import (
    NOTICE_MAX_BYTES,
    TOLERANCE_SECONDS,
    Checkout,
    Environment,
    Notice,
    NoticeForAnother,
    NoticeForged,
    NoticeFromOtherEnvironment,
    NoticeTooLarge,
    NoticeUnreadable,
    NoticeUnsigned,
    NoticeUntimely,
    Order,
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


class SignedNotice(NamedTuple):
    """A notice as it goes over the wire."""

    raw: bytes
    headers: dict[str, str]


def parse_secret(text: str) -> bytes:
    """Read a secret in the form `whsec_<base64>` of 24 to 64 bytes.

    Raises:
        ValueError: it is not in that form. The message does not repeat it.
    """
    try:
        secret = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        secret = b""
    if not text.startswith(SECRET_PREFIX) or len(secret) not in SECRET_BYTES:
        raise ValueError("a secret is whsec_ and the base64 of 24 to 64 bytes")
    return secret


@dataclass(slots=True, kw_only=True)
class SignedTestGateway:
    """A merchant account at the test gateway.

    Args:
        secrets: the ones a notice may be signed with; the first also signs.
    """

    channel: str
    merchant: str
    secrets: tuple[bytes, ...] = field(repr=False)
    environment: Environment = "test"
    checkout_url: str = "/test-gateway/pay"
    success_text: bytes = b"success"
    payments: dict[str, Notice] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse to stand without a secret."""
        if not self.secrets or any(len(secret) not in SECRET_BYTES for secret in self.secrets):
            raise ValueError(f"the gateway of {self.channel} needs secrets of 24 to 64 bytes")

    def checkout(self, order: Order) -> Checkout:
        """Send the payer to the test gateway's own page."""
        return Checkout(
            url=self.checkout_url,
            parameters={
                "channel": self.channel,
                "merchant": self.merchant,
                "order": order.number,
                "amount": order.amount.text,
                "currency": order.amount.currency.code,
                "return_url": order.return_url,
            },
        )

    def read_notice(self, raw: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """Read and prove a notice; see `Gateway.read_notice`.

        Source: reliability, section 3a, T8.
        """
        if len(raw) > NOTICE_MAX_BYTES:
            raise NoticeTooLarge(
                f"the notice has {len(raw)} bytes", allowed=f"{NOTICE_MAX_BYTES} bytes"
            )
        facts = _parse(raw)
        event_id = self._prove(raw, headers, at)
        if not hmac.compare_digest(facts["merchant"].encode(), self.merchant.encode()):
            raise NoticeForAnother("the notice is for another merchant", field="merchant")
        if facts["environment"] != self.environment:
            raise NoticeFromOtherEnvironment(
                "the notice is from another environment",
                field="environment",
                there=facts["environment"][:16],
                allowed=self.environment,
            )
        return Notice(
            event_id=event_id,
            order_number=facts["order"],
            amount=facts["amount"],
            currency=facts["currency"],
            status=facts["status"],
            gateway_number=facts["number"],
            paid_at=_parse_time(facts.get("paid_at")),
        )

    def query(self, order_number: str) -> Notice | None:
        """Tell what was paid for an order, as the test has said by `pay`."""
        return self.payments.get(order_number)

    def pay(self, notice: Notice, *, at: datetime) -> SignedNotice:
        """Play a payer and the gateway: remember the payment and give the signed notice of it."""
        self.payments[notice.order_number] = notice
        facts = {
            "merchant": self.merchant,
            "environment": self.environment,
            "order": notice.order_number,
            "amount": notice.amount,
            "currency": notice.currency,
            "status": notice.status,
            "number": notice.gateway_number,
        }
        if notice.paid_at is not None:
            facts["paid_at"] = notice.paid_at.isoformat()
        return self.sign(notice.event_id, facts, at=at)

    def sign(self, event_id: str, facts: Mapping[str, Any], *, at: datetime) -> SignedNotice:
        """Sign any facts as this gateway, also such as it would never send."""
        raw = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
        seconds = str(int(at.timestamp()))
        signature = f"{VERSION},{_signature(self.secrets[0], event_id, seconds, raw)}"
        return SignedNotice(
            raw, {ID_HEADER: event_id, TIME_HEADER: seconds, SIGNATURE_HEADER: signature}
        )

    def _prove(self, raw: bytes, headers: Mapping[str, str], at: datetime) -> str:
        """Check signature and time; give the event's number, which is signed with the rest."""
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
        for secret in self.secrets:
            expected = _signature(secret, event_id, seconds, raw).encode()
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


def _signature(secret: bytes, event_id: str, seconds: str, raw: bytes) -> str:
    signed = f"{event_id}.{seconds}.".encode() + raw
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def _parse(raw: bytes) -> dict[str, str]:
    """Read the body: one JSON object of texts, no name twice; names we do not know are left aside."""
    try:
        facts = json.loads(raw.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise NoticeUnreadable("the notice is no JSON object of texts") from error
    if not isinstance(facts, dict):
        raise NoticeUnreadable("the notice is no JSON object")
    for name in _FIELDS:
        text = facts.get(name)
        if not isinstance(text, str) or not _NUMBER.fullmatch(text):
            raise NoticeUnreadable(f"the notice has no readable {name}", field=name)
    return facts


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
