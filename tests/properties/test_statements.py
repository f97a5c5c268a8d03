"""A statement of any history is what a plain computation over all of its lines gives, added up or not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Cursor

from builders import AT, a_wallet, an_instruction, money
from properties.size import sized
from tael import books
from tael.assurance.subtotal_proofs import SUBTOTAL_PROOFS
from tael.ledger import MAIN
from tael.refusal import Refusal
from tael.wallet import subtotal
from tael.wallet.account_statement import (
    AccountStatement,
    DaysReversed,
    Period,
    account_statement,
)
from tael.wallet.deduct import deduct
from tael.wallet.flow import wallet_flow
from tael.wallet.freeze import freeze
from tael.wallet.kinds import OPERATIONS
from tael.wallet.operation import Operation
from tael.wallet.recharge import recharge
from tael.wallet.refund import refund
from tael.wallet.subtotal import add_up, lines_beyond
from tael.wallet.transfer import transfer
from tael.wallet.unfreeze import unfreeze
from tael.wallet.wallet import Wallet

EXAMPLES = sized(40, 500, 3000)
ACTS = ("recharge", "gift", "deduct", "freeze", "unfreeze", "transfer", "back", "refund", "add up")
HOURS = st.integers(0, 12)  # few, so that moments repeat
STEP = st.tuples(st.sampled_from(ACTS), HOURS, st.integers(1, 200))
STEPS = st.lists(STEP, min_size=10, max_size=40)
LATER = st.lists(STEP, max_size=6)
BOUND = st.none() | st.tuples(HOURS, st.sampled_from((0, 0, 0, 1)))
ASKED = st.tuples(
    BOUND,
    BOUND,
    st.sampled_from((None, Operation.RECHARGE, Operation.DEDUCT, Operation.FREEZE)),
    st.integers(1, 7),
)


class Line(NamedTuple):
    """What an entry did to the wallet, in order of effect."""

    at: datetime
    entry: int
    kind: str
    moved: tuple[int, int, int]


def at(hours: int) -> datetime:
    return AT + timedelta(hours=hours)


def live(wallet: Wallet, other: Wallet, steps: list[tuple[str, int, int]]) -> None:
    """Do what can be done; what is refused has changed nothing."""
    for act, hours, cents in steps:
        given: dict[str, Any] = {
            "amount": money(f"{cents / 100:.2f}"),
            "instruction": an_instruction(at=at(hours)),
        }
        try:
            match act:
                case "recharge":
                    recharge(wallet=wallet, **given)
                case "gift":
                    recharge(wallet=wallet, spend_only=True, **given)
                case "deduct":
                    deduct(wallet=wallet, **given)
                case "freeze":
                    freeze(wallet=wallet, **given)
                case "unfreeze":
                    unfreeze(wallet=wallet, **given)
                case "transfer":
                    transfer(source=wallet, target=other, **given)
                case "back":
                    transfer(source=other, target=wallet, **given)
                case "refund":
                    lines = wallet_flow(wallet).lines
                    refund(entry_id=lines[cents % len(lines)].record.id, **given)
                case _:
                    add_up(wallet)
        except (Refusal, ZeroDivisionError):  # the latter: nothing to refund yet
            continue


def history(wallet: Wallet) -> list[Line]:
    """Read the wallet's lines as the journal has them, with nothing in between."""
    query = """
        SELECT e.effective_at, e.id, coalesce(o.kind, e.kind),
            ARRAY(SELECT coalesce(sum(p.amount), 0)::bigint FROM unnest(%s::bigint[]) WITH ORDINALITY AS a (id, place)
                LEFT JOIN ledger.posting AS p ON p.entry = e.id AND p.account = a.id
                GROUP BY a.place ORDER BY a.place)
        FROM ledger.entry AS e LEFT JOIN ledger.entry AS o ON o.id = e.reverses
        WHERE EXISTS (SELECT FROM ledger.posting AS p WHERE p.entry = e.id AND p.account = ANY(%s))
    """
    accounts = list(wallet.accounts)
    rows = Cursor(books.connection()).execute(query, [accounts, accounts]).fetchall()
    return sorted(Line(moment, entry, kind, tuple(moved)) for moment, entry, kind, moved in rows)


def plus(lines: list[Line]) -> tuple[int, int, int]:
    """Liquid, locked and frozen after some lines."""
    free, locked, frozen = (sum(line.moved[place] for line in lines) for place in range(3))
    return free + locked, locked, frozen


def shown(figures: Any) -> tuple[int, int, int]:
    return figures.liquid.minor, figures.locked.minor, figures.frozen.minor


def compare(told: list[AccountStatement], period: Period, lines: list[Line]) -> None:
    """Compare all pages of a statement with the whole history."""
    before = [line for line in lines if period.since and line.at < period.since]
    until = [line for line in lines if not period.until or line.at < period.until]
    inside = [
        (line, plus(lines[: place + 1]))
        for place, line in enumerate(lines)
        if (period.since is None or line.at >= period.since)
        and (period.until is None or line.at < period.until)
        and (period.operation is None or OPERATIONS.get(line.kind) is period.operation)
    ]
    liquid = [line.moved[0] + line.moved[1] for line, _ in inside]
    for page in told:
        assert (shown(page.opening), shown(page.closing)) == (plus(before), plus(until))
        assert (page.records, page.came.minor, page.went.minor) == (
            len(inside),
            sum(moved for moved in liquid if moved > 0),
            sum(moved for moved in liquid if moved < 0),
        )
    assert [(line.record.id, shown(line.after)) for page in told for line in page.lines] == [
        (line.entry, after) for line, after in reversed(inside)
    ]


def pages(wallet: Wallet, period: Period, limit: int) -> list[AccountStatement]:
    told = [account_statement(wallet, period, limit=limit)]
    while told[-1].next is not None:
        told.append(account_statement(wallet, period, limit=limit, cursor=told[-1].next))
    return told


def bound(of: tuple[int, int] | None) -> datetime | None:
    """A moment of effect, or one just beside it."""
    return None if of is None else at(of[0]) + timedelta(microseconds=of[1])


@pytest.fixture
def small_subtotals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subtotal, "LINES_MAX", 3)
    monkeypatch.setattr(subtotal, "PORTION", 5)


@pytest.mark.rule("F-22", "E-03", "B-28", "B-29")
@pytest.mark.usefixtures("db", "small_subtotals")
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, later=LATER, asked=st.lists(ASKED, min_size=2, max_size=4))
def test_a_statement_is_what_all_lines_give(steps: Any, later: Any, asked: Any) -> None:
    wallet, other = a_wallet(free="5.00"), a_wallet(free="10.00")

    live(wallet, other, steps)
    while add_up(wallet):
        pass
    assert lines_beyond(wallet) == 0
    live(wallet, other, later)

    lines = history(wallet)
    for since, until, operation, limit in asked:
        period = Period(since=bound(since), until=bound(until), operation=operation)
        if period.since and period.until and period.until < period.since:
            with pytest.raises(DaysReversed):
                pages(wallet, period, limit)
        else:
            compare(pages(wallet, period, limit), period, lines)
    checks = [proof.run(books.connection(), MAIN) for proof in SUBTOTAL_PROOFS]
    assert not [check.violations for check in checks if check.violations]
