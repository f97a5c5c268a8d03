"""T28: gift money is consumed and never leaves, by whatever chain of operations; and rounding pays nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from django.db import transaction

from builders import a_customer, a_payee, a_wallet, an_instruction, figures, money
from properties.laundering import MOVES, ask_for, branch, gained
from properties.size import SEED, sized
from properties.wallet_books import set_up_once
from properties.wallet_course import Course
from properties.wallet_desk import Model
from properties.wallet_model import Again, Ask, No, arrives
from tael import books
from tael.money import Money
from tael.payouts.withdrawal import apply_withdrawal, cancel_withdrawal
from tael.wallet.exchange import exchange
from tael.wallet.freeze import freeze
from tael.wallet.unfreeze import unfreeze
from tael.wallet.wallet import Wallet

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GIFT = Ask(
    "recharge",
    "gift",
    NOON,
    channel="System",
    with_={"wallet": "ann-cny", "amount": 3_000, "spend_only": True},
)
OWN = Ask(
    "recharge", "own", NOON, with_={"wallet": "ann-cny", "amount": 10_000, "spend_only": False}
)
CARD = Ask(
    "issue",
    "card",
    NOON,
    with_={"amount": 500, "money": "CNY", "spend_only": True, "expires_at": None},
)
STARTS = {"gift money": [GIFT, CARD], "own money": [OWN, CARD], "both": [GIFT, OWN, CARD]}
THIRD_STEPS = sized(0.1, 1.0, 1.0)  # the share of all chains of three that is carried out for real


def chains(model: Model, length: int) -> Iterator[tuple[tuple[str, ...], Model]]:
    """Every chain of so many moves at most, with the state that it leads to on paper."""
    stack = [((), model)]
    while stack:
        names, model = stack.pop()
        for name, move in MOVES.items():
            ask = ask_for(move, model, NOON)
            if ask is None:
                continue
            then = branch(model)
            try:
                then.do(ask)
            except (No, Again):
                continue
            yield (*names, name), then
            if len(names) + 1 < length:
                stack.append(((*names, name), then))


@pytest.mark.rule("F-08", "F-09", "F-27", "I7")
@pytest.mark.parametrize("start", STARTS)
def test_on_paper_no_chain_of_three_makes_gift_money_leave(start: str):
    """T28: every chain of two and three moves."""
    model = Model()
    for ask in STARTS[start]:
        model.do(ask)

    count, gains = 0, {}
    for names, then in chains(model, 3):
        count += 1
        if gained(then) > 0:
            gains[names] = gained(then)

    assert gains == {}
    assert count > 500


class Tree:
    """Carries chains out for real: each move in a savepoint, which is rolled back for the next one."""

    KEPT = ("holds", "codes", "batches", "orders", "quotes", "applications", "entries")

    def __init__(self, course: Course, random: Random) -> None:
        self.course = course
        self.random = random
        self.tried: Counter[int] = Counter()

    def grow(self, names: tuple[str, ...], length: int) -> None:
        """Try every move after these, and after each that was carried out every further one."""
        course = self.course
        model, rows, last = course.model, course.rows, course.real.last_entry
        lists = {name: list(getattr(course.real, name)) for name in self.KEPT}
        for name, move in MOVES.items():
            ask = ask_for(move, model, NOON)
            if ask is None or (len(names) == 2 and self.random.random() > THIRD_STEPS):
                continue
            course.model, before = branch(model), len(model.flows)
            with transaction.atomic():
                self.try_one(ask, (*names, name))
                if len(names) + 1 < length and len(course.model.flows) > before:
                    self.grow((*names, name), length)
                transaction.set_rollback(True)
            course.model, course.rows, course.real.last_entry = model, rows, last
            for kept, there in lists.items():
                setattr(course.real, kept, list(there))

    def try_one(self, ask: Ask, names: tuple[str, ...]) -> None:
        self.tried[len(names)] += 1
        try:
            self.course.happen(ask)
        except AssertionError as failure:
            told = f"{' > '.join(names)}: {failure} (TAEL_TEST_SEED={SEED})"
            raise AssertionError(told) from failure
        assert gained(self.course.model) <= 0, f"{' > '.join(names)} gains"


@pytest.mark.rule("F-08", "F-09", "F-27", "I7")
@pytest.mark.timeout(sized(300, 3_600, 3_600))
@pytest.mark.parametrize("start", STARTS)
def test_no_chain_of_three_makes_gift_money_leave(db, start: str):
    """T28: what the chains do on paper they do for real, and what is refused there is refused here."""
    set_up_once(NOON)
    with transaction.atomic():
        course = Course(books.connection(), NOON)
        for ask in STARTS[start]:
            course.happen(ask)
        tree = Tree(course, Random(f"{SEED} {start}"))
        tree.grow((), 3)
        transaction.set_rollback(True)

    assert tree.tried[2] > 50
    assert tree.tried[3] > 20


def a_pair(code: str) -> tuple[Wallet, Wallet]:
    owner = a_customer()
    return a_wallet(owner=owner, free="100.00"), a_wallet(owner=owner, currency=code)


def exchanged(source: Wallet, target: Wallet, minor: int) -> int:
    """Exchange, and tell what arrived; nothing when it is too little."""
    receipt = exchange(
        source=source,
        target=target,
        amount=Money(minor, source.currency),
        instruction=an_instruction(),
    )
    return receipt.received.minor


@pytest.mark.rule("F-37", "I15")
@pytest.mark.parametrize("code", ["USD", "POINT"])
def test_many_small_exchanges_buy_no_more_than_a_large_one(db, code: str):
    """T28: the smallest amount that buys anything, again and again, and all of it sold again."""
    set_up_once(NOON)
    yuan, other = a_pair(code)
    times = sized(150, 900, 900)
    least = next(minor for minor in range(1, 1_000) if arrives(minor, "CNY", code))

    bought = [exchanged(yuan, other, least) for _ in range(times)]
    back = exchanged(other, yuan, sum(bought))

    assert all(bought)
    assert back <= times * least


@pytest.mark.rule("F-37", "I15")
def test_going_round_from_one_currency_to_the_other_and_back_never_gains(db):
    """T28: all of it there and back, from many an awkward amount."""
    set_up_once(NOON)
    yuan, dollars = a_pair("USD")
    random, held = Random(SEED), 10_000
    for _ in range(sized(60, 2_000, 2_000)):
        part = random.randint(min(50, held), held)
        held += exchanged(dollars, yuan, exchanged(yuan, dollars, part)) - part
        if held < 100:
            break

        assert held <= 10_000, f"TAEL_TEST_SEED={SEED}"
    assert figures(yuan)[0] == f"{held / 100:.2f}"
    assert held < 10_000


@pytest.mark.rule("F-31", "F-33", "I13")
def test_setting_aside_and_giving_back_again_and_again_changes_nothing(db):
    """T28: withdrawals applied for and cancelled, holds made and released."""
    wallet = a_wallet(free="100.00", locked="30.00")
    payee = a_payee(wallet.owner)
    for _ in range(sized(25, 500, 500)):
        amount = {"wallet": wallet, "amount": money("99.99")}
        applied = apply_withdrawal(**amount, payee=payee, instruction=an_instruction())
        cancel_withdrawal(
            number=applied.withdrawal.pk, owner=wallet.owner, instruction=an_instruction()
        )
        freeze(**amount, instruction=an_instruction())
        unfreeze(**amount, instruction=an_instruction())

    assert figures(wallet) == ("130.00", "30.00", "0.00")
