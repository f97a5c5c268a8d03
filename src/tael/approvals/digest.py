"""The digest of what a proposal asks for: what is carried out has the one that was proposed.

Without Django, so that whoever examines the books can compute it too.

Source: I32; peers-settlement-invest, section 3.3.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def digest_of(command: str, payload: Mapping[str, Any]) -> str:
    """Give the SHA-256 of what is asked for, as 64 hexadecimal digits.

    Source: I32.
    """
    said = json.dumps([command, dict(payload)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
