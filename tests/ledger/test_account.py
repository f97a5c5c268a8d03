"""Accounts and currencies of a book."""

from __future__ import annotations

import threading

import pytest

from bookkeeping import CNY, Books, pay, post_one, refusal_of
from tael import ledger
from tael.money import Currency
from tael.postgres.connect import Databases


def test_an_account_opened_again_is_the_same_account(writer, accounts: Books):
    again = ledger.open_account(writer, code="ann", currency="CNY", class_="client")
    assert again == accounts.ann


@pytest.mark.parametrize(
    "other", [{"currency": "USD"}, {"class_": "house"}, {"floor": None}, {"floor": -100}]
)
def test_what_an_account_is_never_changes(writer, accounts: Books, other):
    facts = {"code": "ann", "currency": "CNY", "class_": "client"} | other
    with pytest.raises(ledger.AccountTaken):
        ledger.open_account(writer, **facts)


def test_an_account_needs_a_currency_of_the_book(writer, accounts: Books):
    with pytest.raises(ledger.CurrencyNotInBook):
        ledger.open_account(writer, code="x", currency="XXX", class_="client")


@pytest.mark.rule("F-11")
def test_a_currency_keeps_its_exponent_and_kind(writer, accounts: Books):
    ledger.define_currency(writer, CNY)
    with pytest.raises(ledger.CurrencyTaken):
        ledger.define_currency(writer, Currency("CNY", 3))
    with pytest.raises(ledger.CurrencyTaken):
        ledger.define_currency(writer, Currency("CNY", 2, "points"))
    assert ledger.currencies(writer)["CNY"].exponent == 2


def test_an_account_with_a_credit_line_goes_down_to_its_floor(writer, accounts: Books):
    credit = ledger.open_account(
        writer, code="credit", currency="CNY", class_="client", floor=-5_000
    )

    assert isinstance(post_one(writer, pay(credit, accounts.bob, 5_000)), ledger.Posted)
    assert refusal_of(post_one(writer, pay(credit, accounts.bob, 1))) == "insufficient_funds"
    assert ledger.balance(writer, credit) == -5_000


def test_only_an_empty_account_is_closed(writer, accounts: Books):
    with pytest.raises(ledger.AccountNotEmpty):
        ledger.close_account(writer, accounts.ann)
    ledger.close_account(writer, accounts.carl)
    assert ledger.account(writer, accounts.carl).closed_at is not None
    with pytest.raises(ledger.AccountNotEmpty):
        ledger.close_account(writer, accounts.carl)


def test_an_account_that_is_not_there_is_called_unknown(writer, accounts: Books):
    for ask in (
        lambda: ledger.account(writer, 999_999),
        lambda: ledger.block(writer, 999_999, "both"),
        lambda: ledger.close_account(writer, 999_999),
    ):
        with pytest.raises(ledger.UnknownAccount):
            ask()


def test_twenty_who_open_one_account_at_once_get_one_account(db: Databases):
    """I36."""
    with db.app() as connection:
        ledger.define_currency(connection, CNY)
    start = threading.Barrier(20)
    numbers: list[int] = []

    def open_it() -> None:
        with db.app() as connection:
            start.wait()
            numbers.append(
                ledger.open_account(connection, code="one", currency="CNY", class_="client")
            )

    threads = [threading.Thread(target=open_it) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(numbers) == 20
    assert len(set(numbers)) == 1
