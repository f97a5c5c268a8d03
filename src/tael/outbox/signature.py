"""Secrets of endpoints, and the headers that prove a message is ours.

Source: Standard Webhooks, symmetric signatures; T25.
"""

from __future__ import annotations

import base64
from secrets import token_bytes
from typing import TYPE_CHECKING, Final

from standardwebhooks import Webhook

from tael import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SECRET_BYTES: Final = 32
PREFIX: Final = "whsec_"


def new_secret() -> str:
    """Make a secret, in the form that receivers' libraries read.

    Source: Standard Webhooks.
    """
    return PREFIX + base64.b64encode(token_bytes(SECRET_BYTES)).decode()


def signed_headers(
    *, secrets: Sequence[str], message: str, payload: str, at: datetime
) -> dict[str, str]:
    """Give the headers of one attempt, signed with each secret that counts at the time.

    A receiver takes the message if one of the signatures is right, so it may still know the old secret.

    Args:
        secrets: the present one first.
        message: the event's number, the same at every attempt, by which a receiver knows a repetition.
        payload: the very text of the body.
        at: the moment of this attempt, in UTC; receivers refuse what is older than five minutes.

    Source: Standard Webhooks.
    """
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"Tael/{__version__}",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(
            Webhook(secret).sign(msg_id=message, timestamp=at, data=payload) for secret in secrets
        ),
    }
