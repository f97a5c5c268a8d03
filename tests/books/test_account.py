from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection as django_connection
from django.db import transaction

from tael import books, ledger


def open_income() -> int:
    return books.open_account(code="house:income:CNY", currency="CNY", class_="house", floor=None)


def test_twenty_parallel_first_openings_end_in_one_account(db, connection):
    together = Barrier(20, timeout=20)

    def one(_: int) -> int:
        try:
            books.connection()
            together.wait()
            return open_income()
        finally:
            django_connection.close()

    with ThreadPoolExecutor(20) as threads:
        numbers = set(threads.map(one, range(20)))

    assert len(numbers) == 1
    assert [a.id for a in ledger.accounts(connection, codes=["house:income:CNY"])] == list(numbers)


def test_a_known_account_costs_no_question(db, monkeypatch):
    number = open_income()
    monkeypatch.setattr(ledger, "open_account", None)

    assert open_income() == number


def test_an_account_that_was_rolled_back_is_not_remembered(db, connection):
    with transaction.atomic():
        open_income()
        transaction.set_rollback(True)

    number = open_income()

    assert ledger.account(connection, number).code == "house:income:CNY"


def test_a_code_never_stands_for_another_currency(db):
    open_income()
    with pytest.raises(ledger.AccountTaken), transaction.atomic():
        ledger.open_account(
            books.connection(), code="house:income:CNY", currency="USD", class_="house", floor=None
        )


def test_an_account_needs_a_currency_of_the_book(db):
    with pytest.raises(ledger.CurrencyNotInBook):
        books.open_account(code="house:income:XTS", currency="XTS", class_="house", floor=None)
