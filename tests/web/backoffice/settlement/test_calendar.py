"""The page of the business calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tael.settlement.accounts.calendar import business_days
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = pytest.mark.usefixtures("db")
WHERE = "/backoffice/settlement/calendar"


def send(client, **given):
    form = {"key": a_form_key(), "calendar": "china", "business": "no", "name": "National Day"}
    return client.post(f"{WHERE}/set", {**form, **given})


def test_a_holiday_is_set_and_shown():
    year = datetime.now(UTC).year  # noqa: TID251 - the page shows days from last year on
    client = staff_client("admin")

    answer = send(client, day=f"{year}-10-01")

    assert answer.status_code == 303
    assert answer["Location"] == f"{WHERE}?calendar=china"
    assert not business_days("china")(date(year, 10, 1))
    shown = staff_client("support").get(WHERE, {"calendar": "china"})
    assert [row.name for row in shown.context["rows"]] == ["National Day"]
    assert shown.context["calendars"] == ["china", "default"]


@pytest.mark.parametrize(
    ("given", "field"), [({"day": "x"}, "day"), ({"day": "2026-10-01", "calendar": ""}, "calendar")]
)
def test_what_cannot_be_set_stands_beside_its_field(given, field):
    answer = send(staff_client("admin"), **given)

    assert (answer.status_code, answer.context["refusal"].field) == (400, field)
