import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection as django_connection
from django.db import connections, transaction

from books.booking import AT, a_client_account, balance, coming_in
from tael import books, ledger
from tael.parties.models import Customer
from tael.web.database import database_settings


def names() -> list[str]:
    return list(Customer.objects.values_list("name", flat=True))


def a_row(name: str) -> None:
    Customer.objects.create(
        number=Customer.objects.count() + 1, name=name, registered_at=AT, registered_by="x"
    )


def test_a_posting_that_stands_alone_is_durable_when_it_returns(db, connection):
    account = a_client_account()

    posted = books.post(coming_in(account, 100))

    assert not posted.replayed
    assert ledger.balance(connection, account) == 100  # seen from another connection


def test_a_posting_inside_a_transaction_shares_its_fate(db):
    account = a_client_account()

    with transaction.atomic():
        books.post(coming_in(account, 100))
        assert balance(account) == 100
        transaction.set_rollback(True)

    assert balance(account) == 0


def test_the_same_key_gives_the_first_answer_on_either_way(db):
    account = a_client_account()
    first = books.post(coming_in(account, 100))

    with transaction.atomic():
        inside = books.post(coming_in(account, 100))
    alone = books.post(coming_in(account, 100))

    assert (inside.entry_id, alone.entry_id) == (first.entry_id, first.entry_id)
    assert inside.replayed
    assert alone.replayed
    assert balance(account) == 100


def test_a_refusal_leaves_the_callers_transaction_usable(db):
    account = a_client_account()

    with transaction.atomic():
        a_row("before")
        with pytest.raises(ledger.InsufficientFunds):
            books.post_now(coming_in(account, -1))
        a_row("after")

    assert names() == ["before", "after"]


def test_post_now_needs_the_callers_transaction(db):
    account = a_client_account()

    with pytest.raises(transaction.TransactionManagementError):
        books.post_now(coming_in(account, 100))


def test_many_threads_post_once_each(db):
    account = a_client_account()

    def one(number: int) -> int:
        try:
            return books.post(coming_in(account, 1, f"k{number % 50}")).entry_id
        finally:
            django_connection.close()

    with ThreadPoolExecutor(10) as threads:
        entries = list(threads.map(one, range(100)))

    assert len(set(entries)) == 50
    assert balance(account) == 50


def test_an_operation_that_is_refused_takes_its_rows_back(db):
    account = a_client_account()

    @books.atomic
    def row_and_money() -> None:
        a_row("written before the refusal")
        books.post_now(coming_in(account, -1))

    with transaction.atomic():
        a_row("the caller's own")
        with pytest.raises(ledger.InsufficientFunds):
            row_and_money()

    assert names() == ["the caller's own"]


def test_an_operation_is_repeated_when_its_connection_is_lost(db, owner):
    account = a_client_account()
    attempts = []

    @books.atomic
    def operation() -> object:
        attempts.append(books.connection().info.backend_pid)
        a_row("once")
        if len(attempts) == 1:
            owner.execute("SELECT pg_terminate_backend(%s)", [attempts[0]])
        return books.post_now(coming_in(account, 100))

    posted = operation()

    assert len(attempts) == 2
    assert not posted.replayed
    assert (names(), balance(account)) == (["once"], 100)


def test_an_operation_that_waits_too_long_for_a_row_is_refused_as_busy(db, owner):
    Customer.objects.create(number=1, name="held", registered_at=AT, registered_by="x")
    owner.execute("SELECT number FROM parties_customer WHERE number = 1 FOR UPDATE")

    @books.atomic
    def operation() -> None:
        books.connection().execute("SET LOCAL lock_timeout = '50ms'")
        Customer.objects.select_for_update().get(pk=1)

    with pytest.raises(books.Busy) as refused:
        operation()

    assert refused.value.retry


def test_a_rehearsal_answers_as_the_real_thing_and_leaves_nothing(db):
    account = a_client_account()
    told = []

    def operation() -> ledger.Posted | ledger.Replayed:
        a_row("rehearsed")
        transaction.on_commit(lambda: told.append("told the world"))
        return books.post(coming_in(account, 100))

    rehearsed = books.rehearse(operation)

    assert [leg.balance_after for leg in rehearsed.legs if leg.account == account] == [100]
    assert (names(), balance(account), told) == ([], 0, [])
    assert not operation().replayed  # the key is still free


def test_a_rehearsal_refuses_what_would_be_refused(db):
    account = a_client_account()

    with pytest.raises(ledger.InsufficientFunds):
        books.rehearse(lambda: books.post(coming_in(account, -1)))


def test_a_rehearsal_inside_a_transaction_takes_back_only_its_own(db):
    with transaction.atomic():
        a_row("kept")
        books.rehearse(lambda: a_row("rehearsed"))

    assert names() == ["kept"]


def test_a_rehearsal_opens_no_account_for_good(db):
    def opens() -> int:
        return books.open_account(
            code="house:income:CNY", currency="CNY", class_="house", floor=None
        )

    books.rehearse(opens)

    assert opens() in ledger.balances(books.connection(), [opens()])


def test_a_bug_is_not_repeated(db):
    attempts = []

    @books.atomic
    def operation() -> None:
        attempts.append(1)
        books.connection().execute("SELECT 1 / 0")

    with pytest.raises(psycopg.errors.DivisionByZero):
        operation()

    assert len(attempts) == 1


def test_a_deadlock_is_repeated(db, owner):
    """Two operations take two rows in opposite order; the victim runs again and both succeed."""
    for number in (1, 2):
        Customer.objects.create(
            number=number, name=str(number), registered_at=AT, registered_by="x"
        )
    both_hold_one = threading.Barrier(2, timeout=20)
    attempts = []

    @books.atomic
    def operation(first: int, second: int) -> None:
        attempts.append(first)
        Customer.objects.select_for_update().get(pk=first)
        if len(attempts) <= 2:
            both_hold_one.wait()
        Customer.objects.select_for_update().get(pk=second)

    def run(order: tuple[int, int]) -> None:
        try:
            operation(*order)
        finally:
            django_connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(run, [(1, 2), (2, 1)]))

    assert len(attempts) == 3


def test_an_operation_outlives_a_pool_of_connections_that_are_all_lost(db, owner):
    account = a_client_account()
    connections.settings["default"] = connections.configure_settings(
        {"default": database_settings(db.app_dsn, pool=4)}
    )["default"]
    connections["default"].close()
    del connections["default"]
    try:
        pool = connections["default"].pool
        pool.open()
        pool.resize(4)
        pool.wait()
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tael_app'"
        )
        owner.commit()

        posted = books.atomic(lambda: books.post_now(coming_in(account, 100)))()

        assert not posted.replayed
    finally:
        connections["default"].close()
        connections["default"].close_pool()


def test_an_operation_without_a_transaction_of_its_own_is_repeated_with_its_reads(db):
    account = a_client_account()
    broken: list[bool] = []

    @books.repeatable
    def operation() -> ledger.Posted | ledger.Replayed:
        if not broken:
            broken.append(True)
            with db.owner(autocommit=True) as owner:
                owner.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        books.connection().execute("SELECT 1")
        return books.post(coming_in(account, 100))

    assert not operation().replayed
    assert balance(account) == 100
