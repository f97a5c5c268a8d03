"""Paying: locked money first, shown before it is done, once however often the button is pressed."""

from __future__ import annotations

import pytest

from builders import figures
from web.portal.conftest import plain


def test_what_would_happen_is_shown_and_nothing_has_happened(browser, wallet):
    page, _ = browser.checked("/portal/pay", wallet=str(wallet.number), amount="150.00", pno="M-17")

    shown = plain(page)
    assert "You pay 150.00 CNY" in shown
    assert "Of it from locked money 100.00 CNY" in shown
    assert "950.00" in shown
    assert "M-17" in shown
    assert figures(wallet) == ("1100.00", "100.00", "0.00")


def test_a_confirmed_payment_is_made_and_its_receipt_shown(browser, wallet):
    where = browser.done("/portal/pay", wallet=str(wallet.number), amount="150.00", info="茶 <tea>")

    page = browser.read(where)
    assert "It is in the books" in page
    assert "茶 &lt;tea&gt;" in page
    assert figures(wallet) == ("950.00", "0.00", "0.00")


@pytest.mark.rule("T9")
def test_a_second_click_and_a_reload_end_at_the_first_receipt(browser, wallet):
    form = browser.form("/portal/pay", wallet=str(wallet.number), amount="150.00")
    _, confirmed = browser.checked("/portal/pay", **form)

    first = browser.send("/portal/pay", **confirmed)
    second = browser.send("/portal/pay", **confirmed)
    again = browser.send("/portal/pay", **form, step="check")

    assert first["Location"] == second["Location"] == again["Location"]
    assert figures(wallet) == ("950.00", "0.00", "0.00")


def test_a_used_form_with_something_else_in_it_is_refused_and_says_what_was_done(browser, wallet):
    form = browser.form("/portal/pay", wallet=str(wallet.number), amount="150.00")
    _, confirmed = browser.checked("/portal/pay", **form)
    done = browser.send("/portal/pay", **confirmed)["Location"]

    answer = browser.send("/portal/pay", **{**form, "amount": "20.00"}, step="check")

    assert answer.status_code == 409
    assert "has been carried out before" in answer.content.decode()
    assert done.partition("?")[0] in answer.content.decode()
    assert figures(wallet) == ("950.00", "0.00", "0.00")


@pytest.mark.parametrize("step", ["check", "confirm"])
def test_too_much_is_refused_beside_the_field_with_what_would_be_allowed(browser, wallet, step):
    form = browser.form("/portal/pay", wallet=str(wallet.number), amount="1100.01")

    answer = browser.send("/portal/pay", **form, step=step)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'aria-invalid="true"' in page
    assert "at most 1100.00 CNY" in page
    assert 'value="1100.01"' in page
    assert form["key"] in page
    assert figures(wallet) == ("1100.00", "100.00", "0.00")


@pytest.mark.parametrize(
    "amount", ["", "0", "-1", "1,000", "1.001", "1e3", "NaN", "１", "9" * 40, "\x00", "<script>"]
)
def test_nonsense_for_an_amount_is_refused(browser, wallet, amount):
    form = browser.form("/portal/pay", wallet=str(wallet.number), amount=amount)

    for step in ("check", "confirm", "change", "", "\x00"):
        answer = browser.send("/portal/pay", **form, step=step)
        assert answer.status_code == (200 if step == "change" else 400)

    assert figures(wallet) == ("1100.00", "100.00", "0.00")


@pytest.mark.rule("T14")
def test_anothers_wallet_is_answered_as_one_that_does_not_exist(browser, wallet, other):
    answers = []
    for number in (str(other.number), "999999", "x", ""):
        form = browser.form("/portal/pay", wallet=number, amount="1.00")
        answer = browser.send("/portal/pay", **form, step="confirm")
        answers.append((answer.status_code, "There is no such wallet" in answer.content.decode()))

    assert set(answers) == {(404, True)}
    assert figures(other) == ("500.00", "0.00", "0.00")


def test_without_its_key_a_form_does_nothing(browser, wallet):
    answer = browser.send("/portal/pay", wallet=str(wallet.number), amount="1.00", step="confirm")

    assert answer.status_code == 400
    assert figures(wallet) == ("1100.00", "100.00", "0.00")


def test_without_the_secret_of_the_browser_a_form_does_nothing(browser, wallet):
    form = browser.form("/portal/pay", wallet=str(wallet.number), amount="1.00")

    assert browser.post("/portal/pay", {**form, "step": "confirm"}).status_code == 403
    assert figures(wallet) == ("1100.00", "100.00", "0.00")


@pytest.mark.parametrize("field", ["pno", "info"])
def test_what_the_books_cannot_keep_is_refused_by_its_field(browser, wallet, field):
    form = browser.form(
        "/portal/pay", wallet=str(wallet.number), amount="1.00", **{field: "a\x00b"}
    )

    answer = browser.send("/portal/pay", **form, step="confirm")

    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.content.decode()
