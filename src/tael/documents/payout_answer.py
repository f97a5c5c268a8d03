"""The bank's answer to a payout file as it is brought: a sheet, or a message of ISO 20022 (pain.002).

Source: B-35; peers-settlement-invest A24, A25; reliability, T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tael.documents.pain_002 import read_pain_002
from tael.settlement.payouts.result_row import NEEDED
from tael.sheets import read_sheet

if TYPE_CHECKING:
    from tael.sheets import Sheet


def read_answer(data: bytes, *, name: str) -> Sheet:
    """Read a bank's answer; a sheet is read by a child with limits.

    Raises:
        Those of ``read_sheet`` and ``read_pain_002``.

    Source: B-35; T15.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return read_pain_002(data, name=name)
    return read_sheet(data, name=name, wanted=NEEDED)
