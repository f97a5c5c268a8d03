"""Staff come in by password and telephone, and do nothing before both."""

from __future__ import annotations

import base64
import re

import pytest
from django.test import Client

from builders import STAFF
from tael.parties import queries
from tael.parties.second_factor import code_at
from tael.parties.user import accept, invite
from tael.web.access.door import BACKOFFICE_DOOR, now
from visits import a_staff_user

PASSWORD = "correct horse battery"
SIGN_IN = "/backoffice/sign-in"
FACTOR = "/backoffice/second-factor"


class Browser(Client):
    def __init__(self, **given):
        super().__init__(SERVER_NAME="localhost", **given)

    def sign_in(self, login, password=PASSWORD, **more):
        return self.post(SIGN_IN, {"login": login, "password": password, **more})

    def code(self, code, **more):
        return self.post(FACTOR, {"code": code, **more})

    @property
    def session(self):
        return self.cookies[BACKOFFICE_DOOR.cookie].value


@pytest.fixture
def user(db):
    member = a_staff_user("admin")
    link = invite(number=member.pk, actor=STAFF, at=now())
    return accept(link.text, staff=True, password=PASSWORD, at=now())


def seed_on(page):
    return re.search(r"select-all\">([A-Z2-7]{32})<", page.content.decode()).group(1)


def set_up(user):
    """A browser that has just set up the second factor, its seed and its recovery codes."""
    browser = Browser()
    browser.sign_in(user.login)
    page = browser.get(FACTOR)
    assert b"qrline" in page.content
    seed = seed_on(page)
    shown = browser.code(code_at(seed, now()))
    codes = re.findall(r"<li>([A-Z2-7-]{19})</li>", shown.content.decode())
    assert len(codes) == 10
    return browser, seed, codes


@pytest.mark.rule("T16")
def test_the_first_time_the_telephone_is_set_up(user):
    browser, _, _ = set_up(user)

    assert browser.get("/backoffice/security").status_code == 200
    assert [kept.action for kept in queries.audit_trail(subject=f"user:{user.pk}", limit=3)] == [
        "session.second_factor",
        "second_factor.make_codes",
        "second_factor.confirm",
    ]


@pytest.mark.rule("T16")
def test_before_the_second_factor_no_page_opens(user):
    browser = Browser()
    answer = browser.sign_in(user.login)

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, FACTOR)
    for address in ("/backoffice/security", "/backoffice/staff", "/backoffice/users"):
        assert browser.get(address)["Location"] == FACTOR, address
    posted = browser.post("/backoffice/security/password", {"old": PASSWORD})
    assert posted["Location"] == FACTOR


@pytest.mark.rule("T16")
def test_the_session_id_is_new_at_each_step(user):
    browser = Browser()
    browser.cookies[BACKOFFICE_DOOR.cookie] = planted = "A" * 43
    browser.sign_in(user.login)
    half_way = browser.session
    seed = seed_on(browser.get(FACTOR))
    browser.code(code_at(seed, now()))

    assert len({planted, half_way, browser.session}) == 3
    stolen = Browser()
    stolen.cookies[BACKOFFICE_DOOR.cookie] = half_way
    assert stolen.get("/backoffice/security")["Location"].startswith(SIGN_IN)


@pytest.mark.rule("T16")
def test_a_code_is_taken_once(user):
    _, seed, _ = set_up(user)
    again = Browser()
    again.sign_in(user.login)

    assert again.code(code_at(seed, now())).status_code == 403
    assert again.get("/backoffice/security")["Location"] == FACTOR


@pytest.mark.rule("T16")
def test_a_recovery_code_stands_in_once(user):
    _, _, codes = set_up(user)
    for expected in (303, 403):
        browser = Browser()
        browser.sign_in(user.login)
        assert browser.code(codes[3].lower()).status_code == expected


@pytest.mark.rule("T16")
def test_the_seed_is_not_shown_again_once_confirmed(user):
    _, seed, _ = set_up(user)
    browser = Browser()
    browser.sign_in(user.login)

    page = browser.get(FACTOR).content.decode()
    assert seed not in page
    assert "qrline" not in page


@pytest.mark.rule("T16")
def test_codes_are_looked_at_ten_times(user):
    _, _, codes = set_up(user)
    browser = Browser()
    browser.sign_in(user.login)

    answers = [browser.code("000000").status_code for _ in range(12)]
    assert answers == [403] * 10 + [429] * 2
    assert browser.code(codes[0]).status_code == 429


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "１２３４５６", "12345६", "\x00" * 6, "A" * 5000]
)
def test_what_is_no_code_is_refused_in_words(user, code):
    set_up(user)
    browser = Browser()
    browser.sign_in(user.login)

    assert browser.code(code).status_code == 403


@pytest.mark.rule("T22")
def test_seed_and_recovery_codes_are_in_no_audit_record(user, owner):
    _, seed, codes = set_up(user)
    raw = base64.b32decode(seed).hex()
    kept = " ".join(
        row[0]
        for table in ("parties_audit", "parties_recovery_code", "parties_session")
        for row in owner.execute(f"SELECT t::text FROM {table} t")
    )

    for secret in (seed, raw, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in kept
