from __future__ import annotations

import pytest

from builders import a_rate, a_wallet, an_instruction, an_iso_currency, figures, money, queries
from staff_pages import done, fields, looked, read, words
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.flow import flow_record
from tael.wallet.freeze import freeze
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def wallet(db):
    return a_wallet(free="100.00", locked="20.00")


@pytest.fixture
def bought(wallet) -> int:
    return deduct(
        wallet=wallet, amount=money("30.00"), instruction=an_instruction(info="a <b>book</b>")
    ).entry_id


def at(number: int, rest: str = "") -> str:
    return f"/backoffice/flows/{number}{rest}"


@pytest.mark.rule("F-22")
@pytest.mark.parametrize(
    "role", ["support", "finance_maker", "finance_checker", "auditor", "admin"]
)
def test_a_record_shows_its_words_and_its_legs(wallet, bought, role):
    text = read(staff_client(role), at(bought))

    assert f"Wallet {wallet.number} · locked \N{MINUS SIGN}20.00 CNY 0.00 CNY" in text
    assert f"Wallet {wallet.number} · free \N{MINUS SIGN}10.00 CNY 90.00 CNY" in text
    assert "house:income:CNY +30.00 CNY 30.00 CNY" in text
    assert "a <b>book</b>" in text
    assert ("Take back" in text) == (role == "finance_maker")


@pytest.mark.rule("F-27")
def test_a_refund_is_shown_first_done_once_and_linked_both_ways(wallet, bought):
    staff = staff_client("finance_maker")
    shown = looked(staff, at(bought, "/refund"), amount="12.00", info="one page missing")
    assert figures(wallet) == ("90.00", "0.00", "0.00")
    assert "12.00 CNY" in words(shown)

    answers = [staff.post(at(bought, "/refund"), {**fields(shown), "step": "do"}) for _ in range(2)]

    assert figures(wallet)[0] == "102.00"
    assert len({one["Location"] for one in answers}) == 1
    refund = int(answers[0]["Location"].rpartition("/")[2])
    assert flow_record(refund).reverses == bought
    assert f"record {bought}" in read(staff, at(refund))
    assert f"12.00 CNY taken back by record {refund}" in read(staff, at(bought))
    assert "Not taken back yet: 18.00 CNY" in read(staff, at(bought, "/refund"))


def test_all_that_is_left_is_taken_back_and_then_nothing_more(wallet, bought):
    staff = staff_client("finance_maker")

    assert done(staff, at(bought, "/refund"), info="wrong").status_code == 303

    assert figures(wallet) == ("120.00", "20.00", "0.00")
    assert "Take back" not in read(staff, at(bought))
    again = looked(staff, at(bought, "/refund"), info="again")
    assert again.status_code == 409
    assert "already_reversed" in words(again)


@pytest.mark.parametrize(
    ("typed", "status", "code"),
    [
        ({"amount": "30.01"}, 409, "over_reversed"),
        ({"amount": "0"}, 400, "amount_not_positive"),
        ({"amount": "x"}, 400, "amount_malformed"),
        ({"amount": "1.00", "info": "\x07"}, 400, "instruction_malformed"),
    ],
)
def test_a_refund_that_cannot_be_is_refused_with_what_was_typed(
    wallet, bought, typed, status, code
):
    before = figures(wallet)
    response = looked(staff_client("finance_maker"), at(bought, "/refund"), **typed)

    assert response.status_code == status, words(response)
    assert code in words(response)
    assert response.context["form"]["amount"].value() == typed["amount"]
    assert figures(wallet) == before


def test_an_exchange_is_taken_back_wholly():
    an_iso_currency("USD")
    a_rate("USD/CNY", "7")
    source = a_wallet(free="10.00", currency="USD")
    target = a_wallet(owner=source.owner)
    made = exchange(
        source=source, target=target, amount=money("2.00", "USD"), instruction=an_instruction()
    ).entry_id
    staff = staff_client("finance_maker")
    assert "amount" not in staff.get(at(made, "/refund")).context["form"].fields

    assert done(staff, at(made, "/refund"), info="wrong").status_code == 303

    assert (figures(source)[0], figures(target)[0]) == ("10.00", "0.00")
    assert "Take back" not in read(staff, at(made))


def test_what_is_not_taken_back_offers_no_refund(wallet):
    held = freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction()).entry_id
    staff = staff_client("finance_maker")

    assert "Take back" not in read(staff, at(held))
    assert looked(staff, at(held, "/refund"), amount="1.00").status_code == 409


@pytest.mark.parametrize("number", ["999999", "999999999999999999"])
def test_a_record_that_is_not_there_is_not_found(number):
    staff = staff_client("finance_maker")

    assert "unknown_entry" in read(staff, f"/backoffice/flows/{number}", status=404)
    assert "unknown_entry" in read(staff, f"/backoffice/flows/{number}/refund", status=404)


@pytest.mark.parametrize("role", ["support", "finance_checker", "auditor", "admin"])
def test_whoever_may_not_operate_takes_nothing_back(wallet, bought, role):
    staff = staff_client(role)

    assert staff.get(at(bought, "/refund")).status_code == 403
    sent = {"key": "0c3ffc2e-0000-4000-8000-000000000000", "step": "do"}
    assert staff.post(at(bought, "/refund"), sent).status_code == 403
    assert figures(wallet)[0] == "90.00"


def test_queries_do_not_grow_with_the_parts_taken_back(wallet, bought):
    staff = staff_client("finance_maker")
    done(staff, at(bought, "/refund"), amount="1.00", info="x")
    with queries() as few:
        staff.get(at(bought))
    for _ in range(5):
        done(staff, at(bought, "/refund"), amount="1.00", info="x")
    with queries() as many:
        staff.get(at(bought))

    assert len(many) <= len(few)
