"""The page of the kinds of business."""

from __future__ import annotations

import pytest

from tael.settlement.registry import kinds
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-13", "B-22")]
WHERE = "/backoffice/settlement/kinds"
FORM = {"code": "phone", "name_en": "Phone", "name_hant": "電話", "unit": "min", "direction": "in"}


def send(client, **given):
    return client.post(f"{WHERE}/add", {"key": a_form_key(), **FORM, **given})


def test_a_kind_is_registered_renamed_and_switched():
    client = staff_client("admin")

    send(client)
    send(client, name_en="Calls")
    (row,) = kinds()
    assert row.names == {"en": "Calls", "zh-hant": "電話"}
    assert (row.unit, row.direction) == ("min", "in")

    client.post(f"{WHERE}/phone/switch", {"key": a_form_key(), "to": "off"})
    assert kinds()[0].switched_off_at is not None
    assert "Calls" in staff_client("support").get(WHERE).content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "A b"}, "code"),
        ({"name_en": ""}, "name_en"),
        ({"name_hans": "n" * 101}, "name_hans"),
        ({"direction": "up"}, "direction"),
        ({"unit": "u" * 21}, "unit"),
    ],
)
def test_what_cannot_be_registered_stands_beside_its_field(given, field):
    answer = send(staff_client("admin"), **given)

    assert (answer.status_code, answer.context["refusal"].field) == (400, field)
    assert kinds() == []


def test_another_unit_is_another_kind():
    client = staff_client("admin")
    send(client)

    assert send(client, unit="h").status_code == 409
