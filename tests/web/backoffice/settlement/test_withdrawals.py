"""Merchants' withdrawals on the back office's pages: found, explained, held, cancelled, finished."""

from __future__ import annotations

import re

import pytest

from builders import a_payee, money
from settlement_builders import IN_NOVEMBER, a_merchant_account, amount_of, some_terms
from settlement_payout_builders import PAID_ON, an_account_with, an_application, in_state, now
from staff_pages import read, words
from tael.approvals.limit import set_approval_limit
from tael.parties.person import set_own_customer
from tael.settlement.lifecycles import PayoutState
from tael.settlement.models import MerchantWithdrawal
from tael.settlement.payouts.paying import Paid, pay_payouts
from tael.settlement.payouts.payout_rule import rule_in_force
from visits import a_staff_user, staff_client
from web.form_keys import a_form_key

pytestmark = pytest.mark.usefixtures("db")

LIST = "/backoffice/settlement/withdrawals"
RULES = "/backoffice/settlement/rules"


def act(client, number, verb, **fields):
    return client.post(f"{LIST}/{number}/{verb}", {"key": a_form_key(), **fields})


def state(number):
    row = MerchantWithdrawal.objects.get(pk=number)
    return row.trade_state, row.payout_state


def test_withdrawals_are_found_by_their_filters_with_totals():
    account, other = an_account_with("100.00"), an_account_with("100.00")
    one, two = an_application(account, "1.00").pk, an_application(account, "20.00").pk
    held = in_state(PayoutState.HELD, other, "5.00").pk
    client = staff_client("support")

    def numbers(**query):
        answer = client.get(LIST, query)
        assert answer.status_code == 200, words(answer)
        return [each.row.pk for each in answer.context["rows"]]

    assert numbers() == [held, two, one]
    assert numbers(account=str(account.number)) == [two, one]
    assert numbers(payout="held") == [held]
    assert numbers(payout="open", merchant=str(account.owner)) == [two, one]
    assert numbers(currency="CNY", least="1.01", most="19.99") == [held]
    assert numbers(before=str(two)) == [one]
    assert "26.00" in read(client, LIST)


@pytest.mark.parametrize(
    "query",
    [{"account": "x"}, {"least": "1"}, {"payout": "lost"}, {"since": "yesterday"}, {"batch": "-1"}],
)
def test_a_filter_that_cannot_be_read_is_refused(query):
    assert staff_client("support").get(LIST, query).status_code == 400


@pytest.mark.rule("B-37")
def test_one_withdrawal_is_explained_to_the_cent():  # A32
    account = an_account_with("100.00")
    some_terms(account, fee="2%")
    row = an_application(account, "30.00")

    answer = staff_client("support").get(f"{LIST}/{row.pk}")
    page = words(answer)

    for said in ("29.40", "Explained to the cent", "100.00", "70.00", "as the books say", "Bills"):
        assert said in page
    assert re.search(
        r'<a class="link" href="/backoffice/settlement/bills/\d+">', answer.content.decode()
    )


def test_a_withdrawal_is_held_released_and_cancelled_once():
    account = an_account_with("10.00")
    number = an_application(account, "4.00").pk
    client = staff_client("finance_maker")

    assert act(client, number, "hold").status_code == 400  # no reason
    assert act(client, number, "hold", reason="looked into").status_code == 303
    assert state(number) == ("applying", "held")
    assert act(client, number, "release").status_code == 303
    key = a_form_key()
    for _ in range(2):
        answer = client.post(f"{LIST}/{number}/cancel", {"key": key, "reason": "asked for"})
        assert answer.status_code == 303

    assert state(number) == ("cancelled", "cancelled")
    assert amount_of(account) == "10.00"
    assert act(client, number, "hold", reason="why").status_code == 409


@pytest.mark.rule("B-35")
def test_what_was_paid_gets_its_flow_number_and_may_come_back():
    account = an_account_with("10.00")
    number = in_state(PayoutState.EXPORTED, account, "4.00").pk
    pay_payouts([Paid(number, "Alipay", PAID_ON)], instruction=now())
    client = staff_client("finance_maker")

    assert act(client, number, "flow-number", flow_number="a b").status_code == 400
    assert act(client, number, "flow-number", flow_number="2026-77").status_code == 303
    assert state(number) == ("succeeded", "paid")
    assert act(client, number, "bounce", reason="account closed").status_code == 303

    assert state(number) == ("failed", "returned")
    assert amount_of(account) == "10.00"


