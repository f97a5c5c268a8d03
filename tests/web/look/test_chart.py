"""A chart has every figure that it is made of, in one currency, and is drawn under the policy of a page."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from threading import Thread
from types import ModuleType
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.template import engines
from django.test import override_settings
from django.urls import include, path
from playwright.sync_api import sync_playwright

from tael.money import Money, iso_currency
from tael.web.look.chart import Line, chart, chart_rows

CHROMIUM = shutil.which("chromium")
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


# ---------------------------------------------------------------- in a browser


PAGE = (
    '{% extends "look/base.html" %}{% block head %}{% include "look/chart_head.html" %}{% endblock %}'
    '{% block content %}{% include "look/chart.html" with id="flows" label="Flows" %}{% endblock %}'
)
PIXELS = """() => {
    const canvas = document.querySelector(".chart canvas");
    const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return dots.filter((dot, at) => at % 4 === 3 && dot > 0).length;
}"""


@pytest.fixture
def charted():
    """A server on this machine with one page: a chart."""

    def page(request):
        text = engines["django"].from_string(PAGE).render({"chart": made()}, request)
        return HttpResponse(text)

    module = ModuleType("charted_addresses")
    look = (
        [path("door", page, name="landing"), path("appearance", page, name="appearance")],
        "look",
    )
    module.urlpatterns = [path("chart", page), path("", include(look))]
    with override_settings(ROOT_URLCONF=module, ALLOWED_HOSTS=["127.0.0.1"]):
        server = make_server(
            "127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), handler_class=QuietHandler
        )
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/chart"
        server.shutdown()
        thread.join()
        server.server_close()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine")
def test_a_browser_draws_it_and_the_policy_is_never_broken(charted):
    complaints, elsewhere = [], []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-sync"]
        )
        try:
            page = chromium.new_page()
            page.on("console", lambda said: complaints.append(said.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on(
                "request",
                lambda asked: "127.0.0.1" in asked.url or elsewhere.append(asked.url),
            )
            page.goto(charted)
            page.wait_for_selector(".chart canvas", timeout=10_000)
            drawn = page.evaluate(PIXELS)
            legend = page.inner_text(".chart .u-legend")
            page.emulate_media(color_scheme="dark")
            page.wait_for_function(
                "getComputedStyle(document.documentElement).colorScheme === 'dark'", timeout=5_000
            )
            again = page.evaluate(PIXELS)
        finally:
            chromium.close()

    # the test reads the drawing back, of which a browser may say that it is slow
    assert [said for said in complaints if "willReadFrequently" not in said] == []
    assert [address for address in elsewhere if not address.startswith("data:")] == []
    assert drawn > 1000
    assert again > 1000
    assert "<In>" in legend
