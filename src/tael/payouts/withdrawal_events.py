"""Telling of what becomes of a withdrawal, in the transaction in which it becomes so.

Source: F-33, SM-02; architecture, section 5 (transactional outbox).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.outbox.announce import Event, announce, told_money
from tael.payouts.lifecycle import WithdrawalState
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from datetime import datetime

    from tael.payouts.models import Withdrawal

EVENTS: Final = {
    WithdrawalState.APPLIED: "withdrawal.applied",
    WithdrawalState.REVIEWED: "withdrawal.reviewed",
    WithdrawalState.WITHDRAWN: "withdrawal.approved",
    WithdrawalState.RETURNED: "withdrawal.refused",
    WithdrawalState.CANCELLED: "withdrawal.cancelled",
}


def announce_withdrawal(row: Withdrawal, *, at: datetime) -> None:
    """Announce the state that an application has just come into; each is told once.

    Source: SM-02.
    """
    state = WithdrawalState(row.state)
    data = {
        "number": row.pk,
        "wallet": row.wallet,
        "owner": row.owner,
        "payee": row.payee,
        "amount": told_money(find_wallet(row.wallet).money(row.amount)),
        "state": state.value,
        "hold": row.hold,
        "reason": row.reason,
    }
    announce(Event(EVENTS[state], f"withdrawal:{row.pk}:{state.value}", at, data))
