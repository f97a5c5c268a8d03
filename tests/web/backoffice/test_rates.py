"""Rates on pages: in force, history, and a new one within the bound that is shown."""

from __future__ import annotations

import pytest

from builders import a_currency, a_rate
from tael.channels.queries import rate_history
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-12", "I15")]


@pytest.fixture(autouse=True)
def miles(db):
    a_currency("MILES")


def post(**fields):
    sent = {"key": a_form_key(), "from_currency": "CNY", "to_currency": "MILES", **fields}
    return staff_client("admin").post("/backoffice/rates/change", sent)


def history(one: str = "CNY", other: str = "MILES") -> list[str]:
    return [f"{row.value:f}" for row in rate_history(from_currency=one, to_currency=other)]


def test_a_rate_is_set_once_and_the_old_ones_stay():
    answers = [post(value="10"), post(value="10"), post(value="9.5")]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert history() == ["9.500000000000", "10.000000000000"]
    page = staff_client("auditor").get(answers[0]["Location"])
    assert [row["value"] for row in page.context["history"]] == ["9.5", "10"]
    assert [row["value"] for row in page.context["rows"]] == ["9.5"]


def test_the_highest_rate_allowed_is_shown_and_kept():
    a_rate("MILES/CNY", "0.14")
    page = staff_client("admin").get("/backoffice/rates", {"from": "CNY", "to": "MILES"})

    beyond = post(value="7.15")
    within = post(value="7.142857142857")

    assert page.context["bound"] == "7.142857142857"
    assert "At most 7.142857142857" in page.content.decode()
    assert (beyond.status_code, beyond.context["refusal"].code) == (409, "rate_would_gain")
    assert "at most 7.142857142857" in beyond.content.decode()
    assert within.status_code == 303


@pytest.mark.parametrize("typed", ["", "0", "-1", "NaN", "1e5", "1,5", "9" * 30])
def test_nonsense_is_said_beside_its_field(typed):
    answer = post(value=typed)

    assert answer.status_code == 400
    assert answer.context["refusal"].field == "value"
    assert b"field-wrong" in answer.content
    assert history() == []


def test_a_pair_that_is_none_is_refused():
    assert post(to_currency="CNY", value="1").status_code == 400
    assert post(to_currency="XXX", value="1").status_code in {400, 404}
    page = staff_client("auditor").get("/backoffice/rates", {"from": "CNY", "to": "'"})
    assert (page.status_code, page.context["pair"]) == (400, None)
