"""Taking an entry back, in whole or in part, and never more than it moved."""

from __future__ import annotations

import threading
from datetime import timedelta

import psycopg
import pytest

from bookkeeping import FEE, NOON, Books, open_books, pay, post_one, refusal_of
from tael import ledger
from tael.postgres.connect import Databases


def take_back(connection, entry_id, amount=None, *, key="back-1", **words) -> ledger.Verdict:
    return ledger.reverse(
        connection,
        entry_id,
        key=ledger.key_of("test", key),
        actor="test",
        effective_at=NOON + timedelta(days=1),
        amount=amount,
        **words,
    )


@pytest.fixture
def payment(writer, accounts: Books) -> int:
    """Ann has paid Bob 10.00."""
    verdict = post_one(writer, pay(accounts.ann, accounts.bob, 1_000))
    assert isinstance(verdict, ledger.Posted)
    return verdict.entry_id


def test_a_whole_reversal_restores_both_sides_and_points_to_its_original(
    writer, accounts: Books, payment
):
    verdict = take_back(writer, payment, info="wrong receiver")

    assert isinstance(verdict, ledger.Posted)
    assert ledger.balances(writer, [accounts.ann, accounts.bob]) == {
        accounts.ann: 10_000,
        accounts.bob: 5_000,
    }
    record = ledger.read_entry(writer, verdict.entry_id)
    assert (record.reverses, record.info) == (payment, "wrong receiver")


def test_a_second_reversal_is_refused(writer, accounts: Books, payment):
    take_back(writer, payment)
    assert refusal_of(take_back(writer, payment, key="back-2")) == "already_reversed"


def test_the_same_reversal_again_gives_the_first_answer(writer, accounts: Books, payment):
    first = take_back(writer, payment)
    again = take_back(writer, payment)

    assert isinstance(first, ledger.Posted)
    assert isinstance(again, ledger.Replayed)
    assert again.entry_id == first.entry_id


def test_parts_add_up_to_the_original_and_no_further(writer, accounts: Books, payment):
    assert isinstance(take_back(writer, payment, 300), ledger.Posted)

    over = take_back(writer, payment, 701, key="back-2")
    assert isinstance(over, ledger.Refused)
    assert (over.refusal.code, over.refusal.there) == ("over_reversed", "700")

    assert isinstance(take_back(writer, payment, key="back-3"), ledger.Posted)
    assert ledger.balance(writer, accounts.ann) == 10_000


def test_a_part_of_nothing_or_less_is_refused(writer, accounts: Books, payment):
    assert isinstance(take_back(writer, payment, 0), ledger.Refused)
    assert isinstance(take_back(writer, payment, -5), ledger.Refused)


def test_what_was_drawn_last_comes_back_first(writer, accounts: Books):
    ledger.post(writer, [pay(accounts.bank, accounts.ann_gift, 1_000)], atomic=True)
    spent = post_one(
        writer, pay((accounts.ann_gift, accounts.ann), accounts.income, 1_500, kind=FEE)
    )
    assert isinstance(spent, ledger.Posted)

    take_back(writer, spent.entry_id, 600)
    assert ledger.balances(writer, [accounts.ann, accounts.ann_gift]) == {
        accounts.ann: 10_000,
        accounts.ann_gift: 100,
    }
    take_back(writer, spent.entry_id, key="back-2")
    assert ledger.balance(writer, accounts.ann_gift) == 1_000


def test_money_that_has_been_spent_cannot_be_taken_back(writer, accounts: Books):
    gift = post_one(writer, pay(accounts.bank, accounts.carl, 700))
    assert isinstance(gift, ledger.Posted)
    ledger.post(writer, [pay(accounts.carl, accounts.bob, 200)], atomic=True)

    verdict = take_back(writer, gift.entry_id)
    assert isinstance(verdict, ledger.Refused)
    assert isinstance(verdict.refusal, ledger.InsufficientFunds)
    assert verdict.refusal.available == 500


def test_a_reversal_is_not_reversed(writer, accounts: Books, payment):
    back = take_back(writer, payment)
    assert isinstance(back, ledger.Posted)
    assert refusal_of(take_back(writer, back.entry_id, key="back-2")) == "reversal_reversed"


def test_an_entry_that_is_not_there_cannot_be_taken_back(writer, accounts: Books):
    assert refusal_of(take_back(writer, 999_999)) == "unknown_entry"


def test_an_exchange_is_taken_back_whole_only(writer, accounts: Books):
    entry = ledger.Entry(
        kind=FEE,
        legs=(
            ledger.Leg(accounts.ann, -720),
            ledger.Leg(accounts.bank, 720),
            ledger.Leg(accounts.bank_usd, -100),
            ledger.Leg(accounts.ann_usd, 100),
        ),
        key=ledger.key_of("test", "fx"),
        effective_at=NOON,
        actor="test",
    )
    exchange = post_one(writer, entry)
    assert isinstance(exchange, ledger.Posted)

    assert refusal_of(take_back(writer, exchange.entry_id, 100)) == "over_reversed"
    assert isinstance(take_back(writer, exchange.entry_id, key="back-2"), ledger.Posted)
    assert ledger.balance(writer, accounts.ann_usd) == 0


def test_two_reversals_in_one_batch_share_what_is_left(writer, accounts: Books, payment):
    def entry(key: str, amount: int) -> ledger.Entry:
        return ledger.Entry(
            kind=ledger.REVERSAL,
            legs=(ledger.Leg(accounts.bob, -amount), ledger.Leg(accounts.ann, amount)),
            key=ledger.key_of("test", key),
            effective_at=NOON,
            actor="test",
            reverses=payment,
        )

    verdicts = ledger.post(writer, [entry("a", 600), entry("b", 600), entry("c", 400)])

    assert isinstance(verdicts[0], ledger.Posted)
    assert refusal_of(verdicts[1]) == "over_reversed"
    assert isinstance(verdicts[2], ledger.Posted)


def test_fifty_reversals_sent_twice_in_parallel_take_effect_once(db: Databases):
    """T5: as many reversals succeed as there are entries; the twins are refused."""
    with db.app() as connection:
        books = open_books(connection)
        verdicts = ledger.post(connection, [pay(books.ann, books.bob, 10) for _ in range(50)])
        connection.commit()
    originals = [verdict.entry_id for verdict in verdicts if isinstance(verdict, ledger.Posted)]
    answers: list[str] = []
    start = threading.Barrier(4)

    def reverse_all(name: str) -> None:
        with db.app() as connection:
            start.wait()
            for original in originals:
                verdict = take_back(connection, original, key=f"{name}-{original}")
                connection.commit()
                answers.append(
                    "taken back" if isinstance(verdict, ledger.Posted) else refusal_of(verdict)
                )

    threads = [threading.Thread(target=reverse_all, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert answers.count("taken back") == 50
    assert answers.count("already_reversed") == 150
    with psycopg.connect(db.app_dsn) as connection:
        assert ledger.balance(connection, books.ann) == 10_000
