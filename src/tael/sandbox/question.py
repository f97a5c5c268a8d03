"""What a merchant's program may ask: what became of an order, and that a payment be given back.

Both are signed questions with signed answers.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Final

from tael.sandbox import payment as payments
from tael.sandbox.refusals import SandboxAbsent, SandboxRefused, SandboxSignature
from tael.sandbox.signature import SIGNATURE, parameters_fit, sign_notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tael.sandbox.house import House

ASKED: Final = ("merchant", "order", "asked_at", SIGNATURE)
REFUND_ASKED: Final = (
    "merchant",
    "payment",
    "amount",
    "currency",
    "number",
    "asked_at",
    SIGNATURE,
)
TOLERANCE: Final = 300  # seconds
MOST: Final = 200  # events of one order


def answer_question(
    house: House, parameters: Mapping[str, str], *, now: float
) -> tuple[bytes, dict[str, str]]:
    """Tell a merchant everything that happened to an order, oldest first: body and headers.

    Each event has the number and the facts that its notice has, whether that was ever sent or not.

    Raises:
        SandboxRefused: the question lacks something.
        SandboxSignature: the merchant did not sign it so, just now.
    """
    secret = _asked(house, "query", ASKED, parameters, now)
    rows = house.store.rows(
        "SELECT notice.event, notice.facts FROM notice JOIN payment ON payment.id = notice.payment"
        " WHERE merchant = ? AND order_number = ? AND genuine = 1 ORDER BY notice.id LIMIT ?",
        parameters["merchant"],
        parameters["order"],
        MOST,
    )
    events = [{"event": row["event"], **json.loads(row["facts"])} for row in rows]
    return _answer(secret, parameters["merchant"], parameters["order"], events, now)


def answer_refund(
    house: House, parameters: Mapping[str, str], *, now: float
) -> tuple[bytes, dict[str, str]]:
    """Give a payment back because its merchant asks for it: body and headers of the answer.

    The event of the refund follows from the merchant's number of it, so that asking again gives the
    same answer and pays nothing twice. Its notice goes out as every other.

    Raises:
        SandboxRefused: the question lacks something, or the number stands for another refund.
        SandboxSignature: the merchant did not sign it so, just now.
        SandboxAbsent, SandboxPaymentOver: there is no such payment, or less is left of it.
    """
    secret = _asked(house, "refund", REFUND_ASKED, parameters, now)
    merchant, number = parameters["merchant"], parameters["payment"]
    named = f"{merchant} {parameters['number']}"
    event = f"ref_{hashlib.sha256(named.encode()).hexdigest()[:24]}"
    there = house.store.rows(
        "SELECT * FROM payment WHERE merchant = ? AND number = ?", merchant, number
    )
    if not there:
        raise SandboxAbsent("There is no such payment.")
    payments.refund(house, there[0]["token"], parameters["amount"], now=now, event=event)
    (kept,) = house.store.rows(
        "SELECT facts FROM notice WHERE event = ? AND genuine = 1 AND payment = ?",
        event,
        there[0]["id"],
    )
    facts = json.loads(kept["facts"])
    return _answer(secret, merchant, there[0]["order_number"], [{"event": event, **facts}], now)


def _asked(
    house: House, kind: str, names: tuple[str, ...], parameters: Mapping[str, str], now: float
) -> bytes:
    """Check a question, and give the secret of the merchant who asks."""
    if set(parameters) != set(names):
        raise SandboxRefused("The question has other parameters.", allowed=", ".join(names))
    secret = house.merchants.get(parameters["merchant"])
    if secret is None or not parameters_fit(secret, kind, parameters):
        raise SandboxSignature("The question is not as its merchant signed it.", field=SIGNATURE)
    asked_at = parameters["asked_at"]
    if not (asked_at.isascii() and asked_at.isdigit() and len(asked_at) <= 12) or (
        abs(now - int(asked_at)) > TOLERANCE
    ):
        raise SandboxSignature("The question was not signed just now.", field="asked_at")
    return secret


def _answer(
    secret: bytes, merchant: str, order: str, events: list[dict[str, str]], now: float
) -> tuple[bytes, dict[str, str]]:
    told = {"merchant": merchant, "environment": "test", "order": order, "events": events}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    number, seconds = f"ans_{secrets.token_hex(12)}", int(now)
    return body, {
        "webhook-id": number,
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign_notice(secret, number, seconds, body),
    }
