"""The life of a withdrawal application, as a table; the database check comes from it.

Source: SM-02; F-33.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from tael.lifecycle import Lifecycle


class WithdrawalState(StrEnum):
    """Where an application stands."""

    APPLIED = "applied"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class WithdrawalEvent(StrEnum):
    """What happens to an application."""

    APPROVE = "approve"
    REFUSE = "refuse"
    CANCEL = "cancel"


WITHDRAWAL: Final = Lifecycle(
    start=WithdrawalState.APPLIED,
    moves={
        (WithdrawalState.APPLIED, WithdrawalEvent.APPROVE): WithdrawalState.WITHDRAWN,
        (WithdrawalState.APPLIED, WithdrawalEvent.REFUSE): WithdrawalState.RETURNED,
        (WithdrawalState.APPLIED, WithdrawalEvent.CANCEL): WithdrawalState.CANCELLED,
    },
)
