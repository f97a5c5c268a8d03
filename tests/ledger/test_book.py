"""Several books, what the application's role may do in one, and room for further entries."""

from __future__ import annotations

import threading
from itertools import product
from typing import ClassVar

import psycopg
import pytest
from psycopg import sql

from bookkeeping import CNY, NOON, open_books, pay, post_one
from tael import ledger
from tael.ledger.leaves import first_unindexed
from tael.postgres.connect import Databases

NORTH, SOUTH = ledger.Book("north"), ledger.Book("south")
TABLES = ("account", "currency", "entry", "entry_key", "entry_note", "period", "posting")


@pytest.fixture
def two_books(owner: psycopg.Connection) -> dict[ledger.Book, int]:
    """Two books with a customer each, who has 100.00 CNY."""
    customers = {}
    for book in (NORTH, SOUTH):
        ledger.create_book(owner, book)
        ledger.grant(owner, book)
        ledger.define_currency(owner, CNY, book=book)
        bank = ledger.open_account(
            owner, code="bank", currency="CNY", class_="custody", floor=None, book=book
        )
        customers[book] = ledger.open_account(
            owner, code="customer", currency="CNY", class_="client", book=book
        )
        ledger.post(owner, [pay(bank, customers[book], 10_000)], book=book, atomic=True)
    owner.commit()
    return customers


def between(connection, payer, receiver, amount, *, key="t"):
    return ledger.transfer_between(
        connection,
        payer=payer,
        receiver=receiver,
        amount=amount,
        key=ledger.key_of("test", key),
        effective_at=NOON,
        actor="test",
    )


def clearing(connection, book: ledger.Book, other: ledger.Book) -> int:
    code = f"clearing:{other.name}:CNY"
    return ledger.accounts(connection, codes=[code], book=book)[0].balance


