"""A payment gateway for tests that signs as Standard Webhooks 1.0 does.

It has no server: what was paid is what the test says by `pay`. The one with a server, a page and a
mind of its own is the sandbox.

Source: F-25, SM-01; reliability T8, section 1 (Standard Webhooks 1.0).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from tael.channels.gateways.base import Checkout, Environment, Notice, Order, RefundDeclined
from tael.channels.gateways.signed_notice import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TIME_HEADER,
    VERSION,
    Merchant,
    read_signed_notice,
    signature,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tael.money import Money


class SignedNotice(NamedTuple):
    """A notice as it goes over the wire."""

    raw: bytes
    headers: dict[str, str]


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
    payments: dict[str, list[Notice]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse to stand without a secret."""
        self._merchant()

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
        return read_signed_notice(self._merchant(), raw, headers, at=at)

    def query(self, order_number: str, *, at: datetime) -> tuple[Notice, ...]:  # noqa: ARG002 - a gateway's form
        """Tell what happened to an order, as the test has said by `pay`."""
        return tuple(self.payments.get(order_number, ()))

    def refund(self, payment_number: str, amount: Money, *, number: str, at: datetime) -> Notice:  # noqa: ARG002 - a gateway's form
        """Give back a payment that the test has made by `pay`; once for each number of ours."""
        told = [notice for notices in self.payments.values() for notice in notices]
        for notice in told:
            if notice.event_id == f"refund-{number}":
                return notice
        of_it = [notice for notice in told if notice.gateway_number == payment_number]
        left = sum(
            Decimal(notice.amount) * (1 if notice.paid else -1)
            for notice in of_it
            if notice.status in {"paid", "refunded"}
        )
        if left < Decimal(amount.text):
            message = "Less than this is left of the payment."
            raise RefundDeclined(message, there=f"{left} of {amount.text}")
        back = replace(of_it[0], event_id=f"refund-{number}", amount=amount.text, status="refunded")
        self.payments[back.order_number].append(back)
        return back

    def pay(self, notice: Notice, *, at: datetime) -> SignedNotice:
        """Play a payer and the gateway: remember the payment and give the signed notice of it."""
        self.payments.setdefault(notice.order_number, []).append(notice)
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
        signed = f"{VERSION},{signature(self.secrets[0], event_id, seconds, raw)}"
        return SignedNotice(
            raw, {ID_HEADER: event_id, TIME_HEADER: seconds, SIGNATURE_HEADER: signed}
        )

    def _merchant(self) -> Merchant:
        return Merchant(name=self.merchant, environment=self.environment, secrets=self.secrets)
