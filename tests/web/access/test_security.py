"""One's own security page, on both sites."""

from __future__ import annotations

import re

import pytest

from builders import STAFF, a_customer
from tael.parties import second_factor
from tael.parties import session as sessions
from tael.parties.user import accept, invite
from tael.web.access.door import PORTAL_DOOR, now
from visits import a_customer_user, a_staff_user, customer_client, staff_client

OLD, NEW = "correct horse battery", "another horse battery"
SITES = ["portal", "backoffice"]


@pytest.fixture
def browsers(db):
    """Two browsers of one user on a site, and a third of somebody else."""

    def make(site):
        staff = site == "backoffice"
        made = a_staff_user("support") if staff else a_customer_user(a_customer())
        link = invite(number=made.pk, actor=STAFF, at=now())
        user = accept(link.text, staff=staff, password=OLD, at=now())
        if staff:
            return user, staff_client(user=user), staff_client(user=user), staff_client("admin")
        here, there = (customer_client(user.customer_id, user=user) for _ in range(2))
        return user, here, there, customer_client(a_customer())

    return make


def inside(browser, site):
    return browser.get(f"/{site}/security").status_code == 200


@pytest.mark.rule("T16")
@pytest.mark.parametrize("site", SITES)
def test_a_new_password_ends_the_other_sessions(browsers, site):
    _, here, there, _ = browsers(site)
    fields = {"old": OLD, "password": NEW, "again": NEW}

    answer = here.post(f"/{site}/security/password", fields)

    assert (answer.status_code, answer["Location"]) == (303, f"/{site}/security")
    assert inside(here, site)
    assert not inside(there, site)


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"old": "wrong", "password": NEW, "again": NEW}, 400),
        ({"old": OLD, "password": NEW, "again": OLD}, 400),
        ({"old": OLD, "password": "short", "again": "short"}, 400),
        ({}, 400),
    ],
)
def test_a_refused_change_changes_nothing(browsers, site, fields, status):
    _, here, there, _ = browsers(site)

    answer = here.post(f"/{site}/security/password", fields)

    assert answer.status_code == status
    assert NEW not in answer.content.decode()
    assert inside(there, site)


@pytest.mark.rule("T16")
def test_the_old_password_is_looked_at_ten_times(browsers):
    _, here, _, _ = browsers("portal")
    wrong = {"old": "wrong", "password": NEW, "again": NEW}
    for _ in range(10):
        here.post("/portal/security/password", wrong)

    right = here.post("/portal/security/password", {**wrong, "old": OLD})
    assert (right.status_code, b"too_many_attempts" in right.content) == (429, True)
    assert right["Retry-After"] == "900"


@pytest.mark.rule("T16")
@pytest.mark.parametrize("site", SITES)
def test_one_session_is_ended_from_another(browsers, site):
    _, here, there, _ = browsers(site)
    page = here.get(f"/{site}/security").content.decode()
    (number,) = re.findall(r'name="session" value="(\d+)"', page)

    assert here.post(f"/{site}/security/sessions", {"session": number}).status_code == 303
    assert not inside(there, site)
    assert inside(here, site)


@pytest.mark.rule("T16")
@pytest.mark.parametrize("site", SITES)
def test_all_others_are_ended_together(browsers, site):
    _, here, there, stranger = browsers(site)

    assert here.post(f"/{site}/security/sessions", {"session": "others"}).status_code == 303
    assert [inside(one, site) for one in (here, there, stranger)] == [True, False, True]


@pytest.mark.rule("T14")
@pytest.mark.parametrize("number", ["foreign", "999999999", "0", "-1", "x", "", "9" * 30])
def test_anothers_session_is_answered_as_none(browsers, number):
    _, here, _, stranger = browsers("portal")
    if number == "foreign":
        text = stranger.cookies[PORTAL_DOOR.cookie].value
        number = str(sessions.find(text, staff=False, at=now()).pk)

    answer = here.post("/portal/security/sessions", {"session": number})

    assert answer.status_code == 404
    assert inside(stranger, "portal")


@pytest.mark.rule("T16")
def test_new_recovery_codes_need_a_code_and_replace_the_old(browsers):
    user, here, _, _ = browsers("backoffice")
    seed = second_factor.enrol(user, at=now()).seed
    before = second_factor.confirm(user, second_factor.code_at(seed, now()), at=now())

    refused = here.post("/backoffice/security/recovery-codes", {"code": "000000"})
    made = here.post("/backoffice/security/recovery-codes", {"code": before[0]})

    codes = re.findall(r"<li>([A-Z2-7-]{19})</li>", made.content.decode())
    assert (refused.status_code, made.status_code, len(codes)) == (400, 200, 10)
    second_factor.show(user, codes[0], at=now())
    with pytest.raises(second_factor.CodeWrong):
        second_factor.show(user, before[1], at=now())
