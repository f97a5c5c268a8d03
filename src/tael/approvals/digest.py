"""The digest of what a proposal asks for: what is carried out has the one that was proposed.

The database computes it, from the one form in which it keeps JSON, so that the doctor can compute it again.

Source: I32; peers-settlement-invest, section 3.3.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tael import books

if TYPE_CHECKING:
    from collections.abc import Mapping

DIGEST: Final = "encode(sha256(convert_to(command || ' ' || payload::text, 'UTF8')), 'hex')"
"""SHA-256 of the columns command and payload, as 64 hexadecimal digits."""
_OF_ASKED: Final = (
    f"SELECT {DIGEST} FROM (SELECT %s::text AS command, %s::jsonb AS payload) AS asked"
)


def digest_of(command: str, payload: Mapping[str, Any]) -> str:
    """Give the digest of an act and of what it is told.

    Source: I32.
    """
    said = json.dumps(dict(payload))
    row = books.connection().execute(_OF_ASKED, [command, said]).fetchone()
    assert row is not None, "a digest is always there"
    return str(row[0])
