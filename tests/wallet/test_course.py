"""The course of a wallet: what it held at the end of each day, by date of effect."""

from __future__ import annotations

from datetime import UTC, date, timedelta

from builders import AT, a_wallet, an_instruction, figures, money
from tael.wallet import course
from tael.wallet.course import course_of
from tael.wallet.deduct import deduct
from tael.wallet.freeze import freeze


def told(wallet):
    found = course_of(wallet, zone=UTC)
    return [
        (end.day, end.figures.liquid.text, end.figures.locked.text, end.figures.frozen.text)
        for end in found.days
    ]


def spend(wallet, amount: str, days: int) -> None:
    deduct(
        wallet=wallet,
        amount=money(amount),
        instruction=an_instruction(at=AT + timedelta(days=days)),
    )


def test_each_day_ends_with_what_was_held(db):
    wallet = a_wallet(free="100", locked="10")
    spend(wallet, "30", 2)
    freeze(wallet=wallet, amount=money("40"), instruction=an_instruction(at=AT + timedelta(days=3)))

    assert told(wallet) == [
        (date(2026, 3, 1), "110.00", "10.00", "0.00"),
        (date(2026, 3, 3), "80.00", "0.00", "0.00"),
        (date(2026, 3, 4), "40.00", "0.00", "40.00"),
    ]


def test_what_is_booked_later_for_an_earlier_day_counts_from_that_day(db):
    wallet = a_wallet(free="100")
    spend(wallet, "30", 2)
    spend(wallet, "5", 1)

    days = told(wallet)

    assert [liquid for _, liquid, _, _ in days] == ["100.00", "95.00", "65.00"]
    assert days[-1][1:] == figures(wallet)


def test_a_longer_history_begins_where_it_was_read(db, monkeypatch):
    wallet = a_wallet(free="100", locked="10")
    for day in (1, 2, 3):
        spend(wallet, "20", day)
    monkeypatch.setattr(course, "LINES_MAX", 2)

    found = course_of(wallet, zone=UTC)

    assert not found.whole
    assert [(end.day.day, end.figures.liquid.text) for end in found.days] == [(4, "50.00")]


def test_a_new_wallet_has_none(db):
    assert course_of(a_wallet(), zone=UTC) == ([], True)
