from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection as django_connection

from tael import books, ledger
from tael.channels.house import NAMES, channel_account, house_account, suspense_account


def test_a_house_account_may_go_below_zero(db, connection):
    for name in NAMES:
        account = ledger.account(connection, house_account(name, "CNY"))

        assert account[1:5] == (f"house:{name}:CNY", "CNY", "house", None)


def test_the_world_beyond_a_channel_is_one_custody_account_per_currency(db, connection):
    yuan, dollars = channel_account("Alipay", "CNY"), channel_account("Alipay", "USD")

    assert yuan != dollars
    assert channel_account("Alipay", "CNY") == yuan
    assert ledger.account(connection, yuan).code == "channel:Alipay:CNY"
    assert ledger.account(connection, yuan).class_ == "custody"


def test_suspense_never_gives_more_than_it_received(db, connection):
    account = ledger.account(connection, suspense_account("CNY"))

    assert (account.code, account.class_, account.floor) == ("suspense:CNY", "suspense", 0)


def test_twenty_parallel_first_openings_end_in_one_account(db, connection):
    together = Barrier(20, timeout=20)

    def one(_: int) -> int:
        try:
            books.connection()
            together.wait()
            return house_account("income", "CNY")
        finally:
            django_connection.close()

    with ThreadPoolExecutor(20) as threads:
        assert len(set(threads.map(one, range(20)))) == 1


def test_an_account_needs_a_currency_of_the_books(db):
    with pytest.raises(ledger.CurrencyNotInBook):
        house_account("income", "XYZ")
