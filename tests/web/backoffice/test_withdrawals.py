"""Reviewing withdrawals on pages: who may, in which order, once, and with what said beside the field."""

from __future__ import annotations

import pytest

from builders import (
    AT,
    STAFF,
    a_customer,
    a_payee,
    a_wallet,
    an_instruction,
    figures,
    in_parallel,
    money,
    queries,
)
from tael.parties.person import set_own_customer
from tael.payouts.check_limit import set_check_limit
from tael.payouts.withdrawal import apply_withdrawal, withdrawal
from visits import a_staff_user, staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-33", "I32")]


@pytest.fixture
def wallet(db):
    return a_wallet(free="100.00")


def applied(wallet, text: str = "10.00", payee: int | None = 0) -> int:
    made = apply_withdrawal(
        wallet=wallet,
        amount=money(text),
        payee=a_payee(wallet.owner) if payee == 0 else payee,
        instruction=an_instruction(actor=f"customer:{wallet.owner}"),
    )
    return made.withdrawal.pk


def post(client, number: int, act: str, **fields):
    sent = {"key": a_form_key(), **fields}
    return client.post(f"/backoffice/withdrawals/{number}/{act}", sent)


def limit(text: str) -> None:
    set_check_limit(currency="CNY", amount=money(text), actor=STAFF, at=AT)


def test_what_waits_is_listed_and_found_by_its_filters(wallet):
    small, large = applied(wallet, "1.00"), applied(wallet, "20.00")
    post(staff_client("finance_maker"), small, "approve")
    client = staff_client("support")

    def numbers(**query):
        answer = client.get("/backoffice/withdrawals", query)
        assert answer.status_code == 200
        return [row["number"] for row in answer.context["rows"]]

    assert numbers() == [large, small]
    assert numbers(state="applied") == [large]
    assert numbers(customer=str(wallet.owner), currency="CNY", least="1.01") == [large]
    assert numbers(currency="CNY", most="1.00") == [small]
    assert numbers(age="72") == [large, small]
    assert numbers(before=str(large)) == [small]


@pytest.mark.parametrize(
    "query",
    [
        {"customer": "x"},
        {"least": "1"},
        {"currency": "CNY", "least": "1.001"},
        {"state": "'; drop"},
        {"age": "-1"},
        {"before": "x"},
        {"customer": "9" * 40},
    ],
)
def test_a_filter_that_means_nothing_is_refused_beside_its_field(wallet, query):
    applied(wallet)

    answer = staff_client("support").get("/backoffice/withdrawals", query)

    field = answer.context["refusal"].field
    assert (answer.status_code, field in {*query, "currency"}) == (400, True)
    assert f'id="filter-{field}-wrong"'.encode() in answer.content or field == "before"
    assert answer.context["rows"] == []


def test_a_list_asks_no_query_per_row(wallet):
    client = staff_client("support")
    applied(wallet, "1.00")
    client.get("/backoffice/withdrawals")
    with queries() as few:
        client.get("/backoffice/withdrawals")
    for _ in range(12):
        applied(wallet, "1.00")
    with queries() as many:
        client.get("/backoffice/withdrawals")

    assert len(many) == len(few)


def test_below_the_limit_the_maker_pays_out_once_however_often_he_clicks(wallet):
    number, client, key = applied(wallet), staff_client("finance_maker"), a_form_key()

    first = post(client, number, "approve", key=key)
    again = post(client, number, "approve", key=key)
    late = post(client, number, "approve")

    assert (first.status_code, again.status_code, late.status_code) == (303, 303, 409)
    assert first["Location"] == f"/backoffice/withdrawals/{number}"
    assert b"withdrawal_decided" in late.content
    assert figures(wallet) == ("90.00", "0.00", "0.00")


def test_two_clicks_at_the_same_moment_are_one_payment(wallet):
    number, key = applied(wallet), a_form_key()
    user = a_staff_user("finance_maker")
    clients = [staff_client(user=user) for _ in range(2)]

    answers = in_parallel(
        *(lambda c=client: post(c, number, "approve", key=key) for client in clients)
    )

    assert [answer.status_code for answer in answers] == [303, 303]
    assert figures(wallet) == ("90.00", "0.00", "0.00")


