"""The registry of currencies on pages."""

from __future__ import annotations

import pytest

from tael import books
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-11")]


def post(where: str, **fields):
    return staff_client("admin").post(f"/backoffice/{where}", {"key": a_form_key(), **fields})


def test_currencies_and_points_are_taken_into_use_and_switched():
    iso = post("currencies/add", sort="iso", code="chf")
    points = post("currencies/add", sort="points", code="MILES", exponent="0", name="Miles")
    own = post("currencies/add", sort="money", code="GOLDG", exponent="4", name="Grams of gold")
    off = post("currencies/of/MILES/switch", to="off")

    assert {answer.status_code for answer in (iso, points, own, off)} == {303}
    states = books.currencies()
    assert states["CHF"].currency.exponent == 2
    assert (states["MILES"].currency.kind, states["MILES"].enabled) == ("points", False)
    assert states["GOLDG"].currency.exponent == 4
    post("currencies/of/MILES/switch", to="on")
    assert books.currencies()["MILES"].enabled
    assert staff_client("auditor").get("/backoffice/currencies").status_code == 200


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("code", {"sort": "iso", "code": "QQQ"}),
        ("code", {"sort": "points", "code": "USD", "exponent": "0", "name": "x"}),
        ("exponent", {"sort": "points", "code": "MILES", "exponent": "9", "name": "x"}),
        ("exponent", {"sort": "points", "code": "MILES", "exponent": "two", "name": "x"}),
        ("name", {"sort": "money", "code": "GOLDG", "exponent": "2", "name": ""}),
    ],
)
def test_nonsense_is_said_beside_its_field(field, given):
    before = set(books.currencies())

    answer = post("currencies/add", **given)

    assert answer.status_code in {400, 404, 409}
    assert answer.context["refusal"].field in {field, "currency"}
    assert set(books.currencies()) == before


def test_a_currency_that_is_not_there_cannot_be_switched():
    assert post("currencies/of/NONE/switch", to="off").status_code in {400, 404}
