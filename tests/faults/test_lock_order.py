"""T7: opposite directions, rings, holds and reversals wait for each other, but never in a circle."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import transaction

from builders import a_payee, a_rate, a_wallet, an_instruction, figures, in_parallel, money
from faults.deadlocks import deadlocks
from faults.impatience import impatient
from properties.size import sized
from tael import books
from tael.books import retry
from tael.ledger import poster
from tael.payouts.withdrawal import apply_withdrawal
from tael.postgres.connect import Databases
from tael.refusal import Refusal
from tael.wallet.card import issue_cards, redeem_card
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.freeze import freeze
from tael.wallet.hold import HoldClosed
from tael.wallet.recharge import recharge
from tael.wallet.refund import refund
from tael.wallet.transfer import transfer
from tael.wallet.unfreeze import unfreeze
from tael.wallet.wallet import Wallet
from tael.wallet.withdraw import withdraw
from tael.web.database import point

ROUNDS = sized(85, 800, 2_500)  # by each of 12 or 16 threads
FEN = "0.01"
LOCK_TIMEOUT = 0.5  # seconds
SLACK = 2.0  # seconds, on a busy machine

Naps = list[float]


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> Naps:
    """Every pause before another attempt, of the wallet's operations and of the shared commits."""
    taken: Naps = []
    watched = SimpleNamespace(sleep=taken.append)
    monkeypatch.setattr(retry, "time", watched)
    monkeypatch.setattr(poster, "time", watched)
    return taken


def pays(payer: Wallet, receiver: Wallet) -> int:
    """Pay by a commit shared with others; give the entry."""
    return transfer(
        source=payer, target=receiver, amount=money(FEN), instruction=an_instruction()
    ).entry_id


def pays_alone(payer: Wallet, receiver: Wallet) -> int:
    """Pay in a transaction of one's own, which waits for rows on a connection of its own."""
    with transaction.atomic():
        return pays(payer, receiver)


def holds(wallet: Wallet, _: Wallet) -> None:
    held = freeze(wallet=wallet, amount=money(FEN), instruction=an_instruction())
    given_back = {"wallet": wallet, "amount": money(FEN)}
    try:
        unfreeze(**given_back, hold=held.hold, instruction=an_instruction())
    except HoldClosed:  # it was the oldest one, and somebody who asked for that was quicker
        unfreeze(**given_back, instruction=an_instruction())


def holds_some(wallet: Wallet, _: Wallet) -> None:
    """Freeze, and release whichever hold is the oldest."""
    freeze(wallet=wallet, amount=money(FEN), instruction=an_instruction())
    unfreeze(wallet=wallet, amount=money(FEN), instruction=an_instruction())


def takes_back(payer: Wallet, receiver: Wallet) -> None:
    refund(entry_id=pays(payer, receiver), instruction=an_instruction())


def again_and_again(
    act: Callable[[Wallet, Wallet], object], one: Wallet, other: Wallet
) -> Callable[[], int]:
    def run() -> int:
        for _ in range(ROUNDS):
            act(one, other)
        return ROUNDS

    return run


@pytest.mark.own_database
@pytest.mark.timeout(3600)
def test_opposite_directions_with_holds_and_reversals_never_wait_in_a_circle(
    db: Databases, naps: Naps
):
    """T7: from A to B against from B to A."""
    ann, bob = a_wallet(free="100.00"), a_wallet(free="100.00")
    both_ways = [(ann, bob), (bob, ann)]
    acts = (pays, pays_alone, pays_alone, holds, holds_some, takes_back)

    done = in_parallel(*(again_and_again(act, *pair) for act in acts for pair in both_ways))

    assert done == [ROUNDS] * len(acts) * 2
    assert naps == []
    assert figures(ann) == figures(bob) == ("100.00", "0.00", "0.00")
    books.close_poster()
    assert deadlocks_beside_our_own(db) == 0


@pytest.mark.own_database
@pytest.mark.timeout(3600)
def test_a_ring_of_eight_with_holds_and_reversals_never_waits_in_a_circle(
    db: Databases, naps: Naps
):
    """T7: each pays the next one, and the last the first."""
    ring = [a_wallet(free="100.00") for _ in range(8)]
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    acts = (pays_alone, pays, pays_alone, takes_back, pays_alone, holds, pays_alone, holds_some)
    runs = [again_and_again(pays_alone, *pair) for pair in pairs]
    runs += [again_and_again(act, *pair) for act, pair in zip(acts, pairs, strict=True)]

    done = in_parallel(*runs)

    assert done == [ROUNDS] * len(runs)
    assert naps == []
    assert sum(money(figures(each)[0]).minor for each in ring) == 80_000
    assert {figures(each)[1:] for each in ring} == {("0.00", "0.00")}
    books.close_poster()
    assert deadlocks_beside_our_own(db) == 0


