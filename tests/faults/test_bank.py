"""T1: many threads move money between few accounts, and at no moment is the bank's total another."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

import psycopg
import pytest

from bookkeeping import CNY, pay
from faults.deadlocks import deadlocks
from properties.size import SEED, sized
from tael import ledger
from tael.postgres.connect import Databases

SECONDS = sized(1.7, 20.0, 600.0)
EACH_BEGINS_WITH = 500  # so little that many a payer is short of money
SEEN_AS_ERROR = ("wrong-total", "negative", "nil", "unexpected")
BUSY_SHARE = 0.01
RATES: dict[int, float] = {}  # transfers a second, by the number of accounts

Move = tuple[int, int, int]  # payer, receiver, amount


@dataclass
class Witness:
    """What one thread was told and has seen."""

    acknowledged: dict[UUID, Move] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)

    def error(self, sort: str, message: object) -> None:
        self.seen[sort] += 1
        self.said.append(f"{sort}: {message}")


class Bank:
    """Clients with a little money each, and threads that move it about."""

    def __init__(self, db: Databases, clients: int) -> None:
        self.db = db
        self.total = clients * EACH_BEGINS_WITH
        with db.app() as connection:
            ledger.define_currency(connection, CNY)
            openings = [
                ledger.Opening("bank", "CNY", "custody", None),
                *(ledger.Opening(f"client:{n}", "CNY", "client") for n in range(clients)),
            ]
            bank, *self.clients = ledger.open_accounts(connection, openings)
            gifts = [pay(bank, client, EACH_BEGINS_WITH) for client in self.clients]
            ledger.post(connection, gifts, atomic=True)

    def run(self, threads: int) -> list[Witness]:
        """Let the threads work until the time is over: half share commits, half have their own."""
        poster = ledger.Poster(self.db.app)
        start = threading.Barrier(threads)

        def work(number: int) -> Witness:
            with self.db.app() as connection:
                post = poster.post if number % 2 else lambda entry: post_alone(connection, entry)
                start.wait(timeout=60)
                return self._work(number, connection, post)

        try:
            with ThreadPoolExecutor(threads) as workers:
                return list(workers.map(work, range(threads)))
        finally:
            poster.close()

    def _work(
        self, number: int, connection: psycopg.Connection, post: Callable[[ledger.Entry], object]
    ) -> Witness:
        random, witness = Random(f"{SEED}-{number}"), Witness()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            try:
                if random.random() < 0.1:
                    self._look(connection, witness)
                else:
                    payer, receiver = random.sample(self.clients, 2)
                    move = (payer, receiver, random.randint(1, 200))
                    attempt = f"{number}-{witness.seen['asked']}"
                    witness.seen["asked"] += 1
                    entry = pay(*move, key=attempt)
                    post(entry)
                    witness.acknowledged[entry.key] = move
            except ledger.InsufficientFunds:
                witness.seen["short"] += 1
            except ledger.AccountBusy:
                witness.seen["busy"] += 1
            except Exception as error:  # noqa: BLE001 - that there is none is what is tested
                witness.error("unexpected", repr(error))
            finally:
                connection.rollback()
        return witness

    def _look(self, connection: psycopg.Connection, witness: Witness) -> None:
        """Read all balances in one snapshot."""
        witness.seen["reads"] += 1
        rows = connection.execute(
            "SELECT id, balance FROM ledger.account WHERE id = ANY(%s)", [self.clients]
        ).fetchall()
        balances = [balance for _, balance in rows]
        if len(balances) != len(self.clients) or None in balances:
            witness.error("nil", balances)
            return
        if sum(balances) != self.total:
            witness.error("wrong-total", f"{sum(balances)} instead of {self.total}")
        if min(balances) < 0:
            witness.error("negative", balances)

    def found(self) -> dict[UUID, Move]:
        """Every transfer that is in the journal, by its key."""
        with self.db.owner() as owner:
            rows = owner.execute(
                "SELECT k.key, payer.account, receiver.account, receiver.amount"
                " FROM ledger.entry_key AS k"
                " JOIN ledger.posting AS payer ON payer.entry = k.entry AND payer.amount < 0"
                " JOIN ledger.posting AS receiver"
                " ON receiver.entry = k.entry AND receiver.amount = -payer.amount"
                " WHERE payer.account = ANY(%s)",
                [self.clients],
            ).fetchall()
        return {key: (payer, receiver, amount) for key, payer, receiver, amount in rows}

    def balances(self) -> dict[int, int]:
        with self.db.app() as connection:
            return ledger.balances(connection, self.clients)


def post_alone(connection: psycopg.Connection, entry: ledger.Entry) -> None:
    """Post one entry in a transaction of its own."""
    ledger.post(connection, [entry], atomic=True)
    connection.commit()


@pytest.mark.own_database
@pytest.mark.timeout(300 + 2 * SECONDS)
@pytest.mark.parametrize(("threads", "clients"), [(16, 8), (32, 100)])
def test_a_bank_under_load_never_shows_another_total_and_keeps_what_it_acknowledged(
    db: Databases, threads: int, clients: int
):
    """T1: the four sorts of error of the bank test, deadlocks, and acknowledged against found."""
    bank = Bank(db, clients)

    witnesses = bank.run(threads)

    seen = sum((witness.seen for witness in witnesses), Counter())
    said = [line for witness in witnesses for line in witness.said]
    acknowledged = {key: move for each in witnesses for key, move in each.acknowledged.items()}
    expected = dict.fromkeys(bank.clients, EACH_BEGINS_WITH)
    for payer, receiver, amount in acknowledged.values():
        expected[payer] -= amount
        expected[receiver] += amount

    assert {sort: seen[sort] for sort in SEEN_AS_ERROR} == dict.fromkeys(SEEN_AS_ERROR, 0), said
    assert bank.found() == acknowledged
    assert bank.balances() == expected
    assert deadlocks(db) == 0
    assert seen["reads"] > 0
    assert seen["busy"] <= BUSY_SHARE * seen["asked"]
    if clients == 8:
        assert seen["short"] > 0  # else nobody tried to take what is not there
    tell(clients, len(acknowledged) / SECONDS, seen)


def tell(clients: int, rate: float, seen: Counter[str]) -> None:
    """Print the rate, and how it compares; on a shared machine it is no verdict."""
    RATES[clients] = rate
    lines = [f"T1 {clients} accounts: {rate:,.0f} transfers/s, {dict(seen)}, seed {SEED}"]
    if len(RATES) == 2:
        lines.append(f"T1 8 hot accounts run at {RATES[8] / RATES[100]:.0%} of the rate of 100")
    print(*lines, sep="\n")  # noqa: T201 - figures for the reader of the run
