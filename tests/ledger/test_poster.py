"""Group commit: many callers, few commits, every one with his own verdict."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from bookkeeping import NOON, Books, open_books, pay
from tael import ledger
from tael.ledger.poster import _Waiting
from tael.ledger.write import write_unchanged
from tael.postgres.connect import Databases
from tael.refusal import Refusal


@pytest.fixture
def books(db: Databases) -> Books:
    with db.app() as connection:
        return open_books(connection)


@pytest.fixture
def poster(db: Databases) -> Iterator[ledger.Poster]:
    poster = ledger.Poster(db.app)
    yield poster
    poster.close()


def balance(db: Databases, account: int) -> int:
    with db.app() as connection:
        return ledger.balance(connection, account)


def test_a_call_returns_when_its_entry_is_durable(db: Databases, books: Books, poster):
    verdict = poster.post(pay(books.ann, books.bob, 100))

    assert isinstance(verdict, ledger.Posted)
    assert balance(db, books.ann) == 9_900


def test_a_refusal_is_raised_to_its_own_caller(db: Databases, books: Books, poster):
    with pytest.raises(ledger.InsufficientFunds):
        poster.post(pay(books.ann, books.bob, 10_001))
    assert isinstance(poster.post(pay(books.ann, books.bob, 1)), ledger.Posted)


def test_many_callers_share_commits_and_each_gets_his_own_answer(
    db: Databases, books: Books, poster
):
    def call(number: int) -> str:
        payer = books.ann if number % 2 else books.carl  # Carl has nothing
        try:
            return type(poster.post(pay(payer, books.bob, 1, key=f"call-{number}"))).__name__
        except ledger.InsufficientFunds as refusal:
            return refusal.code

    before = commits(db)
    with ThreadPoolExecutor(16) as callers:
        answers = list(callers.map(call, range(400)))

    assert answers == ["insufficient_funds", "Posted"] * 200
    assert balance(db, books.ann) == 9_800
    assert commits(db) - before < 200


def commits(db: Databases) -> int:
    """How many transactions have been given numbers, which only writers are."""
    with db.app() as connection:
        row = connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return int((row.fetchone() or (0,))[0])


def test_fifty_callers_with_one_key_have_one_effect(db: Databases, books: Books, poster):
    """T5."""
    start = threading.Barrier(50)

    def call(_: int) -> bool:
        start.wait()
        return poster.post(pay(books.ann, books.bob, 100, key="one")).replayed

    with ThreadPoolExecutor(50) as callers:
        replayed = list(callers.map(call, range(50)))

    assert replayed.count(False) == 1
    assert balance(db, books.ann) == 9_900


def test_a_caller_with_nonsense_fails_alone(db: Databases, books: Books, poster):
    """An entry that the database cannot take in (a NUL in a text) must not fail its neighbours."""
    start = threading.Barrier(8)

    def call(number: int) -> str:
        start.wait()
        info = "a\x00b" if number == 3 else ""
        try:
            return type(poster.post(pay(books.ann, books.bob, 1, info=info))).__name__
        except (psycopg.Error, Refusal) as failure:
            return type(failure).__name__

    for _ in range(5):
        with ThreadPoolExecutor(8) as callers:
            answers = list(callers.map(call, range(8)))
        assert answers.count("Posted") == 7
        start.reset()
    assert balance(db, books.ann) == 10_000 - 35


def test_a_lost_connection_is_made_anew_and_the_entry_is_booked_once(
    db: Databases, books: Books, poster
):
    poster.post(pay(books.ann, books.bob, 1))
    with db.owner() as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    verdict = poster.post(pay(books.ann, books.bob, 100, key="after"))

    assert isinstance(verdict, ledger.Posted)
    assert balance(db, books.ann) == 9_899


def test_a_commit_whose_answer_is_lost_is_found_again_under_its_key(
    db: Databases, books: Books, poster, monkeypatch: pytest.MonkeyPatch
):
    """T4: the connection breaks right after COMMIT took effect."""
    broken = []

    def deaf(connection: psycopg.Connection, *args: Any) -> None:
        write_unchanged(connection, *args)
        if not broken:
            broken.append(True)
            connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("tael.ledger.memory.write_unchanged", deaf)

    verdict = poster.post(pay(books.ann, books.bob, 100, key="one"))

    assert broken
    assert isinstance(verdict, ledger.Replayed)
    assert balance(db, books.ann) == 9_900


def test_a_database_that_stays_away_leaves_a_definite_unknown(books: Books):
    def away() -> psycopg.Connection:
        raise psycopg.OperationalError("connection refused")

    poster = ledger.Poster(away)
    with pytest.raises(ledger.OutcomeUnknown) as unknown:
        poster.post(pay(books.ann, books.bob, 100))
    assert unknown.value.retry


def test_whoever_waits_behind_a_slow_leader_never_leads_beside_him(
    db: Databases, books: Books, monkeypatch: pytest.MonkeyPatch
):
    """Two leaders on one connection would roll back what the other has acknowledged."""
    monkeypatch.setattr("tael.ledger.poster.PATIENCE_SECONDS", 0.2)
    slow, inside, most = threading.Event(), 0, 0

    class Slow(ledger.Poster):
        def _post(self, entries: list[ledger.Entry], **hurry: bool) -> list[ledger.Verdict]:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            slow.wait(1.0)
            try:
                return super()._post(entries, **hurry)
            finally:
                inside -= 1

    def call(number: int) -> str:
        try:
            return type(poster.post(pay(books.ann, books.bob, 1, key=f"k{number}"))).__name__
        except Refusal as refusal:
            return refusal.code

    poster = Slow(db.app)
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(call, range(8)))
    slow.set()
    after = call(8)
    poster.close()

    assert most == 1
    assert set(answers) <= {"Posted", "account_busy"}
    assert after == "Posted"  # nobody who left has taken the lead with him
    assert balance(db, books.ann) == 10_000 - answers.count("Posted") - 1


def test_a_held_account_costs_its_own_callers_a_busy_answer_and_the_others_a_moment(
    db: Databases, books: Books
):
    """T7: all that wait together for a held row wait once, not one after the other."""

    def impatient() -> psycopg.Connection:
        connection = db.app()
        connection.execute("SET lock_timeout = '500ms'")
        connection.commit()
        return connection

    def call(number: int) -> str:
        payer, receiver = (books.ann, books.bob) if number % 2 else (books.bank, books.carl)
        try:
            return type(poster.post(pay(payer, receiver, 1, key=f"k{number}"))).__name__
        except Refusal as refusal:
            return refusal.code

    poster = ledger.Poster(impatient)
    with db.owner() as holder:
        holder.execute("SELECT FROM ledger.account WHERE id = %s FOR UPDATE", [books.ann])
        began = time.monotonic()
        with ThreadPoolExecutor(20) as callers:
            answers = list(callers.map(call, range(20)))
        took = time.monotonic() - began
        holder.rollback()
    poster.close()

    assert answers == ["Posted", "account_busy"] * 10
    assert took < 20 * 0.5 / 2
    assert balance(db, books.ann) == 10_000


def test_callers_of_a_batch_wake_each_other_and_one_who_has_gone_holds_up_nobody(books: Books):
    first, gone, last = (_Waiting(pay(books.ann, books.bob, 1)) for _ in range(3))
    first.behind, gone.behind = gone, last
    gone.gone = True

    first.wake()
    assert not first.gate.locked()
    assert last.gate.locked()
    first.wake_next()

    assert not last.gate.locked()


def test_the_clerk_goes_home_when_nobody_comes_and_is_there_again_when_needed(
    db: Databases, books: Books, poster, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tael.ledger.poster._IDLE_SECONDS", 0.05)
    for turn in range(3):
        with ThreadPoolExecutor(8) as callers:
            list(callers.map(lambda _: poster.post(pay(books.ann, books.bob, 1)), range(40)))
        for _ in range(100):
            if poster._clerk is None:
                break
            time.sleep(0.05)
        else:
            pytest.fail("the clerk is still there")
        assert balance(db, books.ann) == 10_000 - 40 * (turn + 1)


class TestMemory:
    """What the Poster remembers may be wrong by now; then it must not matter."""

    def test_an_account_that_another_writer_has_moved(self, db: Databases, books: Books, poster):
        poster.post(pay(books.ann, books.bob, 100))
        with db.app() as other:
            ledger.post(other, [pay(books.ann, books.bob, 9_000)])

        with pytest.raises(ledger.InsufficientFunds) as refused:
            poster.post(pay(books.ann, books.bob, 901))
        posted = poster.post(pay(books.ann, books.bob, 900))

        assert refused.value.available == 900
        assert posted.legs[0].balance_after == 0

    def test_money_that_came_over_another_way_can_be_spent(
        self, db: Databases, books: Books, poster
    ):
        poster.post(pay(books.ann, books.bob, 10_000))
        with db.app() as other:
            ledger.post(other, [pay(books.bob, books.ann, 70)])

        assert poster.post(pay(books.ann, books.bob, 70)).legs[0].balance_after == 0

    def test_an_account_that_has_been_blocked_or_closed(self, db: Databases, books: Books, poster):
        poster.post(pay(books.ann, books.bob, 1))
        poster.post(pay(books.ann, books.carl, 1))
        poster.post(pay(books.carl, books.ann, 1))
        with db.owner() as owner:
            ledger.block(owner, books.ann, "debit")
            ledger.close_account(owner, books.carl)

        for payer, receiver in ((books.ann, books.bob), (books.bob, books.carl)):
            with pytest.raises(ledger.AccountBlocked):
                poster.post(pay(payer, receiver, 1))

    def test_a_period_that_has_been_closed(self, db: Databases, books: Books, poster):
        poster.post(pay(books.ann, books.bob, 1))
        with db.app() as other:
            ledger.close_period(other, through=NOON, actor="test")

        with pytest.raises(ledger.PeriodClosed):
            poster.post(pay(books.ann, books.bob, 1))

    def test_a_known_key_gives_its_first_answer_and_does_not_wait_for_it(
        self, books: Books, poster
    ):
        first = poster.post(pay(books.ann, books.bob, 100, key="once"))
        took = []
        for _ in range(5):  # a busy machine may stop one of them, not each
            began = time.monotonic()
            again = poster.post(pay(books.ann, books.bob, 100, key="once"))
            took.append(time.monotonic() - began)

        assert min(took) < 0.05
        assert again.replayed
        assert again.entry_id == first.entry_id

    def test_who_meets_others_at_his_accounts_asks_first_for_a_while(
        self, db: Databases, books: Books, poster
    ):
        poster.post(pay(books.ann, books.bob, 1))
        for _ in range(6):
            with db.app() as other:
                ledger.post(other, [pay(books.ann, books.bob, 1)])
            poster.post(pay(books.ann, books.bob, 1))

        assert poster._memory._last_detour > 1
        assert balance(db, books.ann) == 10_000 - 13
