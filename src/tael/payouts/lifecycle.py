"""The life of a withdrawal application, as a table; the database check comes from it.

An application above the operator's limit waits, once approved, for a second person's word.

Source: SM-02; F-33; I32.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from tael.lifecycle import Lifecycle


class WithdrawalState(StrEnum):
    """Where an application stands."""

    APPLIED = "applied"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class WithdrawalEvent(StrEnum):
    """What happens to an application."""

    APPROVE = "approve"
    REVIEW = "review"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    CANCEL = "cancel"


WITHDRAWAL: Final = Lifecycle(
    start=WithdrawalState.APPLIED,
    moves={
        (WithdrawalState.APPLIED, WithdrawalEvent.APPROVE): WithdrawalState.WITHDRAWN,
        (WithdrawalState.APPLIED, WithdrawalEvent.REVIEW): WithdrawalState.REVIEWED,
        (WithdrawalState.APPLIED, WithdrawalEvent.REFUSE): WithdrawalState.RETURNED,
        (WithdrawalState.APPLIED, WithdrawalEvent.CANCEL): WithdrawalState.CANCELLED,
        (WithdrawalState.REVIEWED, WithdrawalEvent.CONFIRM): WithdrawalState.WITHDRAWN,
        (WithdrawalState.REVIEWED, WithdrawalEvent.REFUSE): WithdrawalState.RETURNED,
        (WithdrawalState.REVIEWED, WithdrawalEvent.CANCEL): WithdrawalState.CANCELLED,
    },
)
