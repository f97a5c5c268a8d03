from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_busy_wallet, a_wallet, an_instruction, figures, money, queries
from tael.wallet import account_statement as module
from tael.wallet.account_statement import DaysReversed, Period, account_statement, whole_statement
from tael.wallet.deduct import deduct
from tael.wallet.flow import CursorMalformed
from tael.wallet.operation import Operation
from tael.wallet.recharge import recharge
from tael.wallet.refund import refund
from tael.wallet.subtotal import add_up, lines_beyond

pytestmark = pytest.mark.usefixtures("db")
DAY = timedelta(days=1)


def shown(of) -> tuple[str, str, str]:
    return of.liquid.text, of.locked.text, of.frozen.text


@pytest.mark.rule("F-22")
def test_a_statement_runs_from_nothing_to_what_the_wallet_holds():
    wallet, after = a_busy_wallet()

    told = account_statement(wallet, Period())

    assert shown(told.opening) == ("0.00", "0.00", "0.00")
    assert shown(told.closing) == figures(wallet) == after[-1]
    assert [shown(line.after) for line in reversed(told.lines)][1:] == after
    assert told.records == len(told.lines) == 9
    assert told.opening.liquid + told.came + told.went == told.closing.liquid


@pytest.mark.rule("F-22")
def test_a_period_opens_with_what_was_before_it_and_closes_with_what_was_at_its_end():
    wallet = a_wallet(free="10.00")
    for days, amount in ((2, "1.00"), (1, "2.00"), (3, "4.00")):  # booked in another order
        recharge(
            wallet=wallet, amount=money(amount), instruction=an_instruction(at=AT + days * DAY)
        )

    told = account_statement(wallet, Period(since=AT + DAY, until=AT + 3 * DAY))

    assert shown(told.opening)[0] == "10.00"
    assert [(one.change.liquid.text, one.after.liquid.text) for one in told.lines] == [
        ("1.00", "13.00"),
        ("2.00", "12.00"),
    ]
    assert shown(told.closing)[0] == "13.00"
    assert (told.came.text, told.went.text, told.records) == ("3.00", "0.00", 2)


def test_an_operation_asked_for_keeps_the_running_figures_and_counts_its_refunds():
    wallet = a_wallet(free="10.00")
    bought = deduct(wallet=wallet, amount=money("4.00"), instruction=an_instruction())
    refund(entry_id=bought.entry_id, instruction=an_instruction(), amount=money("1.00"))

    told = account_statement(wallet, Period(operation=Operation.DEDUCT))

    assert [(one.change.liquid.text, one.after.liquid.text) for one in told.lines] == [
        ("1.00", "7.00"),
        ("-4.00", "6.00"),
    ]
    assert (told.came.text, told.went.text, told.records) == ("1.00", "-4.00", 2)


def test_pages_neither_lose_nor_double_a_line_though_moments_repeat():
    wallet = a_wallet()
    for _ in range(7):
        recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction())

    seen, cursor = [], None
    while True:
        told = account_statement(wallet, Period(), limit=3, cursor=cursor)
        seen += [line.after.liquid.text for line in told.lines]
        cursor = told.next
        if cursor is None:
            break

    assert seen == [f"{left}.00" for left in range(7, 0, -1)]


def test_a_full_leaf_is_read_by_its_index_and_gives_the_same(monkeypatch):
    wallet, _ = a_busy_wallet()
    along_prev = account_statement(wallet, Period())
    monkeypatch.setattr(module, "first_unindexed", lambda _: 2**62)

    assert account_statement(wallet, Period()) == along_prev


def test_a_wallet_without_lines_has_a_statement_of_nothing():
    told = account_statement(a_wallet(), Period())

    assert (told.lines, told.next, told.records) == ([], None, 0)
    assert shown(told.opening) == shown(told.closing) == ("0.00", "0.00", "0.00")


@pytest.mark.parametrize(
    "cursor", ["", "1", "1.", ".1", "x.y", "1.1.1", "-99999999999999999.1", "١.1"]
)
def test_what_is_no_cursor_is_refused(cursor):
    with pytest.raises(CursorMalformed):
        account_statement(a_wallet(), Period(), cursor=cursor)


def test_queries_do_not_grow_with_the_lines():
    wallet, _ = a_busy_wallet()
    account_statement(wallet, Period())

    with queries() as few:
        account_statement(wallet, Period(), limit=2)
    with queries() as many:
        account_statement(wallet, Period(), limit=9)

    assert len(few) == len(many)


def test_a_whole_statement_is_what_its_pages_show_together_or_nothing():
    wallet, _after = a_busy_wallet()
    pages, cursor = [], None
    while True:
        told = account_statement(wallet, Period(), limit=2, cursor=cursor)
        pages += told.lines
        cursor = told.next
        if cursor is None:
            break

    whole = whole_statement(wallet, Period(), most=9)

    assert whole is not None
    assert whole.lines == pages
    assert whole_statement(wallet, Period(), most=8) is None


def a_wallet_paid_into(*days: int):
    """One yuan on each of the days, in this order of booking."""
    wallet = a_wallet()
    for day in days:
        recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction(at=AT + day * DAY))
    return wallet


def test_a_long_history_is_added_up_by_who_asks(monkeypatch):
    wallet, _ = a_busy_wallet()
    plain = account_statement(wallet, Period())
    monkeypatch.setattr(module, "AT_ONCE", 5)

    assert account_statement(wallet, Period()) == plain
    assert lines_beyond(wallet) == 0
    assert account_statement(wallet, Period()) == plain


def test_a_period_may_begin_where_a_subtotal_ends():
    wallet = a_wallet_paid_into(1, 2, 3)
    add_up(wallet)

    told = account_statement(wallet, Period(since=AT + 3 * DAY))

    assert (told.opening.liquid.text, told.closing.liquid.text) == ("2.00", "3.00")
    assert (told.records, told.came.text, len(told.lines)) == (1, "1.00", 1)


def test_a_late_line_within_a_subtotal_of_other_operations_runs_on_from_its_place():
    wallet = a_wallet_paid_into(1, 5)
    add_up(wallet)
    deduct(wallet=wallet, amount=money("0.25"), instruction=an_instruction(at=AT + 3 * DAY))

    told = account_statement(wallet, Period(operation=Operation.DEDUCT))

    assert [line.after.liquid.text for line in told.lines] == ["0.75"]
    assert told.closing.liquid.text == "1.75"


@pytest.mark.rule("B-28")
def test_a_period_that_ends_before_it_begins_has_no_figures():
    wallet = a_wallet(free="10.00")
    period = Period(since=AT + timedelta(days=2), until=AT)

    with pytest.raises(DaysReversed) as refused:
        account_statement(wallet, period)
    with pytest.raises(DaysReversed):
        whole_statement(wallet, period, most=10)

    assert (refused.value.field, refused.value.there) == ("until", AT.isoformat())
