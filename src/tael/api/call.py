"""What the door knows about one request: when it came, who sent it, and under which key.

Source: architecture, section 5; reliability, section 6.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.http import HttpRequest

from tael.api.problem import DoorRefusal
from tael.books import Instruction

if TYPE_CHECKING:
    from tael.parties.api_key import ApiKey

KEY: Final = re.compile(r"[!-~]{1,255}")
KEY_HEADER: Final = "Idempotency-Key"
PREFER_HEADER: Final = "Prefer"
MINIMAL: Final = "return=minimal"
REPLAY_HEADER: Final = "Idempotent-Replay"
REQUEST_ID_HEADER: Final = "X-Request-Id"
_REQUEST_ID: Final = re.compile(r"[0-9A-Za-z_-]{8,64}")


class IdempotencyKeyMissing(DoorRefusal):
    """A request that moves money came without an Idempotency-Key."""

    code = "idempotency_key_missing"
    rule = "I8"
    status: ClassVar[int] = 400
    remedy = "Send a new key, such as a UUID, with each new request, and the same one to repeat it."


class IdempotencyKeyMalformed(DoorRefusal):
    """The Idempotency-Key is empty, too long, or not visible ASCII."""

    code = "idempotency_key_malformed"
    rule = "I8"
    status: ClassVar[int] = 400
    remedy = "Send 1 to 255 visible ASCII characters, such as a UUID."


@dataclass(slots=True)
class Call:
    """One request on its way.

    Args:
        request_id: names the request in the answer and in the log; the caller's, if it is harmless.
        received_at: the moment that the domain is told; nothing below the door reads the clock.
        key: the API key that was shown, once the gate has seen it.
        idempotency_key: as sent, where the endpoint asks for one.
        dry_run: everything is to be done and then taken back.
        minimal: the caller can do without the resulting figures (RFC 7240).
        body: the JSON object that was read.
    """

    request_id: str
    received_at: datetime
    key: ApiKey | None = None
    idempotency_key: str = ""
    dry_run: bool = False
    minimal: bool = False
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        """Name who asks, as the books keep it."""
        assert self.key is not None
        return self.key.actor

    @property
    def customer(self) -> int | None:
        """Give the customer to whom the key is bound; None for a key of the house."""
        assert self.key is not None
        return self.key.customer_id

    def instruction(
        self,
        *,
        channel: str = "System",
        info: str = "",
        sno: str | None = None,
        pno: str | None = None,
        code: str = "",
        key: str | None = None,
    ) -> Instruction:
        """Make the instruction that the domain gets.

        Args:
            key: of one item of a batch; the request's own otherwise.
        """
        return Instruction(
            key=key or self.idempotency_key,
            actor=self.actor,
            at=self.received_at,
            channel=channel,
            info=info,
            sno=sno,
            pno=pno,
            code=code,
        )


class ApiRequest(HttpRequest):
    """A request that came through the door."""

    call: Call


def begin(request: HttpRequest) -> Call:
    """Note when a request came and give it its number."""
    sent = request.META.get("HTTP_X_REQUEST_ID", "")
    known = sent if _REQUEST_ID.fullmatch(sent) else secrets.token_hex(8)
    return Call(known, datetime.now(UTC))  # noqa: TID251 - the door reads the clock, once


def idempotency_key(request: HttpRequest) -> str:
    """Read the key of a request that moves money.

    Raises:
        IdempotencyKeyMissing, IdempotencyKeyMalformed.

    Source: architecture, section 5; I8.
    """
    sent: str | None = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if sent is None:
        raise IdempotencyKeyMissing(f"The header {KEY_HEADER} is missing.", field=KEY_HEADER)
    if not KEY.fullmatch(sent):
        raise IdempotencyKeyMalformed(
            f"The header {KEY_HEADER} cannot be kept.",
            field=KEY_HEADER,
            there=ascii(sent)[:80],
            allowed="1 to 255 visible ASCII characters",
        )
    return sent
