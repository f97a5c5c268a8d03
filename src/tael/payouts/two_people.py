"""Withdrawals above the operator's limit: a maker approves, a checker confirms, and neither is the applicant.

Source: SM-02; reliability I32, section 3a (roles).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tael import ledger
from tael.parties import audit
from tael.payouts import check_limit
from tael.payouts.lifecycle import WITHDRAWAL, WithdrawalEvent, WithdrawalState
from tael.payouts.models import Withdrawal
from tael.payouts.withdrawal_events import announce_withdrawal
from tael.refusal import Because, Refusal
from tael.wallet.booking import already_done
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.books import Instruction


class CheckerIsMaker(Refusal):
    """Whoever approved an application does not confirm it as well."""

    code = "checker_is_maker"
    because: ClassVar[Because] = "forbidden"
    rule = "I32"
    remedy = "Let a third person confirm it."


class NotReviewed(Refusal):
    """There is nothing to confirm: nobody has approved the application yet."""

    code = "withdrawal_not_reviewed"
    because: ClassVar[Because] = "conflict"
    rule = "I32"
    remedy = "Have it approved first, by somebody else than the one who confirms."


class CheckNeeded(Refusal):
    """Over this amount two people decide, and this door has no answer but a payment."""

    code = "withdrawal_needs_check"
    because: ClassVar[Because] = "conflict"
    rule = "I32"
    remedy = "Approve it in the back office or over the API; a second person confirms it there."


def needs_two(row: Withdrawal, *, may_wait: bool) -> bool:
    """Tell whether a second person confirms the approval; the row notes under which limit.

    Args:
        row: locked, and open.

    Raises:
        CheckNeeded: somebody would have to, and the caller cannot wait.

    Source: I32.
    """
    limit = check_limit.in_force(row.currency)
    row.judged_by = None if limit is None else limit.pk
    if limit is None or limit.amount is None or row.amount <= limit.amount:
        return False
    if may_wait:
        return True
    wallet = find_wallet(row.wallet)
    bound = wallet.money(limit.amount)
    message = f"A second person confirms withdrawals of more than {bound}."
    there = str(wallet.money(row.amount))
    raise CheckNeeded(message, field="amount", there=there, allowed=f"up to {bound}")


def write_review(row: Withdrawal, instruction: Instruction) -> None:
    """Write down the maker's approval; the money stays where it is, set aside.

    Raises:
        KeyReused: the key has carried out or approved something else.

    Source: SM-02; I31, I32.
    """
    key = instruction.entry_keys().key
    if already_done(instruction) or Withdrawal.objects.filter(review_key=key).exists():
        message = "The key stands for another request."
        raise ledger.KeyReused(message, field="key")
    row.state = WITHDRAWAL.after(WithdrawalState(row.state), WithdrawalEvent.REVIEW).value
    row.reviewed_by, row.reviewed_at, row.review_key = instruction.actor, instruction.at, key
    row.save(
        update_fields=["state", "payee", "reviewed_by", "reviewed_at", "review_key", "judged_by"]
    )
    audit.record(
        actor=instruction.actor,
        action="withdrawal.review",
        subject=f"withdrawal:{row.pk}",
        at=instruction.at,
        details={"payee": row.payee, "limit": row.judged_by},
    )
    announce_withdrawal(row, at=instruction.at)


def check_third(row: Withdrawal, instruction: Instruction) -> None:
    """Refuse a confirmation of what nobody has approved, or by the one who did.

    Raises:
        NotReviewed, CheckerIsMaker.

    Source: I32.
    """
    if row.state == WithdrawalState.APPLIED:
        message = f"Nobody has approved application {row.pk} yet."
        raise NotReviewed(message, field="withdrawal", there=row.state)
    if instruction.actor == row.reviewed_by:
        message = "The one who approved cannot confirm."
        raise CheckerIsMaker(message, field="actor", there=instruction.actor)
