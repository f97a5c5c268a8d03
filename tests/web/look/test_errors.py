"""What went wrong is said in the look of the site, and tells nothing that is nobody's business."""

from __future__ import annotations

import pytest
from django.test import Client

from tael.web.look import landing


@pytest.mark.parametrize(
    ("address", "start"),
    [("/nowhere", "/"), ("/portal/nowhere", "/portal/"), ("/backoffice/nowhere", "/backoffice/")],
)
def test_an_address_that_nobody_has_leads_back_to_its_site(browser, address, start):
    answer = browser.get(address)

    assert answer.status_code == 404
    page = answer.content.decode()
    assert "There is nothing at this address" in page
    assert f'<a class="btn btn-primary" href="{start}">' in page


def test_a_fault_says_nothing_of_its_reason_and_needs_no_template(monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(landing, "render", broken)
    answer = Client(SERVER_NAME="localhost", raise_request_exception=False).get("/")

    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something went wrong" in page
    assert "secret" not in page
    assert "/static/look/tael.css?v=" in page
    assert "default-src 'none'" in answer["content-security-policy"]


def test_a_form_that_was_too_old_leads_back_to_its_page(browser):
    answer = browser.post("/portal/appearance", {"next": "/portal/pay"})

    assert answer.status_code == 403
    assert 'href="/portal/pay"' in answer.content.decode()


@pytest.mark.rule("T22")
def test_a_form_that_is_too_large_writes_no_trace_into_the_log(caplog):
    browser = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    browser.get("/portal/sign-in")

    answer = browser.post("/portal/sign-in", {"login": "x" * 1_000_001})

    assert answer.status_code == 400
    assert not [line for line in caplog.records if line.exc_info]
