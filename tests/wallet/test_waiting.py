from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_wallet, an_instruction, money
from tael.channels.house import suspense_account
from tael.wallet.freeze import freeze
from tael.wallet.recharge_order import confirm_order, create_order
from tael.wallet.waiting import SILENT_AFTER, InSuspense, ending_holds, silent_orders, waiting

pytestmark = pytest.mark.usefixtures("db")
DAY = timedelta(days=1)


def an_order(wallet, **given) -> int:
    return create_order(
        owner=wallet.owner,
        wallet=wallet,
        amount=money("5.00"),
        instruction=an_instruction(channel="Alipay"),
        **given,
    ).pk


def test_nothing_waits_at_the_beginning():
    suspense_account("CNY")

    assert waiting(at=AT, until=AT + DAY) == (0, 0, 0, InSuspense(0, []))


@pytest.mark.rule("F-25")
def test_an_order_waits_when_nothing_has_been_heard_of_it_for_half_an_hour():
    wallet = a_wallet()
    first = an_order(wallet)
    an_order(wallet, expires_at=AT + timedelta(minutes=10))
    confirm_order(
        order=an_order(wallet),
        owner=wallet.owner,
        amount=money("5.00"),
        instruction=an_instruction(channel="Alipay", pno="GW-1"),
    )

    assert waiting(at=AT + SILENT_AFTER, until=AT).silent == 0
    late = AT + SILENT_AFTER + timedelta(seconds=1)
    assert waiting(at=late, until=AT).silent == 1
    (silent,) = silent_orders(at=late)
    assert (silent.number, silent.wallet, silent.amount) == (first, wallet.number, money("5.00"))
    assert silent_orders(at=late, before=first) == silent_orders(at=AT) == []


@pytest.mark.rule("F-30")
def test_holds_that_end_are_counted_and_listed_the_next_one_first():
    wallet = a_wallet(free="9.00")
    holds = [
        freeze(
            wallet=wallet,
            amount=money("1.00"),
            expires_at=None if days is None else AT + days * DAY,
            instruction=an_instruction(),
        ).hold
        for days in (3, None, 1, 1, 2)
    ]
    last, _never, first, second, third = holds

    assert waiting(at=AT, until=AT + 2 * DAY).holds_ending == 2
    assert [one.hold.pk for one in ending_holds(until=AT + 3 * DAY)] == [first, second, third]
    seen = ending_holds(limit=1)
    while len(seen) < 9:
        more = ending_holds(after=(seen[-1].hold.expires_at, seen[-1].hold.pk), limit=1)
        if not more:
            break
        seen += more
    assert [one.hold.pk for one in seen] == [first, second, third, last]
    assert seen[0].rest == money("1.00")
    assert seen[0].wallet == wallet
