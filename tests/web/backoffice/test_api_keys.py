"""API keys on pages: the text is shown in one answer and in no other."""

from __future__ import annotations

import pytest

from builders import a_customer, in_parallel
from tael.parties.api_key import authenticate
from tael.parties.queries import api_keys
from visits import a_staff_user, staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("T14")]


def create(client, **given):
    sent = {"key": a_form_key(), "name": "shop", "scopes": ["wallets:read"], **given}
    return client.post("/backoffice/api-keys/create", sent)


@pytest.mark.rule("T22")
def test_the_text_is_shown_once_and_works_until_the_key_is_revoked():
    client = staff_client("admin")
    made = create(client, customer=str(a_customer()))

    text = made.context["text"]
    key = authenticate(text)
    assert key.allows("wallets:read")
    assert (text in made.content.decode(), made["Cache-Control"]) == (True, "no-store")
    for where in ("api-keys", "audit", "api-keys/create"):
        assert text not in client.get(f"/backoffice/{where}").content.decode()
    where = f"/backoffice/api-keys/{key.pk}/revoke"
    assert [client.post(where, {"key": a_form_key()}).status_code for _ in range(2)] == [303, 303]
    assert authenticate(text) is None


@pytest.mark.rule("T9")
def test_two_clicks_make_one_key():
    user, key = a_staff_user("admin"), a_form_key()
    clients = [staff_client(user=user) for _ in range(3)]

    answers = in_parallel(*(lambda c=client: create(c, key=key) for client in clients))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(api_keys()) == 1
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert b"api_key_shown_before" in refused.content
    assert b"tael_" not in refused.content


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": " "}),
        ("scopes", {"scopes": []}),
        ("scopes", {"scopes": ["everything"]}),
        ("customer", {"customer": "x"}),
        ("customer", {"customer": "999"}),
    ],
)
def test_nonsense_is_said_beside_its_field(field, given):
    answer = create(staff_client("admin"), **given)

    assert answer.status_code in {400, 404}
    assert answer.context["refusal"].field == field
    assert b"field-wrong" in answer.content
    assert api_keys() == []


def test_who_may_only_look_makes_and_revokes_none():
    create(staff_client("admin"))
    (key,) = api_keys()
    client = staff_client("auditor")

    assert client.get("/backoffice/api-keys").status_code == 200
    assert create(client).status_code == 403
    where = f"/backoffice/api-keys/{key.pk}/revoke"
    assert client.post(where, {"key": a_form_key()}).status_code == 403
    unknown = staff_client("admin").post("/backoffice/api-keys/99999/revoke", {"key": a_form_key()})
    assert unknown.status_code == 404
