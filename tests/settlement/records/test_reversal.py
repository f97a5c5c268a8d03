from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from builders import STAFF, in_parallel, money
from settlement_builders import IN_NOVEMBER, a_merchant_account, a_record, a_reversal
from tael.refusal import Refusal
from tael.settlement.models import Accrual
from tael.settlement.records.accrual import AccrualMalformed, AccrualTaken
from tael.settlement.records.reversal import NotReversible, ReversedTooMuch

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("B-09", "B-10", "B-11", "B-13")
def test_a_reversal_is_a_record_of_its_own_and_the_original_stays():
    original = a_record(a_merchant_account(), "100.00", number="W1")

    row = a_reversal(original, number="W1-revoked")

    assert (row.type, row.number, row.reversed_number) == ("reversal", "W1-revoked", "W1")
    assert (row.state, row.amount, row.reverses_id) == ("confirmed", -10000, original.pk)
    original.refresh_from_db()
    assert (original.amount, original.state, original.reversed) == (10000, "confirmed", 10000)


@pytest.mark.rule("B-13")
def test_advance_money_that_is_refunded_is_reversed_upwards():
    original = a_record(a_merchant_account(), "-30.00", kind="advance")

    assert a_reversal(original).amount == 3000


@pytest.mark.rule("B-13")  # A-B13
def test_parts_are_reversed_until_nothing_is_left():
    original = a_record(a_merchant_account(), "10.00")
    a_reversal(original, "4.00")
    a_reversal(original, "4.00")

    with pytest.raises(ReversedTooMuch) as refused:
        a_reversal(original, "2.01")
    assert refused.value.allowed == "at most 2.00 CNY"

    assert a_reversal(original).amount == -200
    with pytest.raises(ReversedTooMuch):
        a_reversal(original)


def test_parallel_reversals_never_exceed_the_original():
    original = a_record(a_merchant_account(), "10.00")

    answers = in_parallel(*[lambda: a_reversal(original, "3.00")] * 8)

    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refused) == 5
    assert sum(row.amount for row in Accrual.objects.filter(type="reversal")) == -900


def test_the_same_reversal_told_again_gives_the_first():
    original = a_record(a_merchant_account(), "10.00")
    first = a_reversal(original, "4.00", number="R")

    assert a_reversal(original, "4.00", number="R").pk == first.pk
    with pytest.raises(AccrualTaken) as refused:
        a_reversal(original, "5.00", number="R")
    assert refused.value.field == "amount"
    original.refresh_from_db()
    assert original.reversed == 400


@pytest.mark.parametrize("state", ["pending", "failed", "reversal"])
def test_only_a_confirmed_normal_record_is_reversed(state):  # A-B12
    account = a_merchant_account()
    original = a_record(account, "10.00", confirmed=state == "reversal")
    if state == "failed":
        Accrual.objects.filter(pk=original.pk).update(
            state="failed", decided_at=IN_NOVEMBER, decided_by=STAFF
        )
    if state == "reversal":
        original = a_reversal(original)

    with pytest.raises(NotReversible):
        a_reversal(original)


def test_a_part_of_the_goods_takes_back_its_commission_at_the_original_rate():  # A4
    account = a_merchant_account()
    original = a_record(account, "1.00", kind="commission", gross=money("30.00"))

    parts = [a_reversal(original, gross=money("10.00")).amount for _ in range(3)]

    assert parts == [-33, -33, -34]  # the last part takes what is left
    with pytest.raises(AccrualMalformed):
        a_reversal(original, gross=money("0.01"))


def test_a_part_of_the_amount_takes_its_part_of_the_quantity():
    original = a_record(a_merchant_account(), "30.00", kind="phone", unit="min", quantity="100")

    assert str(a_reversal(original, "10.00").quantity) == "33.333333"
    rest = a_reversal(original)

    original.refresh_from_db()
    assert original.reversed_quantity == original.quantity
    assert str(rest.quantity) == "66.666667"


def test_a_reversal_has_a_day_of_its_own():
    original = a_record(a_merchant_account(), "30.00")

    assert a_reversal(original, day=date(2026, 11, 2)).day == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("unit", "quantity", "refusal"),
    [
        ("min", "100.000001", ReversedTooMuch),
        ("min", "-1", AccrualMalformed),
        ("min", "NaN", AccrualMalformed),
        ("min", "0.0000001", AccrualMalformed),
        ("", "1", AccrualMalformed),  # the record has none
    ],
)
def test_a_quantity_that_cannot_be_taken_back_is_refused(unit, quantity, refusal):
    counted = {"unit": unit, "quantity": "100"} if unit else {}
    original = a_record(a_merchant_account(), "30.00", kind="phone", **counted)

    with pytest.raises(refusal) as refused:
        a_reversal(original, "10.00", quantity=Decimal(quantity))

    assert refused.value.field == "quantity"
    original.refresh_from_db()
    assert original.reversed == 0


def test_a_reversal_told_again_with_another_day_or_quantity_is_refused():
    original = a_record(a_merchant_account(), "30.00", kind="phone", unit="min", quantity="100")
    a_reversal(original, "10.00", number="R", quantity=Decimal(5))

    for field, other in (("quantity", Decimal(6)), ("day", date(2026, 11, 2))):
        with pytest.raises(AccrualTaken) as refused:
            a_reversal(original, "10.00", number="R", **{field: other})
        assert refused.value.field == field