def allowed(connection: psycopg.Connection, statement: str) -> bool:
    """Whether the application may run a statement; it is taken back."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue):
        return False
    return True


class TestSeveralBooks:
    @pytest.mark.usefixtures("two_books")
    def test_each_is_listed_and_proved_on_its_own(self, connection):
        assert ledger.books(connection) == [ledger.MAIN, NORTH, SOUTH]
        assert all(ledger.integrity.check(connection, book) == [] for book in (NORTH, SOUTH))

    def test_money_goes_from_one_to_another_and_the_clearing_accounts_mirror(
        self, two_books, connection
    ):
        between(connection, (NORTH, two_books[NORTH]), (SOUTH, two_books[SOUTH]), 2_500)
        connection.commit()

        assert ledger.balance(connection, two_books[NORTH], book=NORTH) == 7_500
        assert ledger.balance(connection, two_books[SOUTH], book=SOUTH) == 12_500
        assert clearing(connection, NORTH, SOUTH) == 2_500
        assert clearing(connection, SOUTH, NORTH) == -2_500

    def test_the_same_transfer_again_moves_nothing(self, two_books, connection):
        for _ in range(2):
            given, taken = between(
                connection, (SOUTH, two_books[SOUTH]), (NORTH, two_books[NORTH]), 5
            )
        assert given.replayed
        assert taken.replayed
        assert clearing(connection, SOUTH, NORTH) == 5

    def test_a_refusal_in_one_book_leaves_the_other_as_it_was(self, two_books, connection):
        with pytest.raises(ledger.InsufficientFunds), connection.transaction():
            between(connection, (SOUTH, two_books[SOUTH]), (NORTH, two_books[NORTH]), 10_001)
        assert ledger.balance(connection, two_books[NORTH], book=NORTH) == 10_000

    def test_a_currency_with_other_decimals_in_the_other_book_does_not_grow_on_its_way(
        self, two_books, owner
    ):
        owner.execute("UPDATE south.currency SET exponent = 0")  # CNY: 25.00 there would be 2500
        with pytest.raises(ledger.CurrencyTaken) as refused:
            between(owner, (NORTH, two_books[NORTH]), (SOUTH, two_books[SOUTH]), 2_500)
        assert refused.value.there == "0 decimals, money"
        assert ledger.balance(owner, two_books[NORTH], book=NORTH) == 10_000

    def test_one_book_is_no_pair(self, two_books, connection):
        with pytest.raises(ValueError, match="two of them"):
            between(connection, (NORTH, two_books[NORTH]), (NORTH, two_books[NORTH]), 5)

    def test_opposite_transfers_at_once_never_wait_in_a_circle(self, two_books, db: Databases):
        failures: list[BaseException] = []

        def run(payer: ledger.Book, receiver: ledger.Book) -> None:
            try:
                with db.app() as connection:
                    for at in range(60):
                        between(
                            connection,
                            (payer, two_books[payer]),
                            (receiver, two_books[receiver]),
                            1,
                            key=f"{payer.name}-{at}",
                        )
                        connection.commit()
            except Exception as failure:  # noqa: BLE001 - reported below
                failures.append(failure)

        threads = [
            threading.Thread(target=run, args=pair) for pair in ((NORTH, SOUTH), (SOUTH, NORTH))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failures == []

    @pytest.mark.parametrize("name", ["", "pg_x", "Ledger", "a b", 'a"b', "a;b", "1a"])
    def test_a_name_that_is_no_plain_schema_is_no_book(self, name):
        with pytest.raises(ValueError, match="a book is named"):
            ledger.Book(name)

    def test_a_book_has_no_triggers_and_no_foreign_keys_so_that_it_may_live_on_its_own_node(
        self, owner
    ):
        triggers = owner.execute(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relnamespace = 'ledger'::regnamespace"
        ).fetchall()
        foreign_keys = owner.execute(
            "SELECT conname FROM pg_constraint"
            " WHERE contype = 'f' AND connamespace = 'ledger'::regnamespace"
        ).fetchall()
        assert (triggers, foreign_keys) == ([], [])


class TestPrivileges:
    """I11: the application's role adds to the journal and can never change or remove a row of it."""

    VERBS: ClassVar = {
        "UPDATE": "UPDATE ledger.{table} SET {column} = {column}",
        "DELETE": "DELETE FROM ledger.{table}",
        "TRUNCATE": "TRUNCATE ledger.{table}",
        "DROP": "DROP TABLE ledger.{table} CASCADE",
        "ALTER": "ALTER TABLE ledger.{table} ADD COLUMN more int",
        "DISABLE TRIGGER": "ALTER TABLE ledger.{table} DISABLE TRIGGER ALL",
        "CREATE TRIGGER": (
            "CREATE TRIGGER t BEFORE INSERT ON ledger.{table} FOR EACH ROW"
            " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        ),
        "OWNER": "ALTER TABLE ledger.{table} OWNER TO tael_app",
    }
    COLUMNS: ClassVar = {
        "account": "floor",
        "currency": "exponent",
        "entry": "kind",
        "entry_key": "digest",
        "entry_note": "info",
        "period": "closed_by",
        "posting": "amount",
    }

    def test_no_verb_but_insert_and_select_is_allowed(self, connection):
        went_through = [
            f"{verb} on {table}"
            for table, verb in product(TABLES, self.VERBS)
            if allowed(connection, self.VERBS[verb].format(table=table, column=self.COLUMNS[table]))
        ]
        assert went_through == []

    def test_a_right_cannot_be_given_to_oneself(self, connection):
        for table in TABLES:
            connection.execute(f"GRANT ALL ON ledger.{table} TO tael_app")  # warns, grants nothing
        granted = connection.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE table_schema = 'ledger' AND grantee = 'tael_app'"
            " AND privilege_type NOT IN ('SELECT', 'INSERT')"
        ).fetchall()
        assert granted == []

    def test_no_way_around_is_open(self, connection):
        ways = (
            "INSERT INTO ledger.account (code, currency, class, balance) VALUES ('x', 'CNY', 'client', 5)",
            "UPDATE ledger.account SET currency = 'USD'",
            "UPDATE ledger.account SET blocked = 'none'",
            "UPDATE ledger.account SET id = 5",
            "SET session_replication_role = replica",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "CREATE TABLE public.t (a int)",
            "CREATE TABLE ledger.t (a int)",
            "SET ROLE postgres",
        )
        assert [way for way in ways if allowed(connection, way)] == []

    def test_the_leaves_are_as_closed_as_the_table(self, connection):
        for verb in ("UPDATE {} SET amount = 1", "DELETE FROM {}", "TRUNCATE {}"):
            statement = sql.SQL(verb).format(sql.Identifier("ledger", "posting_0"))
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                connection.transaction(),
            ):
                connection.execute(statement)