def deadlocks_beside_our_own(db: Databases) -> int:
    """Count them, with this thread's connection closed as well."""
    books.connection().close()
    return deadlocks(db)


def test_nobody_waits_for_a_held_row_longer_than_three_seconds(db: Databases):
    """T7: what the next test shows with half a second is what a site runs with."""
    with db.app() as application:
        assert application.execute("SHOW lock_timeout").fetchone() == ("3s",)


def test_a_session_that_holds_a_row_costs_the_others_a_busy_answer_and_leaves_nothing(
    db: Databases,
):
    """T7: whoever needs the row is told to come again within the time that a lock may take."""
    point("default", impatient(db.app_dsn, LOCK_TIMEOUT))
    ann, bob, carl = a_wallet(free="10.00"), a_wallet(free="10.00"), a_wallet(free="10.00")
    paid = pays(ann, bob)
    held = freeze(wallet=ann, amount=money("1.00"), instruction=an_instruction()).hold
    card = issue_cards(amount=money(FEN), count=1, instruction=an_instruction()).codes[0]
    mine = {"wallet": ann, "amount": money(FEN)}
    a_rate("CNY/USD", "0.14")
    dollars = {"target": a_wallet(owner=ann.owner, currency="USD"), "amount": money("1.00")}
    payee = a_payee(ann.owner)
    calls: list[Callable[[str], Any]] = [
        lambda key: recharge(**mine, instruction=an_instruction(key)),
        lambda key: deduct(**mine, instruction=an_instruction(key)),
        lambda key: withdraw(**mine, payee=payee, instruction=an_instruction(key)),
        lambda key: exchange(source=ann, **dollars, instruction=an_instruction(key)),
        lambda key: redeem_card(code=card, owner=ann.owner, instruction=an_instruction(key)),
        lambda key: apply_withdrawal(**mine, payee=payee, instruction=an_instruction(key)).receipt,
        lambda key: transfer(
            source=ann, target=bob, amount=money(FEN), instruction=an_instruction(key)
        ),
        lambda key: in_a_transaction(
            transfer, source=bob, target=ann, amount=money(FEN), instruction=an_instruction(key)
        ),
        lambda key: freeze(**mine, instruction=an_instruction(key)),
        lambda key: unfreeze(**mine, hold=held, instruction=an_instruction(key)),
        lambda key: refund(entry_id=paid, instruction=an_instruction(key)),
    ]
    requests = [
        lambda call=call, place=place: call(f"k-{place}") for place, call in enumerate(calls)
    ]
    before = written(db)

    with db.owner() as holder:
        holder.execute("SELECT FROM ledger.account WHERE id = %s FOR UPDATE", [ann.free])
        answers = in_parallel(
            *(timed(request) for request in requests),
            timed(lambda: pays_alone(bob, carl)),  # needs another row
        )
        after = written(db)
        holder.rollback()

    *refused, (neighbour, _) = answers
    assert [busy(answer) for answer, _ in refused] == [True] * len(calls), refused
    assert max(took for _, took in refused) < LOCK_TIMEOUT + SLACK
    assert isinstance(neighbour, int)
    assert after == before + 1  # the neighbour's
    assert [request().replayed for request in requests] == [False] * len(calls)


def in_a_transaction(operation: Callable[..., Any], **asked: Any) -> Any:
    with transaction.atomic():
        return operation(**asked)


def timed(request: Callable[[], Any]) -> Callable[[], tuple[Any, float]]:
    """Give the answer, or the refusal, and how long it took."""

    def run() -> tuple[Any, float]:
        began = time.monotonic()
        try:
            answer = request()
        except Refusal as refusal:
            answer = refusal
        return answer, time.monotonic() - began

    return run


def busy(answer: object) -> bool:
    return isinstance(answer, Refusal) and answer.because == "busy" and answer.retry


def written(db: Databases) -> int:
    """How many entries, holds and moves of holds there are."""
    with db.owner() as owner:
        row: psycopg.rows.TupleRow | None = owner.execute(
            "SELECT (SELECT count(*) FROM ledger.entry) + (SELECT count(*) FROM wallet_hold)"
            " + (SELECT count(*) FROM wallet_hold_move)"
        ).fetchone()
    assert row is not None
    return int(row[0])
