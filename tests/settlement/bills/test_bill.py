from __future__ import annotations

from datetime import date, timedelta

import pytest

from builders import STAFF, an_instruction
from settlement_builders import (
    IN_NOVEMBER,
    a_merchant_account,
    a_record,
    amount_of,
    some_terms,
    the_bill,
)
from tael.ledger import AccountBlocked
from tael.parties.text import TextMalformed
from tael.settlement.accounts.merchant_account import disable_merchant_account
from tael.settlement.bills.bill import (
    BillMoveRefused,
    UnknownBill,
    bill,
    issue_bill,
    refresh_bill,
    reopen_bill,
    replace_bill,
    review_bill,
)
from tael.settlement.bills.bill_grace import issue_after_grace
from tael.settlement.bills.bill_making import lines_of
from tael.settlement.lifecycles import BILL, BillEvent, BillState
from tael.settlement.models import Accrual, Bill, Reserve

pytestmark = pytest.mark.usefixtures("db")


def told():
    return an_instruction(at=IN_NOVEMBER)


def a_draft(amount="10.00", **terms):
    account = a_merchant_account()
    some_terms(account, review=True, **terms)
    a_record(account, amount)
    return account, the_bill(account)


MOVES = {
    BillEvent.REVIEW: review_bill,
    BillEvent.REOPEN: reopen_bill,
    BillEvent.ISSUE: issue_bill,
    BillEvent.REPLACE: lambda **given: replace_bill(reason="wrong", **given),
}


def in_state(state):
    account, row = a_draft()
    if state == BillState.REVIEWED:
        review_bill(number=row.pk, instruction=told())
    elif state == BillState.ISSUED:
        issue_bill(number=row.pk, instruction=told())
    elif state == BillState.VOID:
        replace_bill(number=row.pk, reason="wrong", instruction=told())
    return account, Bill.objects.get(pk=row.pk)


REPEATED = {
    (BillState.REVIEWED, BillEvent.REVIEW),
    (BillState.DRAFT, BillEvent.REOPEN),
    (BillState.ISSUED, BillEvent.ISSUE),
    (BillState.VOID, BillEvent.REPLACE),
}
"""What is so already stays so."""


@pytest.mark.parametrize("event", BillEvent)
@pytest.mark.parametrize("state", BillState)
def test_every_state_and_event_is_a_move_or_a_refusal(state, event):
    account, row = in_state(state)
    before = amount_of(account)

    if (state, event) in REPEATED:
        MOVES[event](number=row.pk, instruction=told())
        assert Bill.objects.get(pk=row.pk).state == state
        assert amount_of(account) == before
    elif (state, event) in BILL.moves:
        MOVES[event](number=row.pk, instruction=told())
        assert Bill.objects.get(pk=row.pk).state == BILL.after(state, event)
    else:
        with pytest.raises(BillMoveRefused) as refused:
            MOVES[event](number=row.pk, instruction=told())
        assert refused.value.there == state
        assert amount_of(account) == before


def test_a_draft_takes_what_came_later():
    account, row = a_draft()
    a_record(account, "5.00")
    a_record(account, "6.00", day=date(2026, 11, 2))

    refreshed = refresh_bill(number=row.pk, instruction=told())

    assert (refreshed.total, refreshed.records) == (1500, 2)
    assert [line.amount for line in lines_of(row.pk)] == [1500]
    issue_bill(number=row.pk, instruction=told())
    with pytest.raises(BillMoveRefused):
        refresh_bill(number=row.pk, instruction=told())


def test_a_void_bill_is_taken_back_and_its_records_are_on_its_successor():
    account, row = a_draft(reserve_percent="10", reserve_days=5)
    issue_bill(number=row.pk, instruction=told())
    assert amount_of(account) == "9.00"

    successor = replace_bill(number=row.pk, reason="wrong cycle", instruction=told())
    again = replace_bill(number=row.pk, reason="wrong cycle", instruction=told())

    assert successor.pk == again.pk
    assert (successor.state, successor.total, successor.records) == ("draft", 1000, 1)
    assert Accrual.objects.get().bill == successor.pk
    assert amount_of(account) == "0.00"
    assert Reserve.objects.get().release_entry is not None
    issue_bill(number=successor.pk, instruction=told())
    assert amount_of(account) == "9.00"


@pytest.mark.rule("B-01", "A11")
def test_a_void_bill_is_taken_back_though_its_account_is_switched_off_and_nothing_is_issued_meanwhile():
    account, row = a_draft(reserve_percent="10", reserve_days=5)
    issue_bill(number=row.pk, instruction=told())
    disable_merchant_account(account=account, actor=STAFF, at=IN_NOVEMBER, reason="fraud")

    successor = replace_bill(number=row.pk, reason="wrong cycle", instruction=told())

    assert amount_of(account) == "0.00"
    assert Reserve.objects.get().release_entry is not None
    with pytest.raises(AccountBlocked):
        issue_bill(number=successor.pk, instruction=told())


def test_a_bill_is_not_replaced_without_a_reason():
    _, row = a_draft()

    with pytest.raises(TextMalformed):
        replace_bill(number=row.pk, reason=" ", instruction=told())


def test_after_its_grace_a_bill_is_issued_by_itself():
    account, row = a_draft(grace_hours=24)

    assert issue_after_grace(at=IN_NOVEMBER + timedelta(hours=23)) == 0
    assert issue_after_grace(at=IN_NOVEMBER + timedelta(hours=24)) == 1

    assert Bill.objects.get(pk=row.pk).state == "issued"
    assert amount_of(account) == "10.00"


def test_a_foreign_bill_is_as_one_that_is_not_there():
    account, row = a_draft()

    assert bill(row.pk, owner=account.owner).pk == row.pk
    for number, owner in ((row.pk, account.owner + 1), (row.pk + 99, None), (-1, None)):
        with pytest.raises(UnknownBill):
            bill(number, owner=owner)
