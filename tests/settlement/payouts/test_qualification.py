"""What is in the way of a withdrawal is said at once, all of it, and nothing is written."""

from __future__ import annotations

import pytest

from builders import STAFF, a_payee, money
from settlement_builders import IN_NOVEMBER, signed, some_terms
from settlement_payout_builders import an_account_with
from tael.settlement.accounts.merchant_account import disable_merchant_account
from tael.settlement.accounts.terms import terms_in_force
from tael.settlement.payouts.qualification import NotQualified, after_fee, judge

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-33", "B-34", "A-B4", "A-B5")]


def judged(account, amount=None, payee=None, way="manual"):
    terms = terms_in_force(account.number)
    return judge(account, terms, amount=amount, payee=payee, way=way)


def reasons(*given, **named):
    return [(type(one).__name__, one.field) for one in judged(*given, **named).refusals]


def test_all_of_it_less_the_fee_is_paid_where_nothing_is_said():
    account = an_account_with("100.00")
    some_terms(account, fee="2.5%")

    found = judged(account, payee=a_payee(account.owner))

    assert found.refusals == ()
    figures = (found.amount, found.fee, found.net, found.left)
    assert [one.text for one in figures] == ["100.00", "2.50", "97.50", "0.00"]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("10.00", []),
        ("100.01", [("NotQualified", "amount")]),
        ("0.00", [("NotQualified", "amount")]),
        ("-1.00", [("NotQualified", "amount")]),
    ],
)
def test_an_amount_is_above_zero_and_no_more_than_there_is(amount, expected):
    assert reasons(an_account_with("100.00"), signed(amount)) == expected


def test_a_balance_that_is_not_above_the_minimum_is_not_paid_out():
    account = an_account_with("100.00")
    some_terms(account, minimum_manual=10_000, minimum_automatic=9_999)

    assert reasons(account, money("1.00")) == [("NotQualified", "account")]
    assert reasons(account, money("1.00"), way="automatic") == []


def test_a_fee_that_takes_all_of_it_leaves_nothing_to_pay():
    account = an_account_with("100.00")
    some_terms(account, fee="1.00")

    assert reasons(account, money("1.01")) == []
    (refusal,) = judged(account, money("1.00")).refusals
    assert (refusal.field, refusal.there) == ("amount", "1.00 CNY")
    with pytest.raises(NotQualified):
        after_fee(terms_in_force(account.number), money("1.00"))


def test_every_reason_is_named():
    account, other = an_account_with("100.00"), an_account_with("5.00")
    disable_merchant_account(account=account, reason="asked", actor=STAFF, at=IN_NOVEMBER)

    found = reasons(account, money("200.00"), payee=a_payee(other.owner))

    assert [name for name, _ in found] == [
        "MerchantAccountDisabled",
        "UnknownPayee",
        "NotQualified",
    ]
