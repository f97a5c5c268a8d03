"""The page of what is kept back of an account's bills."""

from __future__ import annotations

from datetime import date

import pytest

from settlement_builders import a_merchant_account, a_record, some_terms, the_bill
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")


def test_what_is_kept_stands_by_day_and_by_bill(monkeypatch):
    monkeypatch.setattr("tael.web.backoffice.settlement.reserves.PAGE", 1)
    account = a_merchant_account()
    some_terms(account, reserve_percent="10", reserve_days=5)
    a_record(account, "10.00")
    first = the_bill(account)
    a_record(account, "30.00", day=date(2026, 11, 2))
    second = the_bill(account, day=date(2026, 12, 1))
    where = f"/backoffice/settlement/accounts/{account.number}/reserve"
    client = staff_client("support")

    shown = client.get(where)

    assert shown.context["kept"].amount.text == "4.00"
    assert [row.bill for row in shown.context["rows"]] == [second.pk]
    further = client.get(f"{where}?{shown.context['next']}")
    assert [row.bill for row in further.context["rows"]] == [first.pk]
    assert client.get("/backoffice/settlement/accounts/9/reserve").status_code == 404
