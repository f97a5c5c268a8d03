from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tael.settlement.accounts.period import ANCHOR_MAX, Cycle, Period

CYCLES = st.sampled_from(["day", "week", "month"]).flatmap(
    lambda length: st.builds(
        Cycle,
        st.just(length),
        st.integers(1, ANCHOR_MAX[length]),
        st.integers(1, 9),
        st.sampled_from([None, lambda day: day.isoweekday() < 6]),
    )
)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.rule("B-27")
@given(CYCLES, DAYS)
def test_every_day_belongs_to_one_period_and_periods_follow_without_a_gap(cycle, day):
    period = cycle.period_of(day)

    assert period.first <= day <= period.last
    assert cycle.period_of(period.first) == cycle.period_of(period.last) == period
    assert cycle.after(period).first == period.last + timedelta(days=1)
    assert cycle.before(cycle.after(period)) == period


@pytest.mark.rule("B-20")
@given(CYCLES, DAYS)
def test_a_bill_is_due_after_its_period_and_never_before_an_older_one(cycle, day):
    period = cycle.period_of(day)

    assert cycle.billed_on(period) > period.last
    assert cycle.billed_on(cycle.before(period)) <= cycle.billed_on(period)


@given(CYCLES, DAYS, st.integers(0, 400))
def test_what_is_due_is_a_run_of_periods_up_to_the_latest(cycle, since, later):
    day = since + timedelta(days=later)

    due = list(cycle.due(day, since=since))

    assert all(cycle.billed_on(period) <= day for period in due)
    assert [cycle.after(period) for period in due[:-1]] == due[1:]
    if due:
        assert (due[0], due[-1]) == (cycle.period_of(since), cycle.latest_due(day))


@pytest.mark.rule("B-27")
def test_a_driver_settles_daily_and_a_shop_from_the_15th():  # 日結, 月結
    assert Cycle("day").latest_due(date(2026, 11, 3)) == Period(
        date(2026, 11, 2), date(2026, 11, 2)
    )
    assert Cycle("month", anchor=15).latest_due(date(2026, 11, 15)) == Period(
        date(2026, 10, 15), date(2026, 11, 14)
    )


def test_a_week_that_ends_before_a_holiday_is_billed_after_it():
    def business(day: date) -> bool:
        return day.isoweekday() < 6 and not date(2026, 10, 1) <= day <= date(2026, 10, 7)

    week = Cycle("week", anchor=1, settle_after=2, business=business)

    assert week.billed_on(Period(date(2026, 9, 21), date(2026, 9, 27))) == date(2026, 9, 29)
    assert week.billed_on(Period(date(2026, 9, 28), date(2026, 10, 4))) == date(2026, 10, 9)


@pytest.mark.parametrize(
    ("length", "anchor"), [("day", 2), ("week", 8), ("month", 29), ("week", 0)]
)
def test_an_anchor_that_is_no_day_of_the_period_makes_no_cycle(length, anchor):
    with pytest.raises(ValueError, match="no such cycle"):
        Cycle(length, anchor)
