from __future__ import annotations

import pytest

from builders import a_customer, a_wallet
from settlement_builders import a_merchant_account, amount_of, some_terms
from settlement_remittance_builders import a_limit, an_adjustment
from staff_pages import fields, read
from tael.approvals.models import Proposal
from tael.settlement.models import Adjustment, Collection
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")

ACCOUNTS = "/backoffice/settlement/accounts"


def sent(client, where, to="", **typed):
    form = {**fields(client.get(where)), **typed}
    first = client.post(to or where, form)
    client.post(to or where, form)  # a double click
    return first


@pytest.mark.rule("B-03")
def test_an_account_is_adjusted_once():
    account = a_merchant_account()
    maker = staff_client("finance_maker")
    where = f"{ACCOUNTS}/{account.number}/adjust"

    assert sent(maker, where, amount="-30.00", reason="billed twice").status_code == 303

    assert (amount_of(account), Adjustment.objects.count()) == ("-30.00", 1)
    assert "billed twice" in read(maker, where)
    assert "billed twice" in read(maker, "/backoffice/settlement/adjustments")


@pytest.mark.rule("I32")
def test_above_the_limit_it_is_proposed():
    account = a_merchant_account()
    a_limit("10.00")
    maker = staff_client("finance_maker")

    answer = sent(maker, f"{ACCOUNTS}/{account.number}/adjust", amount="10.01", reason="why")

    waiting = Proposal.objects.get()
    assert answer["Location"] == f"/backoffice/proposals/{waiting.pk}"
    assert amount_of(account) == "0.00"
    page = read(maker, f"/backoffice/proposals/{waiting.pk}")
    assert "You proposed it yourself; somebody else decides." in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"amount": "--1"}, "amount"), ({"amount": "0"}, "amount"), ({"reason": ""}, "reason")],
)
def test_what_cannot_be_is_said_beside_its_field(typed, field):
    account = a_merchant_account()
    where = f"{ACCOUNTS}/{account.number}/adjust"

    answer = sent(staff_client("finance_maker"), where, **{"amount": "1.00", "reason": "w"} | typed)

    assert answer.status_code == 400
    assert f"id_{field}-wrong" in answer.content.decode()
    assert not Adjustment.objects.exists()


@pytest.mark.rule("B-25")
def test_a_debt_is_collected_once_when_somebody_asks():
    owner = a_customer()
    account = a_merchant_account(owner=owner)
    wallet = a_wallet(owner=owner, free="100.00")
    some_terms(account, collect_from=wallet.number)
    an_adjustment(account, "-80.00")
    maker = staff_client("finance_maker")
    where = f"{ACCOUNTS}/{account.number}"

    assert sent(maker, f"{where}/adjust", f"{where}/collect").status_code == 303

    assert (amount_of(account), Collection.objects.count()) == ("0.00", 1)
    assert str(wallet.number) in read(maker, "/backoffice/settlement/collections")
    refused = sent(maker, f"{where}/adjust", f"{where}/collect")
    assert refused.status_code == 409
