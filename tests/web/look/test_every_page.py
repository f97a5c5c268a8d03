"""Every page forbids what it does not need, and messages stay in their site."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.test import Client, RequestFactory

from tael.web.look.every_page import EveryPage

PAGES = ["/", "/nowhere", "/portal/nowhere", "/backoffice/nowhere"]


@pytest.mark.parametrize("address", PAGES)
def test_nothing_comes_from_elsewhere_or_stands_in_the_page(browser, address):
    answer = browser.get(address)

    policy = answer["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer["cache-control"] == "no-store"
    assert answer["x-frame-options"] == "DENY"
    assert answer["x-content-type-options"] == "nosniff"
    assert answer["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_no_script_or_style_within_and_names_no_other_host(browser, address):
    page = browser.get(address).content.decode()

    assert not re.findall(r"<script(?![^>]*(src=|application/json))|<style|\son\w+=|\sstyle=", page)
    assert not re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", page)
    assert "{%" not in page
    assert "{{" not in page


def test_the_api_goes_past(browser):
    answer = browser.get("/api/v1/nowhere")

    assert answer["content-type"] == "application/problem+json"
    assert "content-language" not in answer


def test_a_header_that_a_page_has_set_itself_stays():
    def download(_request):
        return HttpResponse("x", headers={"Cache-Control": "private"})

    answer = EveryPage(download)(RequestFactory().get("/portal/x"))

    assert answer["cache-control"] == "private"
    assert answer["content-security-policy"]


def test_a_message_reaches_the_next_page_of_its_site_and_no_page_of_the_other():
    def act(request):
        messages.success(request, "It was approved.")
        return HttpResponse()

    acted = EveryPage(act)(RequestFactory().get("/backoffice/x"))
    heard = {}

    def listen(request):
        heard[request.path] = [str(message) for message in messages.get_messages(request)]
        return HttpResponse()

    for path in ("/portal/x", "/backoffice/x"):
        request = RequestFactory().get(path)
        request.COOKIES |= {name: cookie.value for name, cookie in acted.cookies.items()}
        EveryPage(listen)(request)

    assert heard == {"/portal/x": [], "/backoffice/x": ["It was approved."]}


def test_under_a_name_that_is_not_the_sites_the_first_page_says_so():
    """It was shown, and each of its forms was answered as one that was too old."""
    browser = Client(headers={"host": "192.168.1.5:8000"})

    page = browser.get("/portal/sign-in")

    assert page.status_code == 400
    assert "TAEL_ALLOWED_HOSTS" in page.text
    assert "192.168.1.5:8000" in page.text
    assert (
        browser.get("/healthz").status_code == 200
    )  # whoever watches the process asks by any name


@pytest.mark.rule("T16")
def test_behind_a_proxy_that_ends_tls_the_sites_own_forms_are_believed(monkeypatch):
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["pay.example.com"])
    browser = Client(enforce_csrf_checks=True, headers={"host": "pay.example.com:8443"})
    browser.get("/portal/sign-in")
    token = browser.cookies["csrftoken"].value
    form = {"theme": "dark", "csrfmiddlewaretoken": token}

    ours = browser.post(
        "/portal/appearance", form, headers={"origin": "https://pay.example.com:8443"}
    )
    plain = browser.post(
        "/portal/appearance", form, headers={"origin": "http://pay.example.com:8443"}
    )

    assert ours.status_code == 303
    assert ours.cookies["tael_portal_theme"]["secure"]
    assert plain.status_code == 403
    assert ours.wsgi_request.build_absolute_uri("/x") == "https://pay.example.com:8443/x"
