"""Every entry is told once, in the order of the numbers, also those whose commit came late."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.db import connection, transaction

from builders import AT, a_busy_wallet, a_wallet, an_instruction, in_parallel, money
from tael import ledger
from tael.outbox.journal_cursor import new_entries
from tael.postgres.connect import Databases
from tael.wallet.recharge import recharge
from tael.wallet.wallet import Wallet

ALL = 10_000


def told(limit: int = ALL) -> list[int]:
    with transaction.atomic():
        return new_entries(limit=limit).numbers


def entries(databases: Databases) -> list[int]:
    with databases.owner() as owner:
        return [n for (n,) in owner.execute("SELECT id FROM ledger.entry ORDER BY id").fetchall()]


def an_open_posting(databases: Databases) -> psycopg.Connection:
    """A posting that has its number and is not committed yet: between house accounts of its own."""
    connection = databases.app()
    accounts = ledger.open_accounts(
        connection,
        [ledger.Opening(f"test:{side}", "CNY", "house", floor=None) for side in ("a", "b")],
    )
    entry = ledger.Entry(
        kind=ledger.Kind("test.move", "Test", moves=("a -m", "b +m")),
        legs=(ledger.Leg(accounts[0], -1), ledger.Leg(accounts[1], 1)),
        key=ledger.key_of("test", "late"),
        effective_at=AT,
        actor="system:test",
        channel="System",
    )
    ledger.post(connection, [entry])
    return connection


def recharged_meanwhile(wallet: Wallet) -> None:
    recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction(channel="Alipay"))


def test_outside_a_transaction_or_after_a_write_it_does_not_move(db: Databases) -> None:
    a_wallet(free="1.00")
    with pytest.raises(transaction.TransactionManagementError):
        new_entries(limit=1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        with pytest.raises(AssertionError):
            new_entries(limit=1)


def test_what_was_booked_is_given_once_and_in_order(db: Databases) -> None:
    a_busy_wallet()

    assert told(limit=3) + told() == entries(db)
    assert told() == []


def test_moving_on_is_undone_with_the_telling(db: Databases) -> None:
    a_wallet(free="1.00")
    with transaction.atomic():
        assert new_entries(limit=ALL).numbers == entries(db)
        transaction.set_rollback(True)

    assert told() == entries(db)


@pytest.mark.parametrize("committed", [True, False])
def test_an_entry_whose_commit_comes_late_is_not_passed_over(
    db: Databases, committed: bool
) -> None:
    wallet = a_wallet(free="5.00")
    before = told()
    late = an_open_posting(db)
    recharged_meanwhile(wallet)
    for _ in range(3):
        assert told() == [], "a lower number is still open"

    if committed:
        late.commit()
    else:
        late.rollback()
    late.close()

    after = told() + told()
    assert before + after == entries(db)
    assert len(after) == 1 + committed


def test_restored_to_a_server_with_lower_transaction_numbers_it_goes_on(db: Databases) -> None:
    a_wallet(free="5.00")
    with db.owner(autocommit=True) as owner:
        owner.execute("UPDATE outbox_journal_cursor SET horizon = 2 ^ 40")
    for expected in ([], entries(db)):
        with db.app() as busy:  # somebody writes whenever it looks
            busy.execute("SELECT pg_current_xact_id()")
            assert told() == expected


def test_under_load_it_follows_and_gives_each_entry_once(db: Databases) -> None:
    """Eight threads post; one follows, another beside it as well."""
    wallets = [a_wallet() for _ in range(4)]
    over = threading.Event()
    given: list[int] = []
    lock = threading.Lock()

    def follow() -> None:
        while not over.is_set():
            with transaction.atomic():
                numbers = new_entries(limit=50).numbers
            with lock:
                given.extend(numbers)

    def post(wallet: Wallet) -> None:
        for _ in range(20):
            recharged_meanwhile(wallet)

    def work() -> None:
        try:
            posts = [lambda each=wallet: post(each) for wallet in wallets * 2]
            assert in_parallel(*posts) == [None] * 8
        finally:
            over.set()

    assert in_parallel(work, follow, follow) == [None, None, None]
    given += told() + told() + told()

    assert sorted(given) == entries(db)
