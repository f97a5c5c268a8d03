"""The registry of channels on pages."""

from __future__ import annotations

import pytest

from tael.channels.queries import channel, channels
from tael.parties.queries import audit_trail
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-03")]


def post(where: str, client=None, **fields):
    sent = {"key": a_form_key(), **fields}
    return (client or staff_client("admin")).post(f"/backoffice/{where}", sent)


def test_a_channel_is_added_changed_and_switched():
    added = post("channels/add", identifier="Kiosk", name="Kiosk", currencies="CNY,USD")
    again = post("channels/add", identifier="kiosk", name="Kiosk", currencies="ALL")
    changed = post("channels/of/Kiosk/change", name="Kiosks", description="", currencies="CNY")
    for _ in range(2):
        off = post("channels/of/Kiosk/switch", to="off")

    assert (added.status_code, again.status_code, changed.status_code) == (303, 409, 303)
    assert again.context["refusal"].field == "identifier"
    row = channel("Kiosk")
    assert (row.name, row.currencies, row.enabled, off.status_code) == ("Kiosks", "CNY", False, 303)
    trail = [act.action for act in audit_trail(subject="channel:Kiosk")]
    assert trail == ["channel.disable", "channel.change", "channel.add"]
    page = staff_client("auditor").get("/backoffice/channels/of/Kiosk").content.decode()
    assert "Switched off" in page
    assert "(user:" not in page
    assert "Switch on" not in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("identifier", "1"),
        ("identifier", ""),
        ("name", ""),
        ("currencies", "CNY;USD"),
        ("currencies", "XXX"),
    ],
)
def test_nonsense_is_said_beside_its_field(field, typed):
    before = len(channels())
    sent = {"identifier": "Kiosk", "name": "Kiosk", "currencies": "ALL", field: typed}

    answer = post("channels/add", **sent)

    assert answer.status_code in {400, 404, 409}
    assert answer.context["refusal"].field == field
    assert b"field-wrong" in answer.content
    assert len(channels()) == before


def test_what_is_refused_of_a_change_is_shown_with_what_was_typed():
    name = channels()[0].identifier

    answer = post(f"channels/of/{name}/change", name="x", description="", currencies="nothing")

    assert answer.status_code in {400, 404}
    assert 'value="nothing"' in answer.content.decode()
    assert channel(name).name != "x"


def test_a_channel_that_is_not_there_is_answered_so():
    assert staff_client("auditor").get("/backoffice/channels/of/Nowhere").status_code == 404
    assert post("channels/of/Nowhere/switch", to="on").status_code == 404


@pytest.mark.rule("T14")
@pytest.mark.parametrize("role", ["finance_maker", "auditor"])
def test_who_may_only_look_changes_nothing(role):
    client, name = staff_client(role), channels()[0].identifier

    assert client.get("/backoffice/channels").status_code == 200
    assert post(f"channels/of/{name}/switch", client, to="off").status_code == 403
    assert channel(name).enabled
