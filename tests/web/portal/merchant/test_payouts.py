"""A merchant withdraws on his pages: quoted first, applied for once, explained to the cent, cancelled."""

from __future__ import annotations

import pytest

from builders import a_payee
from settlement_builders import a_merchant_account, amount_of, some_terms
from settlement_payout_builders import an_account_with, an_application, in_state
from staff_pages import fields, read, words
from tael.settlement.lifecycles import PayoutState
from tael.settlement.models import MerchantWithdrawal
from tael.settlement.payouts.payout_rule import rule_in_force
from visits import customer_client
from web.form_keys import a_form_key

pytestmark = pytest.mark.usefixtures("db")

LIST = "/portal/merchant/payouts"
RULE = "/portal/merchant/rule"


def checked(client, account, amount, payee):
    """The first step: what is asked for is quoted."""
    where = f"{LIST}/apply/{account.number}"
    sent = {**fields(client.get(where)), "amount": amount, "payee": str(payee), "step": "check"}
    return client.post(where, sent)


def confirmed(client, account, shown):
    where = f"{LIST}/apply/{account.number}"
    return client.post(where, {**fields(shown), "step": "confirm"})


@pytest.mark.rule("B-35", "B-37")
def test_a_merchant_sees_the_quote_then_applies_once():
    account = an_account_with("300.00")
    some_terms(account, fee="1%")
    client = customer_client(account.owner)
    payee = a_payee(account.owner)

    shown = checked(client, account, "200.00", payee)
    said = words(shown)
    for text in ("200.00", "2.00", "198.00", "100.00"):
        assert text in said
    assert MerchantWithdrawal.objects.count() == 0
    answers = [confirmed(client, account, shown) for _ in range(2)]

    row = MerchantWithdrawal.objects.get()
    assert [answer["Location"] for answer in answers] == [f"{LIST}/{row.pk}?done=1"] * 2
    assert (row.trade_state, amount_of(account)) == ("applying", "100.00")
    page = read(client, f"{LIST}/{row.pk}")
    for text in ("Explained to the cent", "300.00", "as the books say"):
        assert text in page
    assert str(row.pk) in read(client, LIST)


@pytest.mark.rule("B-33", "B-34")
def test_every_reason_is_said_at_once():  # A16
    account = an_account_with("50.00")
    some_terms(account, minimum_manual=5000)
    client = customer_client(account.owner)

    answer = checked(client, account, "60.00", 999)

    said = words(answer)
    assert answer.status_code >= 400
    assert "more than 50.00 CNY" in said
    assert "999" in said
    assert "Nothing can be withdrawn now" in read(client, f"{LIST}/apply/{account.number}")
    assert amount_of(account) == "50.00"


def test_a_merchant_cancels_what_is_not_on_its_way():
    account = an_account_with("10.00")
    waiting = an_application(account, "4.00").pk
    sent = in_state(PayoutState.EXPORTED, account, "1.00").pk
    client = customer_client(account.owner)

    for number, status in ((waiting, 303), (waiting, 303), (sent, 409)):
        answer = client.post(f"{LIST}/{number}/cancel", {"key": a_form_key()})
        assert answer.status_code == status

    assert amount_of(account) == "9.00"


def test_anothers_account_and_withdrawal_are_not_there():
    account, other = an_account_with("10.00"), a_merchant_account()
    number = an_application(account, "4.00").pk
    client = customer_client(other.owner)

    for address in (f"{LIST}/{number}", f"{LIST}/{number}/file", f"{LIST}/apply/{account.number}"):
        assert client.get(address).status_code == 404
    for address in (f"{LIST}/{number}/cancel", f"{RULE}/{account.number}/change"):
        assert client.post(address, {"key": a_form_key()}).status_code == 404
    assert f"payouts/{number}" not in client.get(LIST).content.decode()
    assert amount_of(account) == "6.00"


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_a_payout_is_taken_as_a_file(form):
    account = an_account_with("10.00")
    number = an_application(account, "4.00").pk

    answer = customer_client(account.owner).get(f"{LIST}/{number}/file", {"format": form})

    assert answer.status_code == 200
    assert f"payout-{number}.{form}" in answer["Content-Disposition"]


@pytest.mark.rule("B-33", "B-36")
def test_a_merchant_sets_his_rule_and_sees_what_it_would_do():
    account = an_account_with("80.00")
    client = customer_client(account.owner)
    assert "A withdrawal needs a payee account." in read(client, RULE)
    payee = a_payee(account.owner)
    typed = {"active": "on", "schedule": "day", "cap": "25", "payee": str(payee)}

    answer = client.post(f"{RULE}/{account.number}/change", {"key": a_form_key(), **typed})

    assert answer.status_code == 303
    assert rule_in_force(account.number).cap == 2500
    assert "Would be paid out: 25.00 CNY" in read(client, RULE)
    assert MerchantWithdrawal.objects.count() == 0


def test_a_rule_that_cannot_be_is_refused_beside_its_field():
    account = an_account_with("80.00")
    client = customer_client(account.owner)
    typed = {"active": "on", "schedule": "week", "payee": str(a_payee(account.owner))}

    for day in ("9", ""):
        form = {"key": a_form_key(), "day": day, **typed}
        answer = client.post(f"{RULE}/{account.number}/change", form)
        assert answer.status_code == 400
        assert "1 to 7" in words(answer)
    assert rule_in_force(account.number) is None
