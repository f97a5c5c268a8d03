"""The link of an invitation, in a browser, on both sites."""

from __future__ import annotations

import pytest
from django.test import Client

from builders import STAFF, a_customer
from tael.parties.user import invite
from tael.web.access.door import now
from visits import a_customer_user, a_staff_user

PASSWORD = "correct horse battery"


@pytest.fixture
def browser(db):
    return Client(SERVER_NAME="localhost")


def link_for(site):
    made = a_staff_user("admin") if site == "backoffice" else a_customer_user(a_customer())
    return made, invite(number=made.pk, actor=STAFF, at=now()).text


@pytest.mark.rule("T16")
@pytest.mark.parametrize("site", ["portal", "backoffice"])
def test_who_was_invited_sets_a_password_and_signs_in(browser, site):
    user, link = link_for(site)
    shown = browser.get(f"/{site}/set-password", {"link": link})
    assert (shown.status_code, user.login in shown.content.decode()) == (200, True)

    fields = {"link": link, "password": PASSWORD, "again": PASSWORD}
    assert browser.post(f"/{site}/set-password", fields)["Location"] == f"/{site}/sign-in"
    entered = browser.post(f"/{site}/sign-in", {"login": user.login, "password": PASSWORD})
    assert entered.status_code == 303
    assert browser.post(f"/{site}/set-password", fields).status_code == 404


@pytest.mark.rule("T16")
@pytest.mark.parametrize("link", ["", "x", "A" * 43, "other site"])
def test_a_worthless_link_says_so(browser, link):
    if link == "other site":
        link = link_for("backoffice")[1]

    assert browser.get("/portal/set-password", {"link": link}).status_code == 404
    fields = {"link": link, "password": PASSWORD, "again": PASSWORD}
    assert browser.post("/portal/set-password", fields).status_code == 404


@pytest.mark.parametrize(
    "typed", [("short", "short"), (PASSWORD, PASSWORD + "x"), ("", ""), ("password123",) * 2]
)
def test_a_refused_password_can_be_typed_again(browser, typed):
    _, link = link_for("portal")
    fields = {"link": link, "password": typed[0], "again": typed[1]}

    assert browser.post("/portal/set-password", fields).status_code == 400
    good = {"link": link, "password": PASSWORD, "again": PASSWORD}
    assert browser.post("/portal/set-password", good).status_code == 303
