"""Telling merchants' programs what becomes of bills, remittances and payouts, in the transaction that brings it.

Where nobody wants to be told, one look is all that it costs.

Source: B-24, B-26, B-31, B-35; SM-05, SM-06; architecture, section 5 (transactional outbox).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tael.outbox.announce import Event, announce_all, anybody_wants, told_money
from tael.settlement.accounts.merchant_account import MerchantAccount, account_from
from tael.settlement.lifecycles import BillState, PayoutState, RemittanceState
from tael.settlement.models import Bill, MerchantAccountRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from tael.settlement.models import Adjustment, MerchantWithdrawal, Remittance, Reserve

OF_BILLS: Final = {BillState.ISSUED: "bill.issued", BillState.VOID: "bill.void"}
OF_REMITTANCES: Final = {
    RemittanceState.DECLARED: "remittance.declared",
    RemittanceState.CONFIRMED: "remittance.confirmed",
    RemittanceState.DISPUTED: "remittance.disputed",
    RemittanceState.WITHDRAWN: "remittance.withdrawn",
    RemittanceState.EXPIRED: "remittance.expired",
}
OF_PAYOUTS: Final = {
    PayoutState.WAITING: "merchant_withdrawal.applied",
    PayoutState.PAID: "merchant_withdrawal.paid",
    PayoutState.FAILED: "merchant_withdrawal.failed",
    PayoutState.RETURNED: "merchant_withdrawal.returned",
    PayoutState.CANCELLED: "merchant_withdrawal.cancelled",
}


NUMBERED: Final = "merchant_withdrawal.numbered"
ADJUSTED: Final = "adjustment.made"
RELEASED: Final = "reserve.released"


def announce_bills(numbers: Sequence[int], state: BillState, *, at: datetime) -> None:
    """Announce that bills were issued or made void.

    Source: B-26; A11.
    """
    name = OF_BILLS[state]
    if not numbers or not anybody_wants([name]):
        return
    rows = list(Bill.objects.filter(pk__in=numbers).order_by("pk"))
    accounts = _accounts(row.account_id for row in rows)
    announce_all(
        [
            Event(name, f"bill:{row.pk}:{state}", at, _bill(row, accounts[row.account_id]))
            for row in rows
        ]
    )


def announce_remittance(row: Remittance, *, at: datetime) -> None:
    """Announce the state that a remittance has just come into; each is told once.

    Source: B-31; SM-05.
    """
    state = RemittanceState(row.state)
    if not anybody_wants([OF_REMITTANCES[state]]):
        return
    account = account_from(row.account)
    data = {
        "number": row.pk,
        "account": account.number,
        "owner": account.owner,
        "payer": row.payer,
        "amount": told_money(account.money(row.amount)),
        "channel": row.channel,
        "flow_number": row.flow_number,
        "paid_on": row.paid_on.isoformat(),
        "state": state.value,
        "reason": row.reason,
    }
    announce_all([Event(OF_REMITTANCES[state], f"remittance:{row.pk}:{state}", at, data)])


def announce_payouts(rows: Iterable[MerchantWithdrawal], *, at: datetime) -> None:
    """Announce the states that merchants' withdrawals have just come into; others than those of the list are the house's own.

    Source: B-35, B-36; SM-06; A18.
    """
    told = [row for row in rows if PayoutState(row.payout_state) in OF_PAYOUTS]
    if not told or not anybody_wants(sorted({_of(row) for row in told})):
        return
    accounts = _accounts(row.account_id for row in told)
    announce_all(
        [
            Event(
                _of(row),
                f"merchant_withdrawal:{row.pk}:{row.payout_state}",
                at,
                _payout(row, accounts[row.account_id]),
            )
            for row in told
        ]
    )


def announce_numbered(rows: Sequence[MerchantWithdrawal], *, at: datetime) -> None:
    """Announce that payouts which were paid have their flow numbers now: they have succeeded.

    Source: B-35, B-36; A-B19.
    """
    if not rows or not anybody_wants([NUMBERED]):
        return
    accounts = _accounts(row.account_id for row in rows)
    announce_all(
        [
            Event(
                NUMBERED,
                f"merchant_withdrawal:{row.pk}:numbered",
                at,
                _payout(row, accounts[row.account_id]),
            )
            for row in rows
        ]
    )


def announce_adjustment(row: Adjustment, account: MerchantAccount, *, at: datetime) -> None:
    """Announce that an account was corrected.

    Source: A36; B-03.
    """
    if not anybody_wants([ADJUSTED]):
        return
    data = {
        "number": row.pk,
        "account": account.number,
        "owner": account.owner,
        "amount": told_money(account.money(row.amount)),
        "reason": row.reason,
    }
    announce_all([Event(ADJUSTED, f"adjustment:{row.pk}", at, data)])


def announce_released(rows: Sequence[Reserve], *, at: datetime) -> None:
    """Announce that what was kept back of bills is on their accounts.

    Source: A22.
    """
    if not rows or not anybody_wants([RELEASED]):
        return
    accounts = _accounts(row.account_id for row in rows)
    announce_all(
        [
            Event(RELEASED, f"reserve:{row.pk}", at, _reserve(row, accounts[row.account_id]))
            for row in rows
        ]
    )


def _reserve(row: Reserve, account: MerchantAccount) -> dict[str, Any]:
    return {
        "number": row.pk,
        "bill": row.bill_id,
        "account": account.number,
        "owner": account.owner,
        "amount": told_money(account.money(row.amount)),
    }


def _of(row: MerchantWithdrawal) -> str:
    return OF_PAYOUTS[PayoutState(row.payout_state)]


def _bill(row: Bill, account: MerchantAccount) -> dict[str, Any]:
    return {
        "number": row.pk,
        "account": account.number,
        "owner": account.owner,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "total": told_money(account.money(row.total)),
        "records": row.records,
        "state": row.state,
        "reason": row.void_reason,
    }


def _payout(row: MerchantWithdrawal, account: MerchantAccount) -> dict[str, Any]:
    paid_on: date | None = row.paid_on
    return {
        "number": row.pk,
        "account": account.number,
        "owner": account.owner,
        "way": row.way,
        "amount": told_money(account.money(row.amount)),
        "fee": told_money(account.money(row.fee)),
        "net": told_money(account.money(row.net)),
        "payee": row.payee,
        "trade_state": row.trade_state,
        "payout_state": row.payout_state,
        "channel": row.channel or "",
        "flow_number": row.flow_number or "",
        "paid_on": None if paid_on is None else paid_on.isoformat(),
        "reason": row.reason,
    }


def _accounts(numbers: Iterable[int]) -> dict[int, MerchantAccount]:
    rows = MerchantAccountRow.objects.in_bulk(set(numbers))
    return {number: account_from(row) for number, row in rows.items()}
