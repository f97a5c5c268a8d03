"""Merchants' withdrawals for tests: an account that holds something, an application, and each state of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from builders import a_payee, an_instruction, money
from settlement_builders import IN_NOVEMBER, a_merchant_account, a_record, the_bill
from tael.settlement.lifecycles import PayoutEvent, PayoutState
from tael.settlement.payouts.paying import (
    Failed,
    Paid,
    bounce_payout,
    fail_payouts,
    move_payouts,
    pay_payouts,
)
from tael.settlement.payouts.payout_hold import hold_payout
from tael.settlement.payouts.withdrawal import (
    MerchantWithdrawal,
    apply_merchant_withdrawal,
    cancel_merchant_withdrawal,
)

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.settlement.accounts.merchant_account import MerchantAccount

PAID_ON = date(2026, 11, 3)


def now() -> Instruction:
    """An instruction of this November, with a key of its own."""
    return an_instruction(at=IN_NOVEMBER)


def an_account_with(amount: str) -> MerchantAccount:
    """A merchant account whose first bill brought an amount."""
    account = a_merchant_account()
    a_record(account, amount)
    the_bill(account)
    return account


def an_application(
    account: MerchantAccount, amount: str, *, payee: int | None = None
) -> MerchantWithdrawal:
    """An application for an amount, to a payee account of the merchant."""
    return apply_merchant_withdrawal(
        account=account,
        amount=money(amount),
        payee=payee or a_payee(account.owner),
        instruction=now(),
    ).withdrawal


def in_state(state: PayoutState, account: MerchantAccount, amount: str) -> MerchantWithdrawal:
    """An application whose money is in a state, by the way that leads there."""
    row = an_application(account, amount)
    number = row.pk
    if state is PayoutState.HELD:
        hold_payout(number=number, reason="looked into", instruction=now())
    elif state is PayoutState.CANCELLED:
        cancel_merchant_withdrawal(number=number, instruction=now())
    elif state is not PayoutState.WAITING:
        move_payouts([number], PayoutEvent.BATCH)
    if state not in {
        PayoutState.WAITING,
        PayoutState.HELD,
        PayoutState.CANCELLED,
        PayoutState.BATCHED,
    }:
        move_payouts([number], PayoutEvent.EXPORT)
    if state is PayoutState.UNKNOWN:
        move_payouts([number], PayoutEvent.LOSE_SIGHT)
    elif state is PayoutState.FAILED:
        fail_payouts([Failed(number, "no such account")], instruction=now())
    elif state in {PayoutState.PAID, PayoutState.RETURNED}:
        pay_payouts([Paid(number, "Alipay", PAID_ON, f"F{number}")], instruction=now())
    if state is PayoutState.RETURNED:
        bounce_payout(number=number, reason="account closed", instruction=now())
    return MerchantWithdrawal.objects.get(pk=number)
