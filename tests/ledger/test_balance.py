"""Balances now and as of any moment, by either date; statements that open and close."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bookkeeping import NOON, Books, pay, post_one, refusal_of
from tael import ledger

DAY = timedelta(days=1)


@pytest.fixture
def history(writer, accounts: Books) -> list[datetime]:
    """Four payments of Ann's; the last is booked today and took effect before all others. Booking times."""
    booked = []
    for amount, at in ((100, 1), (200, 2), (300, 3), (400, -1)):
        verdict = post_one(writer, pay(accounts.ann, accounts.bob, amount, at=NOON + at * DAY))
        assert isinstance(verdict, ledger.Posted)
        booked.append(verdict.booked_at)
    return booked


def test_as_of_a_booking_time_the_books_say_what_they_said_then(
    writer, accounts: Books, history: list[datetime]
):
    at = [ledger.balance_at(writer, accounts.ann, moment) for moment in history]
    assert at == [9_900, 9_700, 9_400, 9_000]
    assert ledger.balance_at(writer, accounts.ann, NOON - 999 * DAY) == 0


def test_as_of_a_date_of_effect_a_late_booking_counts_from_its_date(
    writer, accounts: Books, history: list[datetime]
):
    by_effect = {
        days: ledger.balance_at(writer, accounts.ann, NOON + days * DAY, axis="effective")
        for days in (-2, -1, 0, 1, 2, 3)
    }
    assert by_effect == {-2: 0, -1: -400, 0: 9_600, 1: 9_500, 2: 9_300, 3: 9_000}


def test_an_unknown_account_has_no_balance(writer, accounts: Books):
    with pytest.raises(ledger.UnknownAccount):
        ledger.balance(writer, 999_999)
    with pytest.raises(ledger.UnknownAccount):
        ledger.balance_at(writer, 999_999, NOON)


def test_the_last_lines_come_newest_first_with_the_running_balance(
    writer, accounts: Books, history: list[datetime]
):
    lines = ledger.last_lines(writer, accounts.ann, limit=3)

    assert [(line.amount, line.balance) for line in lines] == [
        (-400, 9_000),
        (-300, 9_400),
        (-200, 9_700),
    ]
    rest = ledger.last_lines(writer, accounts.ann, before=lines[-1].prev)
    assert [(line.amount, line.balance, line.version) for line in rest] == [
        (-100, 9_900, 2),
        (10_000, 10_000, 1),
    ]
    assert rest[-1].prev == 0


def test_a_page_never_starts_in_another_account(writer, accounts: Books, history: list[datetime]):
    foreign = ledger.last_lines(writer, accounts.bob)[0].posting
    assert ledger.last_lines(writer, accounts.ann, before=foreign) == []


@pytest.mark.rule("F-22")
@pytest.mark.parametrize("axis", ["booked", "effective"])
def test_a_statement_closes_where_the_next_one_opens(
    writer, accounts: Books, history: list[datetime], axis
):
    start = datetime(2000, 1, 1, tzinfo=UTC)
    middle = history[1] if axis == "booked" else NOON + DAY
    end = datetime(2100, 1, 1, tzinfo=UTC)

    first = ledger.statement(writer, accounts.ann, after=start, through=middle, axis=axis)
    second = ledger.statement(writer, accounts.ann, after=middle, through=end, axis=axis)

    assert first.opening == 0
    assert first.closing == second.opening
    assert second.closing == ledger.balance(writer, accounts.ann)
    for statement in (first, second):
        assert statement.closing == statement.opening + sum(line.amount for line in statement.lines)
        assert statement.lines[-1].balance == statement.closing
    assert len(first.lines) + len(second.lines) == 5


def test_a_closed_period_stays_closed(writer, accounts: Books):
    ledger.close_period(writer, through=NOON, actor="user:10000")
    with pytest.raises(ledger.PeriodNotAhead):
        ledger.close_period(writer, through=NOON, actor="user:10000")
    assert ledger.closed_through(writer) == NOON
    verdict = post_one(writer, pay(accounts.ann, accounts.bob, 1, at=NOON - DAY))
    assert refusal_of(verdict) == "period_closed"
