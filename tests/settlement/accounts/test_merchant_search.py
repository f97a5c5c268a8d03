from __future__ import annotations

import pytest

from builders import STAFF, a_customer, queries
from settlement_builders import IN_NOVEMBER, a_merchant_account
from tael.settlement.accounts.merchant_account import (
    UnknownMerchantAccount,
    disable_merchant_account,
)
from tael.settlement.accounts.merchant_search import (
    MerchantAccountsWanted,
    is_merchant,
    merchant_account_view,
    merchant_accounts,
    merchant_accounts_of,
)

pytestmark = pytest.mark.usefixtures("db")


def numbers(**wanted):
    return [view.number for view in merchant_accounts(MerchantAccountsWanted(**wanted))]


def test_accounts_are_found_by_number_merchant_name_currency_and_state():
    first = a_merchant_account(owner=a_customer(name="Corner 50% Shop"))
    second = a_merchant_account("USD", owner=a_customer(name="Taxi Wang"))
    disable_merchant_account(account=second, actor=STAFF, at=IN_NOVEMBER, reason="gone")

    assert numbers() == [first.number, second.number]
    assert numbers(text=str(first.number)) == numbers(text=str(first.owner)) == [first.number]
    assert numbers(text="wang") == numbers(currency="USD") == [second.number]
    assert numbers(text="50%") == [first.number]  # a percent sign is a character as any other
    assert numbers(text="%") == [first.number]
    assert numbers(disabled=True) == [second.number]
    assert numbers(disabled=False) == [first.number]
    assert numbers(text="\0") == []


def test_pages_neither_lose_nor_double_an_account():
    owner = a_customer()
    opened = [a_merchant_account(code, owner).number for code in ("CNY", "USD", "HKD")]

    wanted = MerchantAccountsWanted(owner=owner)
    page = merchant_accounts(wanted, limit=2)
    rest = merchant_accounts(wanted, limit=2, after=page[-1].number)

    assert [view.number for view in (*page, *rest)] == opened


def test_the_number_of_queries_does_not_grow():
    owner = a_customer()
    for code in ("CNY", "USD"):
        a_merchant_account(code, owner)

    with queries() as seen:
        views = merchant_accounts_of(owner)

    assert len(seen) <= 3

    assert [str(view.amount) for view in views] == ["0.00 CNY", "0.00 USD"]


def test_a_merchant_is_who_has_an_account():
    owner = a_customer()
    assert not is_merchant(owner)

    account = a_merchant_account(owner=owner)

    assert is_merchant(owner)
    assert merchant_account_view(account.number).merchant
    with pytest.raises(UnknownMerchantAccount):
        merchant_account_view(499999)
