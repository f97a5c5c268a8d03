"""What a merchant sees of his earnings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.template.base import Template
from django.test.utils import instrumented_test_render

from builders import STAFF, a_customer
from settlement_builders import a_merchant_account, a_record, the_bill, told
from tael.settlement.records.accrual import record_accrual
from visits import customer_client

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-12", "B-16")]
WHERE = "/portal/merchant/earnings"


@pytest.fixture(autouse=True)
def rendered_with(monkeypatch):
    """What a page was rendered with can be asked of its answer."""
    monkeypatch.setattr(Template, "_render", instrumented_test_render)


def test_earnings_stand_by_how_far_they_have_got():
    account = a_merchant_account()
    a_record(account, "100.00")
    the_bill(account)
    a_record(account, "7.00")
    a_record(account, "5.00", confirmed=False)

    answer = customer_client(account.owner).get(WHERE)

    earned = answer.context["earned"]
    assert (earned.pending.text, earned.unbilled.text, earned.billed.text) == (
        "5.00",
        "7.00",
        "100.00",
    )
    assert str(answer.context["view"].amount) == "100.00 CNY"


def test_the_chart_shows_the_days_of_the_span():
    today = datetime.now(UTC).date()  # noqa: TID251 - the page's own clock
    account = a_merchant_account()
    what = told("7.00", day=today)
    now = datetime.now(UTC)  # noqa: TID251 - as above
    record_accrual(account=account, told=what, actor=STAFF, at=now)

    chart = customer_client(account.owner).get(WHERE, {"days": "90"}).context["chart"]

    assert len(chart["at"]) == 90
    assert sum(value or 0 for value in chart["lines"][0]["values"]) == 7


def test_an_account_of_ones_own_is_chosen_and_no_other():
    owner = a_customer()
    first, second = a_merchant_account(owner=owner), a_merchant_account("USD", owner)
    other = a_merchant_account()
    client = customer_client(owner)

    shown = [
        client.get(WHERE, {"account": str(number)}).context["view"].number
        for number in (second.number, other.number, "x")
    ]

    assert shown == [second.number, first.number, first.number]


def test_the_menu_has_a_part_for_merchants_only():
    account = a_merchant_account()

    assert WHERE in customer_client(account.owner).get("/portal/").content.decode()
    plain = customer_client(a_customer())
    assert WHERE not in plain.get("/portal/").content.decode()
    assert "You have no merchant account" in plain.get(WHERE).content.decode()
