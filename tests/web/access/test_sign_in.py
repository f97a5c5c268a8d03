"""The portal's door in a browser: cookies, sessions, links, and what strangers can plant."""

from __future__ import annotations

import pytest
from django.test import Client

from builders import STAFF, a_customer
from tael.parties.queries import audit_trail
from tael.parties.user import accept, disable, invite
from tael.web.access.door import PORTAL_DOOR, now
from visits import a_customer_user

PASSWORD = "correct horse battery"
SIGN_IN, INSIDE = "/portal/sign-in", "/portal/security"


class Browser(Client):
    def __init__(self, **given):
        super().__init__(**{"SERVER_NAME": "localhost", **given})

    def sign_in(self, login, password=PASSWORD, **more):
        return self.post(SIGN_IN, {"login": login, "password": password}, **more)

    @property
    def inside(self):
        return self.get(INSIDE).status_code == 200


@pytest.fixture
def user(db):
    made = a_customer_user(a_customer())
    link = invite(number=made.pk, actor=STAFF, at=now())
    return accept(link.text, staff=False, password=PASSWORD, at=now())


@pytest.mark.rule("T16")
def test_the_cookie_is_for_this_site_and_no_script(user):
    kept = Browser().sign_in(user.login).cookies[PORTAL_DOOR.cookie]

    assert (kept["path"], kept["httponly"], kept["samesite"]) == ("/portal/", True, "Lax")
    assert (kept["max-age"], kept["expires"], kept["secure"]) == ("", "", "")


@pytest.mark.rule("T16")
@pytest.mark.parametrize("secure", [False, True])
def test_away_from_the_machine_itself_the_cookie_travels_over_tls_alone(user, settings_of, secure):
    settings_of(ALLOWED_HOSTS=["pay.example.com"])
    browser = Browser(SERVER_NAME="pay.example.com")

    cookies = browser.sign_in(user.login, secure=secure).cookies
    assert cookies[PORTAL_DOOR.cookie]["secure"] is True
    assert cookies[PORTAL_DOOR.known_cookie]["secure"] is True


@pytest.mark.rule("T16")
def test_a_planted_session_id_is_not_taken_over(user):
    browser = Browser()
    browser.cookies[PORTAL_DOOR.cookie] = planted = "A" * 43
    browser.get(SIGN_IN)
    browser.sign_in(user.login)

    assert browser.inside
    assert browser.cookies[PORTAL_DOOR.cookie].value != planted
    attacker = Browser()
    attacker.cookies[PORTAL_DOOR.cookie] = planted
    assert not attacker.inside


@pytest.mark.rule("T16")
def test_signing_in_again_ends_the_session_before(user):
    browser = Browser()
    browser.sign_in(user.login)
    before = browser.cookies[PORTAL_DOOR.cookie].value
    browser.sign_in(user.login)

    older = Browser()
    older.cookies[PORTAL_DOOR.cookie] = before
    assert browser.inside
    assert not older.inside


@pytest.mark.rule("T16")
def test_after_signing_out_the_cookie_is_worth_nothing(user):
    browser = Browser()
    browser.sign_in(user.login)
    kept = browser.cookies[PORTAL_DOOR.cookie].value
    answer = browser.post("/portal/sign-out")

    assert (answer.status_code, answer["Location"]) == (303, SIGN_IN)
    browser.cookies[PORTAL_DOOR.cookie] = kept
    assert not browser.inside


@pytest.mark.rule("T16")
def test_a_disabled_user_is_out_at_the_next_request(user):
    browser = Browser()
    browser.sign_in(user.login)
    assert browser.inside
    disable(number=user.pk, actor=STAFF, at=now())

    assert not browser.inside


@pytest.mark.rule("T16")
def test_no_header_makes_room_for_more_tries(user):
    codes = [
        Browser()
        .sign_in(
            user.login,
            "wrong",
            headers={"X-Forwarded-For": f"10.0.0.{n}", "Forwarded": f"for=10.0.0.{n}"},
            REMOTE_ADDR=f"10.0.1.{n % 5}",
        )
        .status_code
        for n in range(12)
    ]

    assert codes == [403] * 10 + [429] * 2


@pytest.mark.rule("T16")
def test_strangers_do_not_keep_a_user_out_of_his_own_browser(user):
    browser = Browser()
    browser.sign_in(user.login)
    browser.post("/portal/sign-out")
    for _ in range(11):
        Browser().sign_in(user.login, "wrong")

    assert Browser().sign_in(user.login).status_code == 429
    assert browser.sign_in(user.login).status_code == 303


@pytest.mark.rule("T16")
def test_what_says_that_a_browser_is_known_cannot_be_made_up(user):
    for _ in range(11):
        Browser().sign_in(user.login, "wrong")
    forger = Browser()
    forger.cookies[PORTAL_DOOR.known_cookie] = f"{user.login}:1abcde:{'A' * 43}"

    assert forger.sign_in(user.login).status_code == 429


@pytest.mark.rule("T16")
def test_the_page_says_the_same_for_everybody(user):
    pages = {
        Browser().sign_in(login, "wrong").content.replace(login.encode(), b"")
        for login in (user.login, "nobody@example.com")
    }
    stripped = {page.partition(b"csrfmiddlewaretoken")[0] for page in pages}

    assert len(stripped) == 1


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/portal/security", "/portal/security"),
        ("/portal/statement?wallet=1", "/portal/statement?wallet=1"),
        ("/backoffice/", "/portal/"),
        ("https://evil.example/portal/", "/portal/"),
        ("//evil.example/portal/", "/portal/"),
        ("/portal/\\evil.example", "/portal/%5Cevil.example"),
        ("javascript:alert(1)", "/portal/"),
        ("/portal/" + "a" * 600, "/portal/"),
        ("", "/portal/"),
    ],
)
def test_a_link_leads_nowhere_but_to_this_site(user, wanted, where):
    fields = {"login": user.login, "password": PASSWORD, "next": wanted}

    assert Browser().post(SIGN_IN, fields)["Location"] == where


def test_a_form_of_another_site_is_not_taken(user):
    browser = Browser(enforce_csrf_checks=True)

    assert browser.sign_in(user.login).status_code == 403
    assert not browser.inside


@pytest.mark.parametrize("fields", [{}, {"login": "a"}, {"login": "\x00", "password": "\x00"}])
def test_an_unfinished_form_is_shown_again(db, fields):
    assert Browser().post(SIGN_IN, fields).status_code == 400


def test_the_session_names_address_and_browser_and_is_audited(user):
    browser = Browser(headers={"user-agent": "A browser\r\nforged: line <b>"})
    browser.sign_in(user.login)

    page = browser.get(INSIDE).content.decode()
    assert "127.0.0.1" in page
    assert "A browserforged: line &lt;b&gt;" in page
    assert audit_trail(actor=user.actor)[0].action == "session.begin"
