"""What a page's part gets when the session is over: the whole browser goes to sign in, and comes back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("T16")]

PARTS = [
    ("portal", "/portal/orders/7/state", "/portal/orders/7?returned=1"),
    ("backoffice", "/backoffice/wallets", "/backoffice/wallets?currency=CNY"),
]


def asked_by_script(address: str, shown: str) -> object:
    headers = {"HX-Request": "true", "HX-Current-URL": shown}
    return Client(SERVER_NAME="localhost").get(address, headers=headers)


@pytest.mark.parametrize(("site", "part", "page"), PARTS)
def test_a_part_of_a_page_sends_the_whole_browser_to_sign_in(site, part, page):
    answer = asked_by_script(part, f"http://localhost{page}")

    assert (answer.status_code, answer.content) == (204, b"")
    to = urlsplit(answer.headers["HX-Redirect"])
    assert to.path == f"/{site}/sign-in"
    assert parse_qs(to.query) == {"next": [page]}


@pytest.mark.parametrize(
    "shown",
    ["", "http://[", "http://localhost/elsewhere", "javascript:alert(1)", "x" * 3000],
)
def test_what_is_no_page_of_the_site_is_not_gone_back_to(shown):
    answer = asked_by_script("/portal/orders/7/state", shown)

    assert answer.headers["HX-Redirect"] == "/portal/sign-in"


@pytest.mark.parametrize(("site", "part", "page"), PARTS)
def test_a_whole_page_is_redirected(site, part, page):
    answer = Client(SERVER_NAME="localhost").get(page)

    assert answer.status_code == 302
    assert urlsplit(answer.headers["Location"]).path == f"/{site}/sign-in"
    assert "HX-Redirect" not in answer.headers
