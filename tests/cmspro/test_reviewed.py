"""The reviewed withdrawal finds its application, and decides each once."""

from __future__ import annotations

import pytest

from builders import a_payee, an_instruction, figures
from builders import money as amount
from tael.payouts.check_limit import set_check_limit
from tael.payouts.withdrawal import apply_withdrawal, withdrawal

APPLY = {"ctype": "CNY", "money": "10", "mtype": "System", "uid": 10012, "carda": 100001}
PAY = {**APPLY, "mtype": "Admin", "cardb": 17, "type": 2}


def code(result) -> str | None:
    return result.error["code"] if result.error else None


@pytest.mark.rule("F-33")
def test_the_application_is_decided_by_another_than_who_applied(site, wallet, payee_17):
    applied = site.init(4, APPLY, "UserWithdraw")
    approved = site.init(6, PAY, "AdminWithdraw")

    row = withdrawal(approved.application)
    assert applied.application == approved.application
    assert (row.applied_by, row.decided_by, row.payee) == ("customer:10012", "cmspro", 17)
    assert row.state == "withdrawn"


@pytest.mark.rule("F-33")
def test_one_person_cannot_apply_and_approve(site, wallet, payee_17):
    from tael.cmspro import money

    money.init(4, APPLY, "UserWithdraw", actor="user:10000", at=site.now)
    approved = money.init(6, PAY, "AdminWithdraw", actor="user:10000", at=site.now)

    assert code(approved) == "decider_is_applicant"
    assert figures(wallet) == ("990.00", "100.00", "10.00")


@pytest.mark.rule("F-33", "I32")
def test_a_manager_of_the_site_is_known_by_his_uid(site, wallet, payee_17):
    from tael.cmspro import money

    site.init(4, APPLY, "UserWithdraw")
    approved = money.init(6, PAY, "AdminWithdraw", actor="user:10012", at=site.now)

    assert code(approved) == "decider_is_applicant"


@pytest.mark.rule("F-33")
def test_the_oldest_application_over_the_amount_is_decided(site, wallet, payee_17):
    first = site.init(4, APPLY, "UserWithdraw")
    smaller = site.init(4, {**APPLY, "money": "9"}, "UserWithdraw")
    second = site.init(4, APPLY, "UserWithdraw")

    assert site.init(6, PAY, "AdminWithdraw").application == first.application
    assert site.init(6, PAY, "AdminWithdraw").application == second.application
    assert code(site.init(6, PAY, "AdminWithdraw")) == "no_open_application"
    assert withdrawal(smaller.application).state == "applied"
    assert figures(wallet) == ("971.00", "100.00", "9.00")


@pytest.mark.rule("F-33")
def test_a_decision_repeated_under_its_serial_number_decides_no_other(site, wallet, payee_17):
    site.init(4, APPLY, "UserWithdraw")
    other = site.init(4, APPLY, "UserWithdraw")
    data = {**PAY, "sno": "6" + site.date() + "10012"}

    first = site.init(6, data, "AdminWithdraw")
    again = site.init(6, data, "AdminWithdraw")

    assert again.replayed
    assert again.application == first.application
    assert withdrawal(other.application).state == "applied"


@pytest.mark.rule("F-33")
def test_a_refusal_repeated_under_its_serial_number_refuses_no_other(site, wallet):
    site.init(4, APPLY, "UserWithdraw")
    other = site.init(4, APPLY, "UserWithdraw")
    data = {**APPLY, "info": "wrong payee", "sno": "5" + site.date() + "10012"}

    first = site.init(5, data, "AdminThaw")
    again = site.init(5, data, "AdminThaw")

    assert again.replayed
    assert again.application == first.application
    assert withdrawal(first.application).reason == "wrong payee"
    assert withdrawal(other.application).state == "applied"


@pytest.mark.rule("F-33")
def test_frozen_money_without_an_application_cannot_be_approved(site, wallet, payee_17):
    assert site.init(4, APPLY, "Reserve")

    assert code(site.init(6, PAY, "AdminWithdraw")) == "no_open_application"
    assert figures(wallet) == ("990.00", "100.00", "10.00")


@pytest.mark.rule("F-33")
def test_a_refused_application_cannot_be_approved(site, wallet, payee_17):
    site.init(4, APPLY, "UserWithdraw")
    site.init(5, APPLY, "AdminThaw")

    assert code(site.init(6, PAY, "AdminWithdraw")) == "no_open_application"
    assert figures(wallet) == ("1000.00", "100.00", "0.00")


@pytest.mark.rule("F-33")
def test_a_foreign_or_unknown_payee_account_gets_nothing(site, wallet, payee_17):
    foreign = a_payee(10010)
    site.init(4, APPLY, "UserWithdraw")

    for number in (foreign, 100045):
        assert code(site.init(6, {**PAY, "cardb": number}, "AdminWithdraw")) == "unknown_payee"
    assert figures(wallet) == ("990.00", "100.00", "10.00")


@pytest.mark.rule("F-33")
def test_an_application_for_one_payee_account_is_not_paid_to_another(site, wallet, payee_17):
    other = a_payee(10012)
    apply_withdrawal(
        wallet=wallet,
        amount=amount("10.00"),
        payee=other,
        instruction=an_instruction(actor="customer:10012"),
    )

    assert code(site.init(6, PAY, "AdminWithdraw")) == "no_open_application"
    assert site.init(6, {**PAY, "cardb": other}, "AdminWithdraw")


@pytest.mark.rule("F-31")
def test_a_thaw_over_another_amount_leaves_the_application_alone(site, wallet):
    site.init(4, APPLY, "UserWithdraw")
    site.init(4, {**APPLY, "money": "5"}, "Reserve")

    assert code(site.init(5, {**APPLY, "money": "6"}, "AdminThaw")) == "insufficient_funds"
    assert site.init(5, {**APPLY, "money": "5"}, "AdminThaw").application is None
    assert figures(wallet) == ("990.00", "100.00", "10.00")


@pytest.mark.rule("F-26", "F-33")
def test_a_charge_on_frozen_funds_leaves_the_application_its_money(site, wallet, payee_17):
    site.init(4, APPLY, "UserWithdraw")

    assert code(site.init(2, {**APPLY, "type": 2}, "AdminDeduction")) == "insufficient_funds"
    assert site.init(6, PAY, "AdminWithdraw")


@pytest.mark.rule("F-33", "I32")
def test_what_needs_two_people_is_refused_and_stays_open(site, wallet, payee_17):
    set_check_limit(currency="CNY", amount=amount("5.00"), actor="user:1", at=site.now)
    applied = site.init(4, APPLY, "UserWithdraw")

    approved = site.init(6, PAY, "AdminWithdraw")

    assert code(approved) == "withdrawal_needs_check"
    assert withdrawal(applied.application).state == "applied"
