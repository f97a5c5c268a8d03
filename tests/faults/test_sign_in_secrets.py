"""Canaries: what people sign in with is planted, used and refused, and then looked for everywhere.

Source: reliability T22.
"""

from __future__ import annotations

import base64
import io
import logging
import re

import pytest
from django.test import Client

from builders import STAFF, a_customer
from tael.parties.second_factor import code_at
from tael.parties.user import invite
from tael.web.access import security
from tael.web.access.door import BACKOFFICE_DOOR, now
from tael.web.log import JsonLines
from visits import a_customer_user, a_staff_user

PASSWORD = "canary-password-9f3c"
WRONG = "canary-mistyped-77aa"
MAY_HOLD = {  # where a secret must stand, because it is used from there
    "seed": {"parties_second_factor"},
}


@pytest.fixture
def log():
    """Everything that is logged meanwhile, as the server would write it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.mark.rule("T22")
def test_no_secret_of_a_sign_in_is_found_where_it_does_not_belong(db, owner, log, monkeypatch):
    browser = Client(SERVER_NAME="localhost", raise_request_exception=False)
    member = a_staff_user("admin")
    secrets, pages = live_through(browser, member)
    secrets |= a_fault(browser, pages, monkeypatch)

    written = log.getvalue()
    assert "RuntimeError" in written, "the fault is logged"
    for name, text in secrets.items():
        assert text not in written, f"{name} in the log"
        assert not any(text in page for page in pages), f"{name} on a page"
    rows = everything(owner)
    assert len(rows) > 20
    for name, text in secrets.items():
        forms = {text, text.encode().hex()}
        if name == "seed":
            forms.add(base64.b32decode(text).hex())
        held = {table for table, kept in rows.items() if any(form in kept for form in forms)}
        assert held == MAY_HOLD.get(name, set()), name


def live_through(browser, member):
    """Set a password, mistype it, sign in, set up the telephone, use a recovery code, sign out."""
    pages = []
    secrets = {"password": PASSWORD, "mistyped": WRONG}
    link = secrets["link"] = invite(number=member.pk, actor=STAFF, at=now()).text
    typed = {"link": link, "password": PASSWORD, "again": PASSWORD}
    browser.post("/backoffice/set-password", typed)
    pages.append(browser.post("/backoffice/set-password", typed))
    entered = {"login": member.login, "password": PASSWORD}
    pages.append(browser.post("/backoffice/sign-in", entered | {"password": WRONG}))
    pages.append(browser.post("/backoffice/sign-in", entered | {"login": WRONG}))
    browser.post("/backoffice/sign-in", entered)
    secrets["half-way session"] = browser.cookies[BACKOFFICE_DOOR.cookie].value
    setting_up = browser.get("/backoffice/second-factor").content.decode()
    seed = secrets["seed"] = re.search(r"select-all\">([A-Z2-7]{32})<", setting_up).group(1)
    done = browser.post("/backoffice/second-factor", {"code": code_at(seed, now())})
    codes = re.findall(r"<li>([A-Z2-7-]{19})</li>", done.content.decode())
    secrets |= {f"recovery code {n}": code for n, code in enumerate(codes)}
    secrets |= {f"bare recovery code {n}": code.replace("-", "") for n, code in enumerate(codes)}
    secrets["session"] = browser.cookies[BACKOFFICE_DOOR.cookie].value
    secrets["csrf"] = browser.cookies["csrftoken"].value
    pages.append(browser.get("/backoffice/security"))
    pages.append(browser.post("/backoffice/security/recovery-codes", {"code": codes[0] + "x"}))
    browser.post("/backoffice/security/recovery-codes", {"code": codes[0]})
    pages.append(browser.get("/backoffice/security"))
    pages.append(browser.get("/backoffice/staff"))
    shown = [page.content.decode() for page in pages]
    # The field that was refused shows again what was typed in it, to who typed it and nobody else.
    return secrets, [page.replace(f'value="{WRONG}"', "") for page in shown]


def a_fault(browser, pages, monkeypatch):
    """Let the page fall over while a password is being changed."""
    canary = "canary-new-password-51d0"

    def fall(**_given):
        raise RuntimeError

    monkeypatch.setattr(security, "change_password", fall)
    fields = {"old": PASSWORD, "password": canary, "again": canary}
    answer = browser.post("/backoffice/security/password", fields)
    assert answer.status_code == 500
    pages.append(answer.content.decode())
    return {"new password": canary}


def everything(owner):
    """All rows of all tables, as text."""
    tables = [
        row[0]
        for row in owner.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace IN ('public'::regnamespace, 'ledger'::regnamespace)"
        )
    ]
    return {
        table: "\n".join(row[0] for row in owner.execute(f"SELECT t::text FROM {table} t"))
        for table in tables
    }


@pytest.mark.rule("T22")
def test_the_link_of_a_customers_invitation_is_in_no_log(db, owner, log):
    link = invite(number=a_customer_user(a_customer()).pk, actor=STAFF, at=now()).text
    Client(SERVER_NAME="localhost").get("/portal/set-password", {"link": link})

    assert link not in log.getvalue()
    assert not any(link in kept for kept in everything(owner).values())