def test_above_the_limit_a_checker_confirms_what_a_maker_approved(wallet):
    limit("5.00")
    number, maker, checker = (
        applied(wallet),
        staff_client("finance_maker"),
        staff_client("finance_checker"),
    )
    both = staff_client("finance_maker", "finance_checker")

    early = post(checker, number, "confirm")
    made = post(maker, number, "approve")
    page = checker.get(made["Location"])
    done = post(checker, number, "confirm")

    assert (early.status_code, b"withdrawal_not_reviewed" in early.content) == (409, True)
    assert made.status_code == 303
    assert b"Confirm and pay out" in page.content
    assert b"To be paid out" in page.content
    assert b"To be paid out" not in checker.get(done["Location"]).content
    assert b"Confirm and pay out" not in maker.get(made["Location"]).content
    assert done.status_code == 303
    assert (withdrawal(number).state, figures(wallet)[2]) == ("withdrawn", "0.00")
    other = applied(wallet)
    post(both, other, "approve")
    own = post(both, other, "confirm")
    assert (own.status_code, b"checker_is_maker" in own.content) == (403, True)
    assert b"Confirm and pay out" not in both.get(f"/backoffice/withdrawals/{other}").content


def test_a_refusal_needs_a_reason_beside_its_field_and_keeps_its_key(wallet):
    number, client, key = applied(wallet), staff_client("finance_maker"), a_form_key()

    empty = post(client, number, "refuse", key=key, reason=" ")
    done = post(client, number, "refuse", key=key, reason="the name differs")

    assert empty.status_code == 400
    assert empty.context["refusal"].field == "reason"
    assert key in empty.content.decode()
    assert b"field-wrong" in empty.content
    assert done.status_code == 303
    shown = client.get(done["Location"]).content.decode()
    assert "the name differs" in shown
    assert figures(wallet) == ("100.00", "0.00", "0.00")


def test_a_checker_declines_what_was_approved(wallet):
    limit("0")
    number = applied(wallet)
    post(staff_client("finance_maker"), number, "approve")

    done = post(staff_client("finance_checker"), number, "decline", reason="asked the customer")

    assert done.status_code == 303
    assert withdrawal(number).state == "returned"


def test_an_application_without_a_payee_account_gets_it_from_the_one_who_approves(wallet):
    number, client = applied(wallet, payee=None), staff_client("finance_maker")
    payee = a_payee(wallet.owner)

    for typed in ("", "x", "9" * 30, str(a_payee(a_wallet().owner))):
        assert post(client, number, "approve", payee=typed).status_code in {400, 404, 409}
    assert withdrawal(number).state == "applied"
    assert post(client, number, "approve", payee=str(payee)).status_code == 303
    assert withdrawal(number).payee == payee


@pytest.mark.parametrize("key", ["", "x", "{12345678-1234-5678-1234-567812345678}", "\x00"])
def test_a_form_without_its_key_does_nothing(wallet, key):
    number = applied(wallet)

    answer = post(staff_client("finance_maker"), number, "approve", key=key)

    assert answer.status_code == 400
    assert withdrawal(number).state == "applied"


@pytest.mark.rule("T22")
def test_support_sees_the_payee_account_masked(wallet):
    number = applied(wallet)
    where = f"/backoffice/withdrawals/{number}"

    assert b"6222 0000" not in staff_client("support").get(where).content
    assert b"6222 0000" in staff_client("finance_maker").get(where).content


@pytest.mark.rule("T14")
@pytest.mark.parametrize("role", ["support", "admin", "auditor", "finance_checker"])
def test_who_may_only_look_cannot_decide(wallet, role):
    number, client = applied(wallet), staff_client(role)

    assert client.get(f"/backoffice/withdrawals/{number}").status_code == 200
    assert post(client, number, "approve").status_code == 403
    assert post(client, number, "refuse", reason="no").status_code == 403
    assert withdrawal(number).state == "applied"


def test_what_is_not_there_is_answered_so():
    client = staff_client("finance_maker")

    assert client.get("/backoffice/withdrawals/99").status_code == 404
    assert post(client, 99, "approve").status_code == 404


@pytest.mark.rule("I32")
def test_a_reviewer_whose_number_is_a_customers_is_not_taken_for_him(db):
    member = a_staff_user("finance_maker")
    wallet = a_wallet(free="100.00", owner=a_customer(member.pk))
    number, client = applied(wallet), staff_client(user=member)

    assert client.get(f"/backoffice/withdrawals/{number}").context["mine"] is False
    assert post(client, number, "approve").status_code == 303
    assert withdrawal(number).state == "withdrawn"


@pytest.mark.rule("I32")
def test_who_is_a_customer_as_well_decides_nothing_of_his_own(wallet):
    member = a_staff_user("finance_maker", "finance_checker")
    set_own_customer(number=member.pk, customer=wallet.owner, actor=STAFF, at=AT)
    limit("5.00")
    number, client = applied(wallet), staff_client(user=member)

    assert client.get(f"/backoffice/withdrawals/{number}").context["mine"] is True
    assert post(client, number, "approve").status_code == 403
    assert post(client, number, "refuse", reason="none").status_code == 403
    assert post(staff_client("finance_maker"), number, "approve").status_code == 303
    assert post(client, number, "confirm").status_code == 403
    assert withdrawal(number).state == "reviewed"
