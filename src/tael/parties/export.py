"""Taking customers' data out of the house: whoever of the staff does it is written down.

Source: reliability, I31 and section 3a (exports are privileged acts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tael.parties import audit

if TYPE_CHECKING:
    from datetime import datetime


def note_export(*, actor: str, file: str, rows: int, at: datetime) -> None:
    """Write down that a file was taken.

    Args:
        actor: who took it, as in an instruction.
        file: its name. rows: how many lines it has.

    Source: reliability, I31.
    """
    with transaction.atomic():
        audit.record(
            actor=actor, action="export.take", subject=f"file:{file}", at=at, details={"rows": rows}
        )
