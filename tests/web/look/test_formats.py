"""Figures are easy to read and are copied as plain digits."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tael.money import Money, iso_currency
from tael.web.look.formats import called, change, figure, moment, who

CNY, JPY = iso_currency("CNY"), iso_currency("JPY")


def copied(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text)


@pytest.mark.parametrize(
    ("minor", "groups", "text"),
    [
        (0, 1, "0.00"),
        (99999, 1, "999.99"),
        (100000, 2, "1000.00"),
        (123456789, 3, "1234567.89"),
        (-123456, 2, "−1234.56"),
    ],
)
def test_thousands_are_set_apart_by_space_only(minor, groups, text):
    shown = figure(Money(minor, CNY))

    assert copied(shown) == text
    assert shown.count('class="g"') == groups


def test_a_difference_has_its_sign_and_nothing_is_shown_for_none():
    assert copied(change(Money(5, JPY))) == "+5"
    assert copied(change(Money(-1000, JPY))) == "−1000"
    assert change(Money(0, JPY)) == ""
    assert figure(None) == moment(None) == ""


def test_who_acted_is_said_by_name_and_a_kind_in_words_where_there_are_any():
    assert who("user:2", {"user:2": "Ming"}) == who("user:2", "Ming") == "Ming"
    assert (who("cli:ada", {}), who("system", ""), who(None, None)) == ("cli:ada", "the system", "")
    assert called("ride", {"ride": {"en": "Rides"}}) == "Rides"
    assert called("unheard", {"ride": {"en": "Rides"}}) == "unheard"


def test_a_moment_is_told_in_the_business_zone_and_kept_exact(settings_zone):
    shown = moment(datetime(2026, 3, 1, 20, 0, 0, 5, tzinfo=UTC))

    assert shown == '<time datetime="2026-03-01T20:00:00.000005+00:00">2026-03-02 04:00:00</time>'


@pytest.fixture
def settings_zone(monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "TAEL_TIME_ZONE", "Asia/Shanghai")
