from __future__ import annotations

import pytest

from builders import a_customer
from settlement_builders import a_merchant_account, amount_of
from settlement_remittance_builders import PAID_ON, a_remittance
from staff_pages import fields, read
from tael.settlement.models import Remittance
from visits import customer_client

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-24", "B-30", "B-31", "B-32")]

LIST = "/portal/merchant/remittances"


def sent(client, where, to="", **typed):
    form = {**fields(client.get(where)), **typed}
    first = client.post(to or where, form)
    client.post(to or where, form)  # a double click
    return first


def the_form(merchant, **given):
    return {
        "account": str(merchant.number),
        "amount": "12.34",
        "channel": "Alipay",
        "flow_number": "F-9",
        "paid_on": PAID_ON.isoformat(),
        **given,
    }


def test_a_merchant_declares_once_and_withdraws():
    account = a_merchant_account()
    client = customer_client(account.owner)

    answer = sent(client, f"{LIST}/declare", **the_form(account))

    row = Remittance.objects.get()
    assert answer["Location"] == f"{LIST}/{row.pk}"
    assert (row.payer, row.amount, amount_of(account)) == ("merchant", 1234, "0.00")
    assert sent(client, f"{LIST}/{row.pk}", f"{LIST}/{row.pk}/withdraw").status_code == 303
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_a_merchant_confirms_once_what_the_platform_paid():
    account = a_merchant_account()
    row = a_remittance(account, "80.00", side="platform")
    client = customer_client(account.owner)
    assert "it has made 1 payment to you" in read(client, LIST)

    answer = sent(client, f"{LIST}/{row.pk}", f"{LIST}/{row.pk}/confirm")

    assert answer.status_code == 303
    assert amount_of(account) == "-80.00"
    assert "The receipt is confirmed" in read(client, f"{LIST}/{row.pk}")


def test_a_merchant_disputes_with_a_reason():
    account = a_merchant_account()
    row = a_remittance(account, side="platform")
    client = customer_client(account.owner)
    where = f"{LIST}/{row.pk}"

    assert sent(client, where, f"{where}/dispute", reason="").status_code == 400
    assert sent(client, where, f"{where}/dispute", reason="not there").status_code == 303

    assert "not there" in read(client, where)
    assert amount_of(account) == "0.00"


def test_a_merchant_does_not_confirm_his_own_payment():
    account = a_merchant_account()
    row = a_remittance(account)
    client = customer_client(account.owner)

    refused = sent(client, f"{LIST}/{row.pk}", f"{LIST}/{row.pk}/confirm")

    assert refused.status_code == 403
    assert amount_of(account) == "0.00"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"paid_on": ""}, "paid_on"),
        ({"flow_number": "#"}, "flow_number"),
        ({"channel": "Admin"}, "channel"),
        ({"account": "1"}, "account"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(given, field):
    account = a_merchant_account()

    answer = sent(customer_client(account.owner), f"{LIST}/declare", **the_form(account, **given))

    assert answer.status_code in {400, 404}
    assert f"id_{field}-wrong" in answer.content.decode()
    assert not Remittance.objects.exists()


def test_another_merchants_account_is_not_there():
    account, own = a_merchant_account(), a_merchant_account()
    client = customer_client(own.owner)

    assert sent(client, f"{LIST}/declare", **the_form(account)).status_code == 404
    row = a_remittance(account, side="platform")
    assert client.get(f"{LIST}/{row.pk}").status_code == 404
    form = fields(client.get(f"{LIST}/declare"))
    assert client.post(f"{LIST}/{row.pk}/confirm", form).status_code == 404
    assert "No remittance here." in read(client, LIST)


def test_a_customer_without_a_merchant_account_is_told_so():
    client = customer_client(a_customer())

    assert "You have no merchant account" in read(client, LIST)
    assert "You have no merchant account" in read(client, f"{LIST}/declare")
