"""What every page has: headers, a language, no script, and a page for what goes wrong."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from builders import a_wallet
from tael.web.pages import wallets as wallets_page

PAGES = ["/sign-in", "/wallets", "/wallets/100001", "/wallets/100001/entries/1", "/wallets/999"]


@pytest.fixture
def house(staff):
    a_wallet(free="10")
    return staff


@pytest.mark.parametrize("address", [*PAGES, "/nowhere"])
def test_every_page_forbids_what_it_does_not_need(house, address):
    response = house.get(address)

    policy = response["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response["x-content-type-options"] == "nosniff"
    assert response["x-frame-options"] == "DENY"
    assert response["referrer-policy"] == "same-origin"
    assert response["cache-control"] == "no-store"
    assert response["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("address", PAGES)
def test_no_page_has_a_script_or_a_style_within(house, address):
    page = house.get(address).content.decode()

    assert '<html lang="en">' in page
    assert re.findall(r"<script|<style|\son\w+=|\sstyle=|javascript:", page) == []
    assert "{{" not in page
    assert "{%" not in page


def test_an_address_that_nobody_has_is_a_page_that_leads_back(visitor):
    response = visitor.get("/nowhere")

    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()
    assert 'href="/"' in response.content.decode()


def test_the_api_keeps_its_own_answers(visitor):
    response = visitor.get("/api/v1/nowhere")

    assert response["content-type"] == "application/problem+json"


def test_a_fault_is_a_page_that_tells_nothing_of_it(house, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(wallets_page, "_found", broken)
    browser = Client(SERVER_NAME="localhost", raise_request_exception=False)
    browser.cookies = house.cookies

    response = browser.get("/wallets")

    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()
    assert "secret" not in response.content.decode()
    assert response["content-security-policy"]


def test_a_page_is_only_read(house):
    assert house.send("/wallets", {}).status_code == 405
