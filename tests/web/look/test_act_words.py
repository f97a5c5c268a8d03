"""What a source lists of an act is said in the reader's language; what is no word of ours stays."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from tael.settlement.lifecycles import AccrualState
from tael.web.look.act_words import VALUES, said_act
from tael.web.look.formats import said_fields, through, weekday, who


@pytest.mark.rule("B-12")
def test_every_state_of_a_record_has_a_word():
    assert {value for field, value in VALUES if field == "state"} == set(AccrualState)


def test_fields_and_values_are_said_in_the_readers_language():
    with translation.override("zh-hans"):
        assert said_fields("amount, day") == "金额, 日期"
        assert str(said_act("state", "confirmed")) == "确认成功"
        assert said_act("quantity", "13") == "13"
        assert str(weekday(5)) == "星期五"


def test_a_period_of_one_day_is_written_once():
    today = date(2026, 10, 14)
    assert through(today, today) == "2026-10-14"
    assert through(today.replace(day=1), today) == "2026-10-01 – 2026-10-14"


def test_who_has_no_name_is_said_as_the_books_have_it():
    assert who("user:2", {"user:2": "Ming"}) == "Ming"
    assert who("system", {}) == "the system"
