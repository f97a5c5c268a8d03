"""The signature of what we ask a business system: it proves that the question is ours, and is of now.

The business system knows the same secret and computes the same: HMAC-SHA256 over method, path, query and
timestamp, one a line. It refuses what is signed otherwise, and a timestamp more than five minutes off.

Source: B-14; A6; reliability T25.
"""

from __future__ import annotations

import hashlib
import hmac
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

SOURCE_HEADER: Final = "Tael-Source"
TIMESTAMP_HEADER: Final = "Tael-Timestamp"
SIGNATURE_HEADER: Final = "Tael-Signature"
PREFIX: Final = "srcs_"
SECRET_BYTES: Final = 32


def new_source_secret() -> str:
    """Make a secret.

    Source: B-14.
    """
    return PREFIX + token_urlsafe(SECRET_BYTES)


def signature(*, secret: str, method: str, path: str, query: str, timestamp: str) -> str:
    """Compute the signature of a request.

    Args:
        path, query: as they stand in the request line, without the question mark between them.
        timestamp: seconds since 1970, as text.

    >>> signature(secret="s", method="GET", path="/acts", query="limit=1", timestamp="0")[:11]
    'v1=3c4a38a2'

    Source: B-14.
    """
    said = f"{method}\n{path}\n{query}\n{timestamp}"
    return "v1=" + hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def signed_source_headers(*, source: str, secret: str, target: str, at: datetime) -> dict[str, str]:
    """Give the headers of one GET.

    Args:
        target: path and query. at: now, in UTC.

    Source: B-14.
    """
    path, _, query = target.partition("?")
    timestamp = str(int(at.timestamp()))
    signed = signature(secret=secret, method="GET", path=path, query=query, timestamp=timestamp)
    return {
        "Accept": "application/json",
        SOURCE_HEADER: source,
        TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: signed,
    }
