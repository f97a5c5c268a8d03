from __future__ import annotations

import pytest
from django.test import Client

from builders import (
    a_customer,
    a_payee,
    a_rate,
    a_wallet,
    an_instruction,
    an_iso_currency,
    figures,
    in_parallel,
    money,
)
from staff_pages import done, fields, looked, read, words
from tael.wallet.flow import flow_record
from tael.wallet.freeze import freeze
from tael.wallet.operation import Operation
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")


def at(wallet, operation: str) -> str:
    return f"/backoffice/wallets/{wallet.number}/{operation}"


def booked(response) -> int:
    """The record that an operation was sent on to."""
    assert response.status_code == 303, words(response)
    return int(response["Location"].removeprefix("/backoffice/flows/"))


@pytest.fixture
def staff(db):
    return staff_client("finance_maker")


@pytest.fixture
def wallet(db):
    return a_wallet(owner=a_customer(20001, "Anna Marek"), free="100.00", locked="20.00")


@pytest.mark.rule("F-23", "F-26", "F-30")
@pytest.mark.parametrize(
    ("operation", "typed", "after"),
    [
        ("recharge", {"amount": "5.00", "channel": "Alipay"}, ("125.00", "20.00", "0.00")),
        ("recharge", {"amount": "5", "spend_only": "on"}, ("125.00", "25.00", "0.00")),
        ("deduct", {"amount": "30.00"}, ("90.00", "0.00", "0.00")),
        ("freeze", {"amount": "40.00"}, ("80.00", "20.00", "40.00")),
        (
            "freeze",
            {"amount": "40.00", "expires_at": "2999-01-01T18:00"},
            ("80.00", "20.00", "40.00"),
        ),
    ],
)
def test_an_operation_is_shown_first_and_then_done(staff, wallet, operation, typed, after):
    before = figures(wallet)
    shown = looked(staff, at(wallet, operation), **{"channel": "Admin", **typed})

    assert shown.status_code == 200, words(shown)
    assert "Nothing has been booked yet" in words(shown)
    assert figures(wallet) == before
    shift = shown.context["rehearsal"].shifts[0]
    assert (shift.before.liquid.text, shift.before.locked.text) == before[:2]
    assert (shift.after.liquid.text, shift.after.locked.text, shift.after.frozen.text) == after
    assert sum(line.amount.minor for line in shown.context["rehearsal"].postings) == 0

    record = booked(staff.post(at(wallet, operation), {**fields(shown), "step": "do"}))
    assert figures(wallet) == after
    assert flow_record(record).actor.startswith("user:")
    assert flow_record(record).code == f"Admin{operation.capitalize()}"
    assert "Done." in read(staff, f"/backoffice/flows/{record}")


@pytest.mark.rule("F-28")
def test_a_transfer_shows_both_wallets(staff, wallet):
    other = a_wallet()

    shown = looked(
        staff, at(wallet, "transfer"), amount="7.00", target=str(other.number), channel="System"
    )

    assert [shift.wallet for shift in shown.context["rehearsal"].shifts] == [wallet, other]
    booked(staff.post(at(wallet, "transfer"), {**fields(shown), "step": "do"}))
    assert figures(other)[0] == "7.00"


@pytest.mark.rule("F-31", "F-26")
def test_a_hold_is_released_in_part_and_the_rest_captured(staff, wallet):
    hold = freeze(wallet=wallet, amount=money("40.00"), instruction=an_instruction()).hold
    page = staff.get(f"/backoffice/wallets/{wallet.number}").content.decode()
    assert f"unfreeze?hold={hold}&amp;amount=40.00" in page
    suggested = staff.get(at(wallet, f"unfreeze?hold={hold}&amount=40.00")).context["form"]
    assert (suggested["hold"].value(), suggested["amount"].value()) == (str(hold), "40.00")

    booked(done(staff, at(wallet, "unfreeze"), amount="15.00", hold=str(hold), channel="Admin"))
    booked(
        done(
            staff,
            at(wallet, "deduct"),
            amount="25.00",
            hold=str(hold),
            source="frozen",
            channel="Admin",
        )
    )

    assert figures(wallet) == ("95.00", "20.00", "0.00")


@pytest.mark.rule("F-32")
def test_a_withdrawal_goes_to_one_of_the_customers_payee_accounts(staff, wallet):
    payee, foreign = a_payee(wallet.owner), a_payee(a_customer())
    page = staff.get(at(wallet, "withdraw"))
    assert "6222" not in words(page)
    assert [value for value, _ in page.context["form"].fields["payee"].choices] == [str(payee)]

    refused = looked(
        staff, at(wallet, "withdraw"), amount="5.00", payee=str(foreign), channel="Alipay"
    )
    assert refused.status_code == 404
    record = booked(
        done(staff, at(wallet, "withdraw"), amount="5.00", payee=str(payee), channel="Alipay")
    )

    assert flow_record(record).payee == payee
    assert figures(wallet)[0] == "115.00"


@pytest.mark.rule("F-35", "F-37")
def test_an_exchange_is_done_at_the_rate_that_was_shown(staff):
    an_iso_currency("USD")
    a_rate("USD/CNY", "7")
    source = a_wallet(owner=a_customer(20002), free="10.00", currency="USD")
    target = a_wallet(owner=source.owner)
    shown = looked(
        staff, at(source, "exchange"), amount="2.00", target=str(target.number), channel="System"
    )
    assert "kept for five minutes" in words(shown)
    assert shown.context["rehearsal"].received == money("14.00")
    a_rate("USD/CNY", "8")

    booked(staff.post(at(source, "exchange"), {**fields(shown), "step": "do"}))

    assert figures(target)[0] == "14.00"


