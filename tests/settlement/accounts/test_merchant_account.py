from __future__ import annotations

import pytest

from builders import STAFF, a_customer, in_parallel
from settlement_builders import IN_NOVEMBER, a_merchant_account, a_record, amount_of, the_bill
from tael import books, ledger
from tael.books import CurrencyDisabled, UnknownCurrency
from tael.channels.currency import disable_currency
from tael.parties.customer import CustomerDisabled, UnknownCustomer, disable
from tael.parties.queries import audit_trail
from tael.parties.text import TextMalformed
from tael.settlement.accounts.merchant_account import (
    UnknownMerchantAccount,
    amounts_now,
    disable_merchant_account,
    enable_merchant_account,
    merchant_account,
    merchant_account_of,
    open_merchant_account,
)
from tael.settlement.models import MerchantAccountRow

pytestmark = pytest.mark.usefixtures("db")


def acts(account):
    subject = f"merchant_account:{account.number}"
    return [act.action for act in audit_trail() if act.subject == subject]


@pytest.mark.rule("B-01", "B-06")
def test_an_account_begins_with_nothing_and_stands_on_two_ledger_accounts():
    account = a_merchant_account()

    owed, reserve = ledger.accounts(books.connection(), ids=[account.account, account.reserve])
    assert account.number >= 500001
    assert amount_of(account) == "0.00"
    assert (owed.code, owed.floor) == (f"merchant:{account.number}:owed", None)
    assert (reserve.code, reserve.floor) == (f"merchant:{account.number}:reserve", 0)
    assert (owed.class_, reserve.class_) == ("client", "client")


@pytest.mark.rule("B-03", "B-04", "B-05", "B-07")
def test_the_amount_is_the_sum_of_its_lines_and_may_be_below_zero():
    account = a_merchant_account()
    a_record(account, "-40.00", kind="advance")
    the_bill(account)

    lines = books.connection().execute(
        "SELECT amount FROM ledger.posting WHERE account = %s", [account.account]
    )
    assert [amount for (amount,) in lines.fetchall()] == [-4000]
    assert amount_of(account) == "-40.00"


@pytest.mark.rule("I36")
def test_however_many_ask_at_once_there_is_one_account():
    owner = a_customer()

    opened = in_parallel(*[lambda: a_merchant_account(owner=owner)] * 8)

    assert len({account.number for account in opened}) == 1
    assert MerchantAccountRow.objects.count() == 1
    assert acts(opened[0]) == ["merchant_account.open"]


def test_a_second_account_of_a_currency_has_a_name_of_its_own():
    owner = a_customer()
    first = a_merchant_account(owner=owner)

    second = open_merchant_account(
        owner=owner, currency="CNY", name=" taxi ", actor=STAFF, at=IN_NOVEMBER
    )

    assert (second.number != first.number, second.name) == (True, "taxi")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"owner": 99999}, UnknownCustomer),
        ({"currency": "XXX"}, UnknownCurrency),
        ({"name": ""}, TextMalformed),
        ({"name": "n" * 41}, TextMalformed),
    ],
)
def test_an_account_that_cannot_be_is_not_opened(given, refusal):
    asked = {"owner": a_customer(), "currency": "CNY", **given}

    with pytest.raises(refusal):
        open_merchant_account(**asked, actor=STAFF, at=IN_NOVEMBER)

    assert not MerchantAccountRow.objects.exists()


def test_a_stopped_customer_and_a_currency_that_is_off_have_no_new_account():
    owner = a_customer()
    disable(number=owner, reason="fraud", actor=STAFF, at=IN_NOVEMBER)
    with pytest.raises(CustomerDisabled):
        a_merchant_account(owner=owner)

    disable_currency(code="USD", actor=STAFF, at=IN_NOVEMBER)
    with pytest.raises(CurrencyDisabled):
        a_merchant_account("USD")


def test_an_account_is_switched_once_each_way_and_keeps_what_it_has():
    account = a_merchant_account()
    a_record(account, "10.00")
    the_bill(account)
    for _ in range(2):
        disable_merchant_account(account=account, actor=STAFF, at=IN_NOVEMBER, reason="fraud")
    (owed,) = ledger.accounts(books.connection(), ids=[account.account])
    blocked = owed.blocked
    for _ in range(2):
        enable_merchant_account(account=account, actor=STAFF, at=IN_NOVEMBER, reason="cleared")

    assert blocked == "both"
    assert amount_of(account) == "10.00"
    assert sorted(acts(account)) == [
        "merchant_account.disable",
        "merchant_account.enable",
        "merchant_account.open",
    ]


def test_a_switch_needs_a_reason():
    account = a_merchant_account()

    with pytest.raises(TextMalformed):
        disable_merchant_account(account=account, actor=STAFF, at=IN_NOVEMBER, reason=" ")


@pytest.mark.rule("T14")
@pytest.mark.parametrize("number", [0, -1, 499999, 2**80])
def test_an_account_that_is_not_there_and_anothers_are_refused_alike(number):
    account = a_merchant_account()

    with pytest.raises(UnknownMerchantAccount) as absent:
        merchant_account(number)
    with pytest.raises(UnknownMerchantAccount) as foreign:
        merchant_account_of(account.owner + 1, account.number)

    assert absent.value.message == foreign.value.message
    assert merchant_account_of(account.owner, account.number) == account


def test_amounts_of_several_accounts_are_read_at_once():
    first, second = a_merchant_account(), a_merchant_account("USD")
    a_record(first, "10.00")
    the_bill(first)

    amounts = amounts_now([first, second])

    assert str(amounts[first.number]) == "10.00 CNY"
    assert str(amounts[second.number]) == "0.00 USD"
