"""Subtotals hold every line once, however late it takes effect, and are made again when they are gone."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from assurance.lived_in import lived_in
from builders import AT, a_busy_wallet, a_wallet, an_instruction, in_parallel, money
from tael.assurance.subtotal_proofs import SUBTOTAL_PROOFS
from tael.ledger import MAIN
from tael.money import MAX_MINOR
from tael.postgres.connect import Databases
from tael.wallet import subtotal
from tael.wallet.account_statement import Period, account_statement
from tael.wallet.recharge import recharge
from tael.wallet.subtotal import add_up, add_up_wallets, forget_subtotals, lines_beyond
from tael.wallet.transfer import transfer
from tael.wallet.wallet_search import WalletsWanted, search_wallets

HOUR = timedelta(hours=1)


def paid_in(wallet, *hours: int) -> None:
    for hour in hours:
        at = AT + hour * HOUR
        recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction(at=at))


def subtotals(db: Databases) -> list[tuple[int, int]]:
    """The number of lines of each in order of effect, and what they moved; all are proven."""
    with db.owner() as owner:
        for proof in SUBTOTAL_PROOFS:
            assert not proof.run(owner, MAIN).violations
        query = "SELECT cardinality(entries), free FROM wallet_subtotal ORDER BY wallet, from_at, from_entry"
        return owner.execute(query).fetchall()


@pytest.fixture
def of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subtotal, "LINES_MAX", 3)


@pytest.mark.usefixtures("of_three")
def test_new_lines_fill_the_last_one_before_they_begin_another(db):
    wallet = a_wallet()
    paid_in(wallet, 1, 2, 3, 4)
    assert add_up(wallet) == 4
    assert subtotals(db) == [(3, 300), (1, 100)]

    paid_in(wallet, 5, 6, 7)
    assert add_up(wallet) == 3
    assert subtotals(db) == [(3, 300), (3, 300), (1, 100)]
    assert add_up(wallet) == 0


@pytest.mark.usefixtures("of_three")
def test_late_lines_go_where_they_take_effect_and_part_what_is_full(db):
    wallet = a_wallet()
    paid_in(wallet, 10, 20, 30, 40)
    add_up(wallet)

    paid_in(wallet, 15, 5)

    assert add_up(wallet) == 2
    assert subtotals(db) == [(3, 300), (2, 200), (1, 100)]


def test_a_portion_is_the_oldest_lines(db, monkeypatch):
    monkeypatch.setattr(subtotal, "PORTION", 4)
    wallet, _ = a_busy_wallet()
    told = account_statement(wallet, Period())

    taken = []
    while done := add_up(wallet):
        taken.append(done)
        assert account_statement(wallet, Period()) == told
        assert subtotals(db)

    assert taken == [4, 4, 1]
    assert lines_beyond(wallet) == 0


def test_a_full_leaf_is_added_up_by_its_index(db, monkeypatch):
    wallet, _ = a_busy_wallet()
    monkeypatch.setattr(subtotal, "first_unindexed", lambda _: 2**62)

    assert add_up(wallet) == 9
    assert subtotals(db)


def test_two_at_a_time_add_up_once(db):
    wallet, _ = a_busy_wallet()

    taken = in_parallel(*[lambda: add_up(wallet)] * 4)

    assert sum(taken) == 9
    assert subtotals(db)


def test_the_job_adds_up_wallets_with_many_lines_only(db, monkeypatch):
    monkeypatch.setattr(subtotal, "WORTH_IT", 3)
    quiet, busy = a_wallet(), a_wallet()
    paid_in(quiet, 1, 2)
    paid_in(busy, 1, 2, 3)

    assert (add_up_wallets(), add_up_wallets()) == (3, 0)
    assert (lines_beyond(quiet), lines_beyond(busy)) == (2, 0)


def test_removed_they_are_made_again(db):
    wallet = lived_in().wallet
    add_up(wallet)
    told = account_statement(wallet, Period())
    with db.owner() as owner:
        forget_subtotals(owner)

    assert subtotals(db) == []
    assert account_statement(wallet, Period()) == told
    assert add_up(wallet) > 0
    assert account_statement(wallet, Period()) == told


def test_the_application_removes_none(db):
    with db.app() as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("DELETE FROM wallet_subtotal")


def test_what_moved_and_what_all_own_may_be_more_than_one_account_can_hold(db):
    """A balance is below ten times what one operation may move, and so is a column of the database."""
    one, other = a_wallet(), a_wallet()
    most = one.money(MAX_MINOR)
    for wallet, channel in ((one, "Alipay"), (other, "KeyCard")):
        for _ in range(8):
            recharge(wallet=wallet, amount=most, instruction=an_instruction(channel=channel))
    for source, target in [(one, other), (other, one)] * 8:
        transfer(source=source, target=target, amount=most, instruction=an_instruction())

    before = account_statement(one, Period())
    assert add_up(one) == 24
    after = account_statement(one, Period())
    (total,) = search_wallets(WalletsWanted()).totals or ()

    assert before.came == after.came == total.figures.liquid == one.money(16 * MAX_MINOR)
    assert [lines for lines, _ in subtotals(db)] == [8, 8, 8]
