"""The page of the sources of business records."""

from __future__ import annotations

import pytest

from tael.settlement.registry import sources
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-14")]
WHERE = "/backoffice/settlement/sources"
FORM = {"code": "shop", "name": "The shop", "zone": "Asia/Shanghai", "first_day": "2026-01-01"}


def send(client, **given):
    return client.post(f"{WHERE}/add", {"key": a_form_key(), **FORM, **given})


def test_a_source_is_registered_and_switched():
    client = staff_client("admin")

    assert send(client).status_code == 303
    client.post(f"{WHERE}/shop/switch", {"key": a_form_key(), "to": "off"})

    (row,) = sources()
    assert (row.name, row.switched_off_at is None) == ("The shop", False)
    client.post(f"{WHERE}/shop/switch", {"key": a_form_key(), "to": "on"})
    assert sources()[0].switched_off_at is None
    assert "The shop" in staff_client("support").get(WHERE).content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [({"code": ""}, "code"), ({"zone": "x"}, "zone"), ({"first_day": "soon"}, "first_day")],
)
def test_what_cannot_be_registered_stands_beside_its_field(given, field):
    answer = send(staff_client("admin"), **given)

    assert (answer.status_code, answer.context["refusal"].field) == (400, field)
    assert sources() == []


def test_a_source_is_there_once():
    client = staff_client("admin")
    send(client)

    assert send(client).status_code == 409
    assert client.post(f"{WHERE}/none/switch", {"key": a_form_key(), "to": "on"}).status_code == 404
