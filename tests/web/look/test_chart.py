"""A chart has every figure that it is made of, in one currency, and is drawn under the policy of a page."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from tael.money import Money, iso_currency
from tael.web.look.chart import Line, chart, chart_rows

CNY, JPY = iso_currency("CNY"), iso_currency("JPY")
DAYS = [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]


def made(**changed):
    values = [Money(-105, CNY), None, Money(123456789, CNY)]
    return chart(DAYS, [Line("<In>", changed.get("values", values), "bars", "good")])


def test_a_day_is_its_beginning_and_a_gap_stays_a_gap():
    figures = made()

    assert [at % 86400 for at in figures["at"]] == [0, 0, 0]
    assert figures["at"][2] - figures["at"][1] == 86400
    assert figures["lines"][0]["values"] == [-1.05, None, 1234567.89]
    assert (figures["currency"], figures["decimals"]) == ("CNY", 2)


def test_the_table_has_the_exact_figures_newest_first():
    assert chart_rows(made()) == [
        {"day": "2026-03-01", "values": ["1234567.89"]},
        {"day": "2026-02-28", "values": [""]},
        {"day": "2026-02-27", "values": ["-1.05"]},
    ]


def test_two_currencies_are_no_chart():
    with pytest.raises(ValueError, match="several currencies"):
        made(values=[Money(1, CNY), Money(1, JPY), None])


def test_a_line_has_a_value_for_each_day():
    with pytest.raises(ValueError, match="2 values for 3 days"):
        made(values=[None, None])


def test_without_days_nothing_is_shown(render):
    shown = render('{% include "look/chart.html" with id="c" label="x" %}', chart=chart([], []))

    assert shown.strip() == ""


def test_the_page_carries_the_figures_as_data_and_as_a_table(render):
    shown = render('{% include "look/chart.html" with id="flows" label="Flows" %}', chart=made())

    data = re.search(r'<script id="flows" type="application/json">(.*?)</script>', shown)[1]
    assert "<" not in data
    assert json.loads(data)["lines"][0]["name"] == "<In>"
    assert 'data-chart="flows"' in shown
    assert "1234567.89" in shown
    assert "style=" not in shown
