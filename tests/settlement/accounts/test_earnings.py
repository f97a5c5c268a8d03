from __future__ import annotations

from datetime import date

import pytest

from builders import STAFF, an_instruction
from settlement_builders import (
    IN_NOVEMBER,
    OCTOBER,
    a_merchant_account,
    a_record,
    a_reversal,
    the_bill,
)
from tael.settlement.accounts.earnings import earned_by_day, earnings
from tael.settlement.bills.bill import replace_bill

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-12", "B-16")]


def test_business_is_added_up_by_kind_and_by_how_far_it_has_got():
    account = a_merchant_account()
    original = a_record(account, "100.00", kind="service")
    the_bill(account)
    a_reversal(original, "30.00")
    a_record(account, "5.00", kind="service", confirmed=False)
    a_record(account, "-7.00", kind="advance")
    a_record(a_merchant_account(), "1.00")

    earned = earnings([account])

    kinds = {one.kind: one for one in earned.kinds}
    service = kinds["service"]
    assert (service.pending.text, service.unbilled.text, service.billed.text, service.records) == (
        "5.00",
        "-30.00",
        "100.00",
        3,
    )
    assert (earned.pending.text, earned.unbilled.text, earned.billed.text) == (
        "5.00",
        "-37.00",
        "100.00",
    )
    assert earnings([]) is None


def test_a_bill_and_the_one_in_its_place_count_once():
    account = a_merchant_account()
    a_record(account, "100.00")
    wrong = the_bill(account)
    told = an_instruction(actor=STAFF, at=IN_NOVEMBER)
    replace_bill(number=wrong.pk, reason="wrong", instruction=told)

    earned = earnings([account])

    assert (earned.unbilled.text, earned.billed.text) == ("0.00", "100.00")
    assert [one.records for one in earned.kinds] == [1]


def test_each_day_of_a_span_stands_also_without_business():
    account = a_merchant_account()
    a_record(account, "9.00")
    a_record(account, "-2.00")
    a_record(account, "50.00", confirmed=False)  # nothing yet

    days = earned_by_day([account], since=OCTOBER, until=date(2026, 10, 16))

    assert [(each.day.day, each.income.text, each.expense.text) for each in days] == [
        (14, "9.00", "-2.00"),
        (15, "0.00", "0.00"),
        (16, "0.00", "0.00"),
    ]


def test_currencies_are_not_added_up():
    with pytest.raises(ValueError, match="2 currencies"):
        earnings([a_merchant_account(), a_merchant_account("USD")])
