"""What is kept back of an account's bills, over HTTP."""

from __future__ import annotations

from api.client import Caller, a_key
from settlement_builders import a_merchant_account, a_record, some_terms, the_bill


def test_what_is_kept_is_shown_by_day_to_its_merchant_alone(house: Caller) -> None:
    account = a_merchant_account()
    some_terms(account, reserve_percent="10", reserve_days=5)
    a_record(account, "10.00")
    the_bill(account)
    where = f"/merchant-accounts/{account.number}/reserve"
    one = {"amount": "1.00", "currency": "CNY"}

    shown = house.get(where)

    assert shown.body == {
        "amount": one,
        "days": [{"day": "2026-11-07", "amount": one, "bills": 1}],
    }
    other = a_merchant_account()
    bound = a_key("settlement:read", customer=other.owner)
    assert bound.get(where).status == 404
