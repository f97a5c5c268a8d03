"""Rows of money are locked in one order, and who waits too long is told so."""

from __future__ import annotations

import pytest

from bookkeeping import open_books, pay
from tael import ledger
from tael.postgres.connect import Databases


def test_who_waits_too_long_for_an_account_is_refused_and_nothing_is_written(db: Databases):
    """T7: a session that holds a row does not hold up the others for ever."""
    with db.app() as holder, db.app() as other:
        books = open_books(holder)
        holder.commit()
        ledger.post(holder, [pay(books.ann, books.bob, 1)], atomic=True)
        other.execute("SET lock_timeout = '200ms'")
        other.commit()

        with pytest.raises(ledger.AccountBusy) as busy:
            ledger.post(other, [pay(books.bob, books.ann, 1)])
        other.rollback()
        holder.commit()

        assert busy.value.retry
        assert ledger.balance(other, books.ann) == 9_999


def test_a_twin_that_waited_finds_what_was_written_meanwhile(db: Databases):
    """The keys are read after the locks: the second of two equal requests replays the first."""
    with db.app() as first, db.app() as second:
        books = open_books(first)
        first.commit()
        entry = pay(books.ann, books.bob, 100, key="one")
        ledger.post(first, [entry], atomic=True)
        first.commit()

        verdict = ledger.post(second, [entry])[0]

        assert isinstance(verdict, ledger.Replayed)


def test_a_key_that_another_is_writing_with_other_accounts_is_in_flight(db: Databases):
    with db.app() as first, db.app() as second:
        books = open_books(first)
        first.commit()
        ledger.post(first, [pay(books.ann, books.carl, 1, key="one")], atomic=True)
        second.execute("SET lock_timeout = '200ms'")
        second.commit()

        with pytest.raises((ledger.KeyInFlight, ledger.AccountBusy)):
            ledger.post(second, [pay(books.bob, books.unplaced, 1, key="one")])
        second.rollback()
        first.commit()

        verdict = ledger.post(second, [pay(books.bob, books.unplaced, 1, key="one")])[0]
        assert isinstance(verdict, ledger.Refused)
        assert verdict.refusal.code == "key_reused"
