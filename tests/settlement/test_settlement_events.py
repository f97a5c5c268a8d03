"""What becomes of bills, remittances and payouts is told in the transaction that brings it, each state once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from builders import queries
from outbox.receiving import STAFF, now
from settlement_builders import IN_NOVEMBER, a_merchant_account, a_record, some_terms, the_bill
from settlement_payout_builders import PAID_ON, in_state
from settlement_payout_builders import now as at_once
from settlement_remittance_builders import a_remittance, an_adjustment, decider, other_side, told
from tael.outbox.endpoint import add_endpoint
from tael.outbox.models import Event
from tael.settlement.bills.bill import replace_bill
from tael.settlement.bills.reserve import release_due_reserves
from tael.settlement.lifecycles import PayoutState
from tael.settlement.payouts.paying import Paid, bounce_payout, pay_payouts, set_flow_number
from tael.settlement.payouts.withdrawal import cancel_merchant_withdrawal
from tael.settlement.remittances.remittance import (
    confirm_remittance,
    dispute_remittance,
    withdraw_remittance,
)
from tael.settlement.remittances.remittance_expiry import expire_remittances

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def heard():
    """The types of events so far; an endpoint wants them all."""
    add_endpoint(url="https://example.com/hooks", actor=STAFF, at=now())
    return lambda: list(Event.objects.order_by("pk").values_list("type", flat=True))


def data_of(name: str):
    return json.loads(Event.objects.get(type=name).payload)["data"]


@pytest.mark.rule("B-26")
def test_a_bill_is_told_when_it_is_issued_and_when_it_is_void(heard) -> None:
    account = a_merchant_account()
    a_record(account, "-20.00")
    bill = the_bill(account)
    for _ in range(2):
        replace_bill(number=bill.pk, reason="wrong", instruction=told())

    assert heard() == ["bill.issued", "bill.void"]
    issued = data_of("bill.issued")
    assert (issued["number"], issued["account"], issued["owner"]) == (
        bill.pk,
        account.number,
        account.owner,
    )
    assert issued["total"] == {"amount": "-20.00", "currency": "CNY"}
    assert (issued["first_day"], issued["last_day"]) == ("2026-10-01", "2026-10-31")
    assert data_of("bill.void")["reason"] == "wrong"


def test_a_draft_is_told_to_nobody(heard) -> None:
    account = a_merchant_account()
    some_terms(account, review=True)
    a_record(account, "20.00")
    bill = the_bill(account)
    replace_bill(number=bill.pk, reason="wrong", instruction=told())

    assert heard() == []


@pytest.mark.rule("B-31", "SM-05")
def test_each_state_of_a_remittance_is_told_once(heard) -> None:
    account = a_merchant_account()
    first, second, third, _ = (a_remittance(account) for _ in range(4))
    back = told(third.declared_by, key="back")
    for _ in range(2):
        confirm_remittance(**decision(first, account))
        dispute_remittance(**decision(second, account), reason="not here")
        withdraw_remittance(number=third.pk, side=third.payer, instruction=back)
    expire_remittances(at=IN_NOVEMBER.replace(year=2028))

    assert heard() == [
        *["remittance.declared"] * 4,
        "remittance.confirmed",
        "remittance.disputed",
        "remittance.withdrawn",
        "remittance.expired",
    ]
    said = data_of("remittance.disputed")
    assert (said["number"], said["reason"], said["payer"]) == (second.pk, "not here", second.payer)


def decision(row, account):
    """The other side's decision about a remittance."""
    key = f"decide-{row.pk}"
    return {
        "number": row.pk,
        "side": other_side(row.payer),
        "instruction": told(decider(account, row), key=key),
    }


@pytest.mark.rule("B-34", "B-35", "SM-06")
def test_what_becomes_of_a_payout_is_told_once(heard) -> None:
    account = a_merchant_account()
    a_record(account, "100.00")
    the_bill(account)
    in_state(PayoutState.FAILED, account, "10.00")
    paid = in_state(PayoutState.PAID, account, "10.00")
    bounce_payout(number=paid.pk, reason="account closed", instruction=at_once())
    later = in_state(PayoutState.EXPORTED, account, "10.00")
    pay_payouts([Paid(later.pk, "Alipay", PAID_ON)], instruction=at_once())
    for _ in range(2):
        set_flow_number(number=later.pk, flow_number="F-LATE", instruction=at_once())
    waiting = in_state(PayoutState.WAITING, account, "10.00")
    for _ in range(2):
        cancel_merchant_withdrawal(number=waiting.pk, instruction=at_once())

    applied = "merchant_withdrawal.applied"
    assert heard() == [
        "bill.issued",
        *(applied, "merchant_withdrawal.failed"),
        *(applied, "merchant_withdrawal.paid", "merchant_withdrawal.returned"),
        *(applied, "merchant_withdrawal.paid", "merchant_withdrawal.numbered"),
        *(applied, "merchant_withdrawal.cancelled"),
    ]
    said = data_of("merchant_withdrawal.returned")
    assert (said["number"], said["reason"]) == (paid.pk, "account closed")
    assert said["net"] == {"amount": "10.00", "currency": "CNY"}
    assert data_of("merchant_withdrawal.numbered")["flow_number"] == "F-LATE"


@pytest.mark.rule("A22", "A36")
def test_a_correction_and_a_released_reserve_are_told(heard) -> None:
    account = a_merchant_account()
    some_terms(account, reserve_percent="10", reserve_days=5)
    a_record(account, "100.00")
    the_bill(account)
    an_adjustment(account, "-3.00")
    for _ in range(2):
        release_due_reserves(at=IN_NOVEMBER + timedelta(days=30))

    assert heard() == ["bill.issued", "adjustment.made", "reserve.released"]
    assert data_of("adjustment.made")["amount"] == {"amount": "-3.00", "currency": "CNY"}
    assert data_of("reserve.released")["amount"] == {"amount": "10.00", "currency": "CNY"}


def test_where_nobody_listens_nothing_is_written() -> None:
    account = a_merchant_account()
    a_record(account, "100.00")
    with queries() as seen:
        the_bill(account)

    assert not [statement for statement in seen if "INSERT INTO outbox" in statement]
    assert not Event.objects.exists()