@pytest.mark.rule("F-17")
@pytest.mark.parametrize("operation", ["recharge", "deduct", "freeze"])
def test_a_double_click_moves_money_once_and_shows_the_first_record(staff, wallet, operation):
    shown = looked(staff, at(wallet, operation), amount="5.00", channel="Admin")
    form = {**fields(shown), "step": "do"}
    other = Client(SERVER_NAME="localhost")
    other.cookies.update(staff.cookies)

    answers = in_parallel(
        lambda: staff.post(at(wallet, operation), form),
        lambda: other.post(at(wallet, operation), form),
    )
    again = staff.post(at(wallet, operation), form)

    assert len({booked(answer) for answer in [*answers, again]}) == 1
    moved = sum(map(float, figures(wallet)[::2]))
    assert moved == {"recharge": 125, "deduct": 115, "freeze": 120}[operation]
    assert "done already" in read(staff, again["Location"])


@pytest.mark.parametrize(
    ("operation", "typed", "status", "code"),
    [
        ("deduct", {"amount": "121.00"}, 409, "insufficient_funds"),
        ("freeze", {"amount": "101.00"}, 409, "locked_funds"),
        ("deduct", {"amount": "-1"}, 400, "amount"),
        ("deduct", {"amount": "1.001"}, 400, "amount_too_precise"),
        ("deduct", {"amount": ""}, 400, "amount_malformed"),
        ("deduct", {"amount": "1e3"}, 400, "amount_malformed"),
        ("deduct", {"amount": "NaN"}, 400, "amount_malformed"),
        ("deduct", {"amount": "9" * 40}, 400, "amount"),
        ("deduct", {"amount": "1", "source": "thin air"}, 400, "filter_malformed"),
        ("deduct", {"amount": "1", "hold": "77"}, 404, "unknown_hold"),
        ("deduct", {"amount": "1", "hold": "x"}, 400, "filter_malformed"),
        ("recharge", {"amount": "1", "channel": "Nowhere"}, 404, "unknown_channel"),
        ("recharge", {"amount": "1", "channel": ""}, 400, "instruction_malformed"),
        ("recharge", {"amount": "1", "pno": "not\tvisible"}, 400, "instruction_malformed"),
        ("transfer", {"amount": "1", "target": ""}, 404, "unknown_wallet"),
        ("transfer", {"amount": "1", "target": "1"}, 404, "unknown_wallet"),
        ("exchange", {"amount": "1", "target": "x"}, 400, "filter_malformed"),
        ("withdraw", {"amount": "1", "payee": ""}, 404, "unknown_payee"),
        ("freeze", {"amount": "1", "expires_at": "soon"}, 400, "filter_malformed"),
        ("freeze", {"amount": "1", "expires_at": "2001-01-01T00:00"}, 400, "expiry_passed"),
        ("unfreeze", {"amount": "1"}, 409, "insufficient_funds"),
    ],
)
def test_a_refusal_is_shown_with_what_was_typed_and_the_same_key(
    staff, wallet, operation, typed, status, code
):
    before = figures(wallet)
    form = {"channel": "Admin", **fields(staff.get(at(wallet, operation))), **typed}

    for step in ("look", "do"):
        response = staff.post(at(wallet, operation), {**form, "step": step})
        assert response.status_code == status, words(response)
        assert code in words(response)
        assert fields(response)["key"] == form["key"]
        assert (response.context["form"]["amount"].value() or "") == typed["amount"]
    assert figures(wallet) == before


def test_what_was_typed_can_be_changed_before_it_is_done(staff, wallet):
    shown = looked(staff, at(wallet, "deduct"), amount="5.00", info="a book", channel="Admin")

    again = staff.post(at(wallet, "deduct"), {**fields(shown), "step": "change"})

    assert again.context["form"]["amount"].value() == "5.00"
    assert again.context["form"]["info"].value() == "a book"
    assert fields(again)["key"] == fields(shown)["key"]


@pytest.mark.parametrize("key", ["", "x", "0" * 300])
def test_a_form_without_its_key_is_refused(staff, wallet, key):
    before = figures(wallet)
    sent = {"key": key, "amount": "1.00", "channel": "Admin", "step": "do"}

    assert staff.post(at(wallet, "recharge"), sent).status_code == 400
    assert figures(wallet) == before


@pytest.mark.parametrize("role", ["support", "finance_checker", "auditor", "admin"])
def test_whoever_may_not_operate_moves_nothing(wallet, role):
    before, staff = figures(wallet), staff_client(role)
    sent = {"key": "0c3ffc2e-0000-4000-8000-000000000000", "amount": "1", "channel": "Admin"}

    for operation in Operation:
        assert staff.get(at(wallet, operation.word)).status_code == 403
        refused = staff.post(at(wallet, operation.word), {**sent, "step": "do"})
        assert refused.status_code == 403
    assert figures(wallet) == before


def test_each_operation_has_its_form(staff, wallet):
    for operation in Operation:
        assert "Show what it would do" in read(staff, at(wallet, operation.word))


def test_another_word_is_no_operation(staff, wallet):
    assert staff.get(at(wallet, "steal")).status_code == 404
