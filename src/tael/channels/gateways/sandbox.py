"""The sandbox gateway as a merchant sees it: a signed redirect, signed notices, signed questions.

The other side is a program of its own, `tael sandbox`. It has play money only: its secrets bear a mark
of their own, and it cannot stand in a live environment.

Source: F-25, SM-01; reliability T8, section 3a.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from tael.channels.gateways.base import (
    Checkout,
    Environment,
    GatewayUnreachable,
    Notice,
    NoticeUnreadable,
    RefundDeclined,
)
from tael.channels.gateways.signed_notice import (
    Merchant,
    meant_for,
    need_texts,
    notice_of,
    parse_facts,
    prove,
    read_signed_notice,
)
from tael.outbox.address import resolve
from tael.outbox.send import Question, exchange
from tael.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tael.channels.gateways.base import Order
    from tael.money import Money

SECRET_PREFIX: Final = "sandboxsec_"  # noqa: S105 - marks a secret, is none
ANSWER_MAX: Final = 256 * 1024  # bytes
HEAD_MAX: Final = 64 * 1024  # bytes
ANSWER_WITHIN: Final = 10.0  # seconds, however slowly it trickles
_DECLINED: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxGateway:
    """A merchant account at the sandbox.

    Args:
        address: of the sandbox, such as http://127.0.0.1:8001, as the payer's browser reaches it too.
        notify_url: where it sends its notices for this channel.
    """

    channel: str
    merchant: Merchant
    address: str
    notify_url: str
    success_text: bytes = b"success"

    def __post_init__(self) -> None:
        """Refuse live money and addresses that are none."""
        if self.merchant.environment != "test":
            raise ValueError("the sandbox has play money only")
        for url in (self.address, self.notify_url):
            if not url.startswith(("http://", "https://")):
                raise ValueError("the sandbox needs its address and one for its notices")

    @property
    def environment(self) -> Environment:
        """Tell that it is play money."""
        return self.merchant.environment

    def checkout(self, order: Order) -> Checkout:
        """Send the payer to the sandbox by parameters that nobody can change.

        Source: F-25.
        """
        told = {
            "merchant": self.merchant.name,
            "environment": self.merchant.environment,
            "order": order.number,
            "amount": order.amount.text,
            "currency": order.amount.currency.code,
            "notify_url": self.notify_url,
            "subject": order.subject,
            "return_url": order.return_url,
            "expires": "" if order.expires_at is None else str(int(order.expires_at.timestamp())),
        }
        told = {name: text for name, text in told.items() if text}
        return Checkout(
            url=f"{self.address}/pay", parameters=told | {"signature": self._sign("pay", told)}
        )

    def read_notice(self, raw: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """Read and prove a notice; see `Gateway.read_notice`.

        Source: reliability, section 3a, T8.
        """
        return read_signed_notice(self.merchant, raw, headers, at=at)

    def query(self, order_number: str, *, at: datetime) -> tuple[Notice, ...]:
        """Ask what happened to an order; the answer is proven as a notice is.

        Raises:
            GatewayUnreachable: it does not answer, or not with an answer.
            NoticeRefused: one of its kinds: the answer cannot be believed.

        Source: reliability T8 (no callback at all).
        """
        asked = {
            "merchant": self.merchant.name,
            "order": order_number,
            "asked_at": str(int(at.timestamp())),
        }
        facts = self._answered("query", asked, at)
        events = facts.get("events")
        if facts["order"] != order_number or not isinstance(events, list):
            raise NoticeUnreadable("the answer is about something else", field="order")
        return tuple(self._told(event, order_number) for event in events)

    def refund(self, payment_number: str, amount: Money, *, number: str, at: datetime) -> Notice:
        """Let the gateway give a payment back; see `Gateway.refund`.

        Raises:
            RefundDeclined: it will not; nothing has moved.
            GatewayUnreachable: it does not answer, or not with an answer.
            NoticeRefused: one of its kinds: the answer cannot be believed.

        Source: reliability, section 3a (suspense), T8.
        """
        asked = {
            "merchant": self.merchant.name,
            "payment": payment_number,
            "amount": amount.text,
            "currency": amount.currency.code,
            "number": number,
            "asked_at": str(int(at.timestamp())),
        }
        facts = self._answered("refund", asked, at)
        events = facts.get("events")
        if not isinstance(events, list) or len(events) != 1:
            raise NoticeUnreadable("the answer tells of no refund")
        told = self._told(events[0], facts["order"])
        if told.status != "refunded" or told.gateway_number != payment_number:
            raise NoticeUnreadable("the answer is about something else", field="number")
        return told

    def _answered(self, kind: str, asked: Mapping[str, str], at: datetime) -> dict[str, Any]:
        """Ask, and give the facts of an answer that is proven to be the gateway's and ours."""
        raw, headers = self._ask(kind, {**asked, "signature": self._sign(kind, asked)})
        facts = parse_facts(raw)
        prove(self.merchant.secrets, raw, headers, at)
        need_texts(facts, ("merchant", "environment", "order"))
        meant_for(self.merchant, facts)
        return facts

    def _told(self, event: Any, order_number: str) -> Notice:
        if not isinstance(event, dict):
            raise NoticeUnreadable("the answer is no list of events")
        need_texts(event, ("event", "merchant", "environment"))
        meant_for(self.merchant, event)
        notice = notice_of(event["event"], event)
        if notice.order_number != order_number:
            raise NoticeUnreadable("the answer is about something else", field="order")
        return notice

    def _ask(self, kind: str, told: Mapping[str, str]) -> tuple[bytes, Mapping[str, str]]:
        """Post a question: no redirect is followed, no proxy used, nothing unpacked, and it ends in time."""
        body = urlencode(told).encode()
        heads = {"Content-Type": "application/x-www-form-urlencoded"}
        question = Question("POST", body, heads, most=ANSWER_MAX + HEAD_MAX, whole=True)
        try:
            target = resolve(f"{self.address}/{kind}", private=True)
            status, raw, headers = exchange(target, question, seconds=ANSWER_WITHIN)
        except (Refusal, OSError, http.client.HTTPException, ValueError) as failure:
            raise GatewayUnreachable(
                f"The gateway of {self.channel} does not answer.", there=type(failure).__name__
            ) from failure
        if len(raw) > ANSWER_MAX:
            raise GatewayUnreachable("The gateway's answer has no end.")
        if kind == "refund" and status in _DECLINED:
            raise RefundDeclined(
                f"The gateway of {self.channel} does not give the payment back.", there=str(status)
            )
        if status != HTTPStatus.OK:
            raise GatewayUnreachable(
                f"The gateway of {self.channel} answers with {status}.", there=str(status)
            )
        return raw, headers

    def _sign(self, kind: str, told: Mapping[str, str]) -> str:
        """Sign parameters, sorted and form-encoded, for one kind of request."""
        message = f"{kind}?{urlencode(sorted(told.items()))}".encode()
        mac = hmac.new(self.merchant.secrets[0], message, hashlib.sha256).digest()
        return f"v1,{base64.b64encode(mac).decode()}"