class TestLeaves:
    """The journal's partitions are made ahead and indexed when they are full."""

    SMALL = ledger.Book("small")

    @pytest.fixture
    def small(self, owner, connection) -> int:
        """A book whose leaves hold ten entries or twenty lines, and an account with a long history."""
        ledger.create_book(owner, self.SMALL, entries_in_leaf=10, postings_in_leaf=20)
        ledger.grant(owner, self.SMALL)
        owner.commit()
        books = open_books(connection, self.SMALL)
        for at in range(40):
            ledger.post(connection, [pay(books.bank, books.carl, at + 1)], book=self.SMALL)
            connection.commit()
        for _ in range(3):
            batch = [pay(books.bank, books.carl, 1) for _ in range(7)]
            ledger.post(connection, batch, book=self.SMALL)
            connection.commit()
        return books.carl

    def test_entries_never_run_out_of_room(self, small, connection):
        assert ledger.balance(connection, small, book=self.SMALL) == sum(range(41)) + 21
        assert ledger.integrity.check(connection, self.SMALL) == []

    def test_full_leaves_get_their_index_once_and_history_reads_the_same(
        self, small, connection, owner
    ):
        before = ledger.last_lines(connection, small, limit=100, book=self.SMALL)
        moment = before[30].booked_at
        as_of = ledger.balance_at(connection, small, moment, book=self.SMALL)
        period = ledger.statement(
            connection, small, after=before[50].booked_at, through=moment, book=self.SMALL
        )
        connection.commit()

        built = ledger.index_full_leaves(owner, book=self.SMALL)

        assert built > 3
        assert ledger.index_full_leaves(owner, book=self.SMALL) == 0
        assert first_unindexed(connection, book=self.SMALL) == built * 20
        assert ledger.last_lines(connection, small, limit=100, book=self.SMALL) == before
        assert ledger.balance_at(connection, small, moment, book=self.SMALL) == as_of
        assert (
            ledger.statement(
                connection, small, after=before[50].booked_at, through=moment, book=self.SMALL
            )
            == period
        )

    def test_writers_that_fill_a_leaf_at_the_same_time_make_the_next_one_once(
        self, small, db: Databases
    ):
        failures: list[BaseException] = []

        def run() -> None:
            try:
                with db.app() as connection:
                    bank = ledger.accounts(connection, codes=["bank"], book=self.SMALL)[0].id
                    for _ in range(30):
                        ledger.post(connection, [pay(bank, small, 1)], book=self.SMALL, atomic=True)
                        connection.commit()
            except Exception as failure:  # noqa: BLE001 - reported below
                failures.append(failure)

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failures == []
        with db.app() as connection:
            assert ledger.balance(connection, small, book=self.SMALL) == sum(range(41)) + 21 + 120


def test_the_post_of_one_book_does_not_touch_another(two_books, connection):
    bank = ledger.accounts(connection, codes=["bank"], book=NORTH)[0].id
    verdict = ledger.post(connection, [pay(bank, two_books[NORTH], 1)], book=NORTH)[0]
    assert isinstance(verdict, ledger.Posted)
    assert ledger.balance(connection, two_books[SOUTH], book=SOUTH) == 10_000
    assert isinstance(post_one(connection, pay(bank, two_books[NORTH], 1)), ledger.Refused)
