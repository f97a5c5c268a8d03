from __future__ import annotations

import pytest

from builders import a_customer
from settlement_builders import a_merchant_account, amount_of
from settlement_remittance_builders import PAID_ON, a_remittance
from staff_pages import fields, read
from tael.settlement.models import Remittance
from visits import staff_client

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-24", "B-31", "B-32")]

LIST = "/backoffice/settlement/remittances"


def sent(client, where, action, **typed):
    """The form of a page, filled in and sent twice under its one key: a double click."""
    form = {**fields(client.get(where)), **typed}
    first = client.post(f"{where}/{action}" if action else where, form)
    client.post(f"{where}/{action}" if action else where, form)
    return first


def test_what_a_merchant_declared_is_confirmed_once():
    account = a_merchant_account()
    row = a_remittance(account, "80.00")
    maker = staff_client("finance_maker")
    assert "1 payment of a merchant waits" in read(maker, LIST)

    answer = sent(maker, f"{LIST}/{row.pk}", "confirm")

    assert answer.status_code == 303
    assert amount_of(account) == "80.00"
    page = read(maker, f"{LIST}/{row.pk}")
    assert "Receipt confirmed" in page
    assert "finance_maker" in page  # who confirmed
    assert row.flow_number in page


def test_a_dispute_needs_its_reason():
    row = a_remittance(a_merchant_account())
    maker = staff_client("finance_maker")

    refused = sent(maker, f"{LIST}/{row.pk}", "dispute", reason=" ")
    assert refused.status_code == 400
    sent(maker, f"{LIST}/{row.pk}", "dispute", reason="no such payment")

    row.refresh_from_db()
    assert (row.state, row.reason) == ("disputed", "no such payment")
    assert "no such payment" in read(maker, f"{LIST}/{row.pk}")


def test_what_the_platform_paid_is_declared_once_and_withdrawn():
    account = a_merchant_account()
    maker = staff_client("finance_maker")
    typed = {
        "account": str(account.number),
        "amount": "12.34",
        "channel": "Alipay",
        "flow_number": "F-9",
        "paid_on": PAID_ON.isoformat(),
    }

    answer = sent(maker, f"{LIST}/declare", "", **typed)

    row = Remittance.objects.get()
    assert answer["Location"] == f"{LIST}/{row.pk}"
    assert (row.payer, row.amount, row.flow_number) == ("platform", 1234, "F-9")
    assert "Waits for the merchant" in read(maker, f"{LIST}/{row.pk}")
    sent(maker, f"{LIST}/{row.pk}", "withdraw")
    row.refresh_from_db()
    assert (row.state, amount_of(account)) == ("withdrawn", "0.00")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "1.234"}, "amount"),
        ({"paid_on": ""}, "paid_on"),
        ({"paid_on": "yesterday"}, "paid_on"),
        ({"flow_number": ""}, "flow_number"),
        ({"channel": "Nowhere"}, "channel"),
        ({"account": "7"}, "account"),
    ],
)
def test_what_cannot_be_declared_is_said_beside_its_field(typed, field):
    account = a_merchant_account()
    maker = staff_client("finance_maker")
    good = {
        "account": str(account.number),
        "amount": "12.34",
        "channel": "Alipay",
        "flow_number": "F-9",
        "paid_on": PAID_ON.isoformat(),
    }

    answer = sent(maker, f"{LIST}/declare", "", **good | typed)

    assert answer.status_code in {400, 404, 409}
    assert f"id_{field}-wrong" in answer.content.decode()
    assert not Remittance.objects.exists()


def test_the_list_is_filtered_and_added_up():
    one, other = a_merchant_account(owner=a_customer(name="Ada")), a_merchant_account()
    a_remittance(one, "80.00", flow_number="ONE")
    a_remittance(other, "20.00", side="platform", flow_number="TWO")
    viewer = staff_client("auditor")

    whole = read(viewer, LIST)
    assert "2 remittances by merchants 80.00 CNY · by the platform 20.00 CNY" in whole
    for query, flow in (
        ("payer=merchant", "ONE"),
        ("payer=platform", "TWO"),
        (f"account={one.number}", "ONE"),
        (f"merchant={other.owner}", "TWO"),
        ("flow_number=TWO", "TWO"),
        ("currency=CNY&least=50.00", "ONE"),
    ):
        found = read(viewer, f"{LIST}?{query}")
        assert flow in found
        assert {"ONE": "TWO", "TWO": "ONE"}[flow] not in found
    assert "No remittance was found" in read(viewer, f"{LIST}?state=disputed")
    read(viewer, f"{LIST}?least=x", 400)
    assert "Declare a payment" not in whole
