from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from builders import AT, a_rate, a_wallet, an_instruction, an_iso_currency, money, queries
from tael.wallet import flow_days
from tael.wallet import flow_sums as module
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.flow_days import add_up_days
from tael.wallet.flow_sums import flow_sums
from tael.wallet.operation import Operation
from tael.wallet.recharge import recharge
from tael.wallet.refund import refund

pytestmark = pytest.mark.usefixtures("db")
LATER = datetime(2999, 1, 1, tzinfo=UTC)
BEFORE = datetime(1999, 1, 1, tzinfo=UTC)
DAY = date(2026, 3, 1)


def sums(currency: str = "CNY", at: datetime = LATER, *, days: int = 1) -> list[tuple]:
    found = flow_sums(currency, since=DAY, until=DAY + timedelta(days=days), at=at)
    assert found.missing == 0
    return [(one.day, one.operation, one.amount.text) for one in found.sums]


@pytest.mark.parametrize("at", [LATER, BEFORE])  # all of it settled and added up, none of it
def test_what_was_moved_is_told_by_day_and_operation(at):
    wallet = a_wallet(free="10.00", locked="2.00")
    bought = deduct(wallet=wallet, amount=money("5.00"), instruction=an_instruction())
    refund(
        entry_id=bought.entry_id,
        amount=money("4.00"),
        instruction=an_instruction(at=AT + timedelta(days=1)),
    )

    add_up_days(at=at)
    assert sums(at=at) == [
        (DAY, Operation.RECHARGE, "12.00"),
        (DAY, Operation.DEDUCT, "5.00"),
        (DAY + timedelta(days=1), None, "4.00"),
    ]
    assert sums(at=at, days=0) == sums(at=at)[:2]


def test_an_exchange_counts_in_each_currency_by_what_moved_in_it():
    an_iso_currency("USD")
    a_rate("USD/CNY", "7")
    source = a_wallet(free="10.00", currency="USD")
    target = a_wallet(owner=source.owner)
    exchange(
        source=source, target=target, amount=money("2.00", "USD"), instruction=an_instruction()
    )

    assert sums("USD") == [(DAY, Operation.RECHARGE, "10.00"), (DAY, Operation.EXCHANGE, "2.00")]
    assert sums("CNY") == [(DAY, Operation.EXCHANGE, "14.00")]


def test_entries_that_have_settled_are_read_as_days_and_newer_ones_from_the_journal(monkeypatch):
    wallet = a_wallet(free="10.00")
    assert add_up_days(at=LATER)
    recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
    read: list[dict] = []
    whole = module._kept
    monkeypatch.setattr(module, "_kept", lambda asked: (read.append(asked), whole(asked))[1])

    assert sums(at=BEFORE) == [(DAY, Operation.RECHARGE, "11.00")]
    assert len(read) == 1


def test_sums_far_behind_are_moved_on_by_a_portion_and_what_is_missing_is_told(monkeypatch):
    wallet = a_wallet(free="10.00")
    for _ in range(6):
        recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
    monkeypatch.setattr(module, "PORTION", 2)
    monkeypatch.setattr(flow_days, "PORTION", 2)

    first, second = (flow_sums("CNY", since=DAY, until=DAY, at=LATER) for _ in range(2))

    assert [one.amount.text for one in first.sums] == ["13.00"]
    assert first.missing == 3
    assert [one.amount.text for one in second.sums] == ["15.00"]
    assert second.missing == 1
    add_up_days(at=LATER)
    assert flow_sums("CNY", since=DAY, until=DAY, at=LATER).missing == 0


def test_queries_do_not_grow_with_the_days():
    wallet = a_wallet(free="10.00")
    sums()
    for days in range(9):
        recharge(
            wallet=wallet,
            amount=money("1.00"),
            instruction=an_instruction(at=AT + timedelta(days=days)),
        )

    with queries() as seen:
        sums(days=9)

    assert len(seen) <= 4
