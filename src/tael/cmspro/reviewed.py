"""Reviewed withdrawal (審核提現) as the seed calls it: the calls carry no link, so the application is found.

An application is found by fund account and amount, the oldest first, and each is decided once. The
freeze names no payee account (its `info` is free text, A-F14), so an application made here has none
until it is approved.

Source: F-33, SM-02; A-F14, A-F16, A-F27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from tael.cmspro.points import entry_written
from tael.payouts import queries
from tael.payouts.lifecycle import WithdrawalState
from tael.payouts.withdrawal import DecidedBefore, approve_withdrawal, refuse_withdrawal
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tael.books import Instruction
    from tael.money import Money
    from tael.payouts.withdrawal import AppliedWithdrawal, Withdrawal
    from tael.wallet.wallet import Wallet

PAGE: Final = 200


class NoOpenApplication(Refusal):
    """No open withdrawal application of the fund account is over this amount."""

    code = "no_open_application"
    because: ClassVar[Because] = "conflict"
    rule = "A-F27"
    remedy = "Freeze with the code UserWithdraw first; an application is approved or refused once."


def approve(
    *, wallet: Wallet, amount: Money, payee: int, instruction: Instruction
) -> AppliedWithdrawal:
    """Approve the oldest matching application and pay it to the payee account.

    Raises:
        NoOpenApplication: there is none that is open and not for another payee account.
        CheckNeeded: it is above the check limit; the seed's call has no answer but a payment.
        and those of ``approve_withdrawal``.

    Source: F-33 step 3; A-F27.
    """
    for row in _candidates(wallet, amount, instruction):
        if row.payee not in {None, payee}:
            continue
        try:
            return approve_withdrawal(
                number=row.pk, payee=payee, instruction=instruction, may_wait=False
            )
        except DecidedBefore:  # somebody else was faster; there may be a second one
            continue
    message = f"Account {wallet.number} has no open application over {amount} to payee {payee}."
    raise NoOpenApplication(message, field="carda", there=str(wallet.number))


def refuse(*, wallet: Wallet, amount: Money, instruction: Instruction) -> AppliedWithdrawal | None:
    """Refuse the oldest matching application; None if there is none. The reason is the `info`.

    Source: F-33 step 4; A-F27.
    """
    reason = instruction.info or instruction.code
    for row in _candidates(wallet, amount, instruction):
        try:
            return refuse_withdrawal(number=row.pk, reason=reason, instruction=instruction)
        except DecidedBefore:
            continue
    return None


def _candidates(wallet: Wallet, amount: Money, instruction: Instruction) -> Iterator[Withdrawal]:
    """Give the application that the same serial number has decided before, else the open ones."""
    before = entry_written(instruction)
    if before is not None:
        yield from (row for row in _newest_first(wallet) if row.closed_by == before.entry_id)
        return
    open_ones = _newest_first(wallet, WithdrawalState.APPLIED)
    yield from reversed([row for row in open_ones if row.amount == amount.minor])


def _newest_first(wallet: Wallet, state: WithdrawalState | None = None) -> Iterator[Withdrawal]:
    seen: int | None = None
    while True:
        page = queries.withdrawals(state=state, wallet=wallet.number, before=seen, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        seen = page[-1].pk
