"""Holding a merchant's withdrawal (暫緩打款) while somebody looks into it, and letting it go on.

Source: peers-settlement-invest A21; SM-06.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tael import books
from tael.parties.text import parse_text
from tael.settlement.independence import check_not_his_own
from tael.settlement.lifecycles import PayoutEvent, PayoutState
from tael.settlement.payouts.withdrawal import (
    REASON_MAX,
    audit_of,
    locked,
    move,
)

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.settlement.payouts.withdrawal import MerchantWithdrawal


@books.atomic
def hold_payout(*, number: int, reason: str, instruction: Instruction) -> MerchantWithdrawal:
    """Keep an application from being paid while somebody looks into it; its money stays set aside.

    Raises:
        UnknownMerchantWithdrawal, WithdrawalMoveRefused.
        AffectedDecides: by the merchant himself.
        TextMalformed: there is no reason.

    Source: A21.
    """
    (row,) = locked([number])
    check_not_his_own(row.account.owner, instruction, of="a withdrawal")
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    if row.payout_state == PayoutState.HELD:
        return row
    move(row, PayoutEvent.HOLD)
    row.reason = why
    row.save(update_fields=["payout_state", "reason"])
    audit_of(row, "hold", instruction)
    return row


@books.atomic
def release_payout(*, number: int, instruction: Instruction) -> MerchantWithdrawal:
    """Let a held application be paid. One that waits already stays so.

    Raises:
        UnknownMerchantWithdrawal, WithdrawalMoveRefused.
        AffectedDecides: by the merchant himself.

    Source: A21.
    """
    (row,) = locked([number])
    check_not_his_own(row.account.owner, instruction, of="a withdrawal")
    if row.payout_state == PayoutState.WAITING:
        return row
    move(row, PayoutEvent.RELEASE)
    audit_of(row, "release", instruction)
    row.reason = ""
    row.save(update_fields=["payout_state", "reason"])
    return row
