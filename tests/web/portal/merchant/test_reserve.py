"""What a merchant sees of what is kept back of his bills."""

from __future__ import annotations

import pytest

from builders import a_customer
from settlement_builders import a_merchant_account, a_record, some_terms, the_bill
from visits import customer_client

pytestmark = pytest.mark.usefixtures("db")
WHERE = "/portal/merchant/reserve"


def test_a_merchant_sees_when_it_comes_back_and_nobody_elses():
    account, foreign = a_merchant_account(), a_merchant_account()
    for one in (account, foreign):
        some_terms(one, reserve_percent="10", reserve_days=5)
        a_record(one, "10.00")
    bill = the_bill(account)

    shown = customer_client(account.owner).get(WHERE, {"account": foreign.number}).content.decode()

    assert f"/portal/merchant/bills/{bill.pk}" in shown
    assert shown.count("/portal/merchant/bills/7") == 1
    assert '<td class="n">1</td>' in shown  # one bill on its day
    assert customer_client(a_customer()).get(WHERE).status_code == 200