def test_nobody_decides_about_his_own():
    account = an_account_with("10.00")
    number = in_state(PayoutState.HELD, account, "4.00").pk
    user = a_staff_user("finance_maker")
    set_own_customer(number=user.pk, customer=account.owner, actor="system", at=IN_NOVEMBER)
    client = staff_client(user=user)

    assert act(client, number, "release").status_code == 403
    assert "somebody else decides" in read(client, f"{LIST}/{number}")
    assert state(number) == ("applying", "held")


def test_a_withdrawal_that_is_not_there_is_not_found():
    client = staff_client("finance_maker")
    assert client.get(f"{LIST}/999").status_code == 404
    assert act(client, 999, "release").status_code == 404


def test_unknown_outcomes_stand_on_top_of_the_list():  # A7
    account = an_account_with("10.00")
    in_state(PayoutState.UNKNOWN, account, "4.00")

    assert "nobody knows whether they were paid" in read(staff_client("support"), LIST)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_taken_as_a_file(form):
    account = an_account_with("10.00")
    row = an_application(account, "4.00")

    answer = staff_client("auditor").get(f"{LIST}/file", {"format": form})

    assert answer.status_code == 200
    if form == "csv":
        assert f"{row.pk}," in answer.content.decode("utf-8-sig")


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_a_payout_is_taken_as_a_file_the_same_each_time(form):
    account = an_account_with("10.00")
    row = an_application(account, "4.00")
    client = staff_client("auditor")

    one, two = (client.get(f"{LIST}/{row.pk}/file", {"format": form}).content for _ in range(2))

    assert one == two
    assert len(one) > 100


@pytest.mark.rule("B-36")
def test_a_rule_is_set_and_shows_what_it_would_do():
    account = an_account_with("100.00")
    payee = a_payee(account.owner)
    client = staff_client("admin")
    typed = {"active": "on", "schedule": "day", "keep_back": "30", "payee": str(payee)}

    answer = client.post(f"{RULES}/{account.number}/change", {"key": a_form_key(), **typed})

    assert answer.status_code == 303
    rule = rule_in_force(account.number)
    assert (rule.schedule, rule.keep_back, rule.cap) == ("day", 3000, None)
    assert "Would be paid out: 70.00 CNY" in read(client, f"{RULES}/{account.number}")
    assert "1 with a rule, 1 would be paid out" in read(client, f"{RULES}/rehearsed")
    assert str(account.number) in read(client, RULES)
    assert MerchantWithdrawal.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("cap", {"cap": "-1"}),
        ("day", {"day": "31"}),
        ("schedule", {"schedule": "year"}),
        ("payee", {"payee": "999"}),
        ("trigger", {"trigger": "0.001"}),
    ],
)
def test_a_rule_that_cannot_be_is_refused_beside_its_field(field, typed):
    account = an_account_with("100.00")
    given = {"active": "on", "schedule": "month", "payee": str(a_payee(account.owner)), **typed}

    answer = staff_client("admin").post(
        f"{RULES}/{account.number}/change", {"key": a_form_key(), **given}
    )

    assert answer.status_code in {400, 404}
    assert rule_in_force(account.number) is None
    assert answer.context["refusal"].field == field


def test_above_the_limit_a_rule_waits_for_a_second_person():  # I32
    account = a_merchant_account()
    set_approval_limit(
        command="settlement.payout_rule",
        currency="CNY",
        amount=money("1.00"),
        actor="user:1",
        at=IN_NOVEMBER,
    )
    typed = {"active": "on", "schedule": "month", "payee": str(a_payee(account.owner))}

    answer = staff_client("admin").post(
        f"{RULES}/{account.number}/change", {"key": a_form_key(), **typed}
    )

    assert answer.status_code == 303
    assert rule_in_force(account.number) is None


def test_who_only_sees_changes_nothing():
    account = an_account_with("10.00")
    number = an_application(account, "4.00").pk

    assert act(staff_client("auditor"), number, "cancel", reason="x").status_code == 403
    assert "those who make payouts decide" in read(staff_client("auditor"), f"{LIST}/{number}")
