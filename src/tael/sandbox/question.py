"""What a merchant may ask about an order whose notices never came: a signed question, a signed answer."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Final

from tael.sandbox.refusals import SandboxRefused, SandboxSignature
from tael.sandbox.signature import SIGNATURE, parameters_fit, sign_notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tael.sandbox.house import House

ASKED: Final = ("merchant", "order", "asked_at", SIGNATURE)
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
    if set(parameters) != set(ASKED):
        raise SandboxRefused("The question has other parameters.", allowed=", ".join(ASKED))
    secret = house.merchants.get(parameters["merchant"])
    if secret is None or not parameters_fit(secret, "query", parameters):
        raise SandboxSignature("The question is not as its merchant signed it.", field=SIGNATURE)
    asked_at = parameters["asked_at"]
    if not (asked_at.isascii() and asked_at.isdigit() and len(asked_at) <= 12) or (
        abs(now - int(asked_at)) > TOLERANCE
    ):
        raise SandboxSignature("The question was not signed just now.", field="asked_at")
    rows = house.store.rows(
        "SELECT notice.event, notice.facts FROM notice JOIN payment ON payment.id = notice.payment"
        " WHERE merchant = ? AND order_number = ? AND genuine = 1 ORDER BY notice.id LIMIT ?",
        parameters["merchant"],
        parameters["order"],
        MOST,
    )
    events = [{"event": row["event"], **json.loads(row["facts"])} for row in rows]
    told = {
        "merchant": parameters["merchant"],
        "environment": "test",
        "order": parameters["order"],
        "events": events,
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    number, seconds = f"ans_{secrets.token_hex(12)}", int(now)
    return body, {
        "webhook-id": number,
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign_notice(secret, number, seconds, body),
    }
