from __future__ import annotations

from datetime import date

import pytest

from builders import STAFF
from settlement_builders import IN_NOVEMBER
from tael.parties.text import TextMalformed
from tael.settlement.accounts.calendar import business_days, calendars, exceptions, set_calendar_day
from tael.settlement.models import CalendarDay

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("A9")]
HOLIDAY = date(2026, 10, 1)  # a Thursday
SATURDAY = date(2026, 10, 10)


def set_day(day, business, **given):
    return set_calendar_day(
        **{"calendar": "china", "actor": STAFF, "at": IN_NOVEMBER, **given},
        day=day,
        business=business,
    )


def test_monday_to_friday_are_business_days_but_for_the_exceptions():
    set_day(HOLIDAY, business=False, name="國慶節")
    set_day(SATURDAY, business=True)

    china, usual = business_days("china"), business_days("default")

    assert (china(HOLIDAY), usual(HOLIDAY)) == (False, True)
    assert (china(SATURDAY), usual(SATURDAY)) == (True, False)
    assert [row.day for row in exceptions("china")] == [HOLIDAY, SATURDAY]
    assert calendars() == ["china"]


def test_the_newest_word_about_a_day_holds_and_the_same_again_is_none():
    set_day(HOLIDAY, business=False)
    set_day(HOLIDAY, business=False)
    set_day(HOLIDAY, business=True)

    assert business_days("china")(HOLIDAY)
    assert CalendarDay.objects.count() == 2
    assert exceptions("china") == []  # a Thursday again as any other


@pytest.mark.parametrize("given", [{"calendar": ""}, {"calendar": "c" * 33}, {"name": "n" * 101}])
def test_what_cannot_be_set_is_refused(given):
    with pytest.raises(TextMalformed):
        set_day(HOLIDAY, business=False, **given)

    assert not CalendarDay.objects.exists()
    assert exceptions("\0") == []
