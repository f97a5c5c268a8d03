"""Signing in by an API key: what is kept, what is refused, and when it ends."""

from __future__ import annotations

import pytest
from django.core import signing

from builders import AT, STAFF, a_customer, a_wallet
from tael.parties.api_key import authenticate, revoke_api_key
from tael.parties.customer import disable
from tael.web.pages.sign_in_cookie import COOKIE, LIFE_SECONDS


def test_who_is_not_signed_in_is_asked_to_and_then_brought_where_he_wanted(visitor, make_key):
    a_wallet()
    response = visitor.get("/wallets/100001?operation=deduct")
    assert response.status_code == 302
    assert response["location"] == "/sign-in?next=%2Fwallets%2F100001%3Foperation%3Ddeduct"

    page = visitor.read(response["location"])
    assert 'value="/wallets/100001?operation=deduct"' in page
    done = visitor.send("/sign-in", {"key": make_key(), "next": "/wallets/100001?operation=deduct"})

    assert (done.status_code, done["location"]) == (302, "/wallets/100001?operation=deduct")
    assert "Wallet 100001" in visitor.read(done["location"])


@pytest.mark.parametrize("key", ["", "x", "tael_" + "x" * 43, " "])
def test_another_text_than_a_key_signs_nobody_in(visitor, key):
    response = visitor.sign_in(key)

    assert response.status_code == 403
    assert "no API key that may be used" in response.content.decode()
    assert COOKIE not in visitor.cookies


def test_blanks_around_a_copied_key_do_not_matter(visitor, make_key):
    assert visitor.sign_in(f" {make_key()}\n").status_code == 302


def test_the_cookie_holds_the_keys_number_and_no_script_can_read_it(visitor, make_key):
    key = make_key()
    visitor.sign_in(key)

    cookie = visitor.cookies[COOKIE]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["max-age"]) == ("Lax", LIFE_SECONDS)
    assert key not in cookie.value
    assert cookie.value.startswith(f"{authenticate(key).pk}:")
    assert not cookie["secure"]  # this is http


def test_over_https_the_cookie_is_sent_over_https_only(visitor, make_key):
    visitor.get("/sign-in", secure=True)
    secret = visitor.cookies["csrftoken"].value
    visitor.post(
        "/sign-in",
        {"key": make_key(), "csrfmiddlewaretoken": secret},
        secure=True,
        headers={"referer": "https://localhost/sign-in"},
    )

    assert visitor.cookies[COOKIE]["secure"]


@pytest.mark.parametrize("cookie", ["1", "1:x:y", "", "2:1:forged"])
def test_a_cookie_that_we_did_not_sign_is_nobodys(visitor, cookie):
    visitor.cookies[COOKIE] = cookie

    assert visitor.get("/wallets").status_code == 302


def test_the_time_of_a_sign_in_is_over_some_day(staff, monkeypatch):
    later = signing.time.time() + LIFE_SECONDS + 1
    monkeypatch.setattr(signing.time, "time", lambda: later)

    response = staff.get("/wallets")

    assert response["location"] == "/sign-in?next=%2Fwallets&expired=1"
    assert "You were signed out" in staff.read(response["location"])


def test_a_revoked_key_is_signed_out_at_the_next_request(visitor, make_key):
    key = make_key()
    visitor.sign_in(key)
    assert visitor.get("/wallets").status_code == 200
    revoke_api_key(number=authenticate(key).pk, actor=STAFF, at=AT)

    assert "expired=1" in visitor.get("/wallets")["location"]


def test_the_key_of_a_stopped_customer_is_signed_out(visitor, make_key):
    customer = a_customer()
    visitor.sign_in(make_key(customer=customer))
    disable(number=customer, reason="a complaint", actor=STAFF, at=AT)

    assert visitor.get("/wallets").status_code == 302


def test_signing_out_forgets(staff):
    staff.get("/wallets")
    assert staff.send("/sign-out", {}).status_code == 302

    assert staff.get("/wallets").status_code == 302


def test_a_link_signs_nobody_out(staff):
    assert staff.get("/sign-out").status_code == 405
    assert staff.get("/wallets").status_code == 200


@pytest.mark.parametrize("address", ["/sign-in", "/sign-out"])
def test_a_form_of_another_site_is_refused_with_a_page(visitor, make_key, address):
    response = visitor.post(address, {"key": make_key()})

    assert response.status_code == 403
    assert "The form was too old" in response.content.decode()
    assert COOKIE not in visitor.cookies


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "x",
        "",
        "/" * 501,
    ],
)
def test_nobody_is_sent_to_another_site(visitor, make_key, where):
    assert visitor.sign_in(make_key(), to=where)["location"] == "/wallets"


def test_a_key_without_the_scope_is_told_so(visitor, make_key):
    visitor.sign_in(make_key("settings:read"))

    response = visitor.get("/wallets")

    assert response.status_code == 403
    assert "scope_missing" in response.content.decode()
