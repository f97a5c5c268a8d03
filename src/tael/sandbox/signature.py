"""How the sandbox and its merchants sign for each other; written apart from the merchants' own code.

Notices and answers are signed as Standard Webhooks 1.0 does: HMAC-SHA256 over `id.timestamp.body`.
Redirects and questions are signed over their parameters, sorted and form-encoded.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_PREFIX: Final = "sandboxsec_"  # noqa: S105 - marks a secret of play money, is none
SECRET_BYTES: Final = range(24, 65)
SIGNATURE: Final = "signature"


def read_secret(text: str) -> bytes:
    """Read a merchant's secret in the form `sandboxsec_<base64>` of 24 to 64 bytes.

    Raises:
        ValueError: it is not in that form. The message does not repeat it.
    """
    try:
        secret = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        secret = b""
    if not text.startswith(SECRET_PREFIX) or len(secret) not in SECRET_BYTES:
        raise ValueError(f"a secret is {SECRET_PREFIX} and the base64 of 24 to 64 bytes")
    return secret


def sign_notice(secret: bytes, event: str, seconds: int, body: bytes) -> str:
    """Give the signature of a notice or an answer, with its version.

    Args:
        seconds: since 1970, as it stands in the header.
    """
    return f"v1,{_mac(secret, f'{event}.{seconds}.'.encode() + body)}"


def sign_parameters(secret: bytes, kind: str, parameters: Mapping[str, str]) -> str:
    """Give the signature over all parameters but the signature itself.

    Args:
        kind: "pay", "query" or "refund", so that what was signed for one is nothing for the other.
    """
    signed = urlencode(sorted((n, v) for n, v in parameters.items() if n != SIGNATURE))
    return f"v1,{_mac(secret, f'{kind}?{signed}'.encode())}"


def parameters_fit(secret: bytes, kind: str, parameters: Mapping[str, str]) -> bool:
    """Tell, in constant time, whether the parameters are as the merchant signed them."""
    expected = sign_parameters(secret, kind, parameters).encode()
    return hmac.compare_digest(expected, parameters.get(SIGNATURE, "").encode("utf-8", "replace"))


def _mac(secret: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(secret, message, hashlib.sha256).digest()).decode()
