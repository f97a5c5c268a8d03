"""Customers who have signed in to the portal, each with a browser of his own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.test import Client

from builders import AT, STAFF, a_customer, a_wallet
from tael.parties.session import begin
from tael.parties.user import add_customer_user
from tael.web.access.door import PORTAL_DOOR


class Browser(Client):
    """Somebody with a browser that keeps cookies and sends the forms that it is shown."""

    def __init__(self) -> None:
        super().__init__(SERVER_NAME="localhost", enforce_csrf_checks=True)

    def read(self, address: str, status: int = 200) -> str:
        """The text of a page."""
        response = self.get(address)
        assert response.status_code == status, (address, response.status_code)
        return response.content.decode()

    def send(self, address: str, **fields: str):
        """Send fields as the page's form would, with the secret that the browser keeps."""
        if "csrftoken" not in self.cookies:
            self.get("/portal/payee-accounts/add")
        secret = self.cookies["csrftoken"].value
        return self.post(address, {**fields, "csrfmiddlewaretoken": secret})

    def form(self, address: str, **typed: str) -> dict[str, str]:
        """The fields of the form at an address, as shown, with what is typed over them."""
        return {**hidden(self.read(address)), **typed}

    def checked(self, address: str, **typed: str) -> tuple[str, dict[str, str]]:
        """Fill in a form and go to its second step: the page, and the fields that it would send."""
        response = self.send(address, **self.form(address, **typed), step="check")
        page = response.content.decode()
        assert response.status_code == 200, (response.status_code, plain(page))
        return page, {**hidden(page), "step": "confirm"}

    def done(self, address: str, **typed: str) -> str:
        """Go through both steps; the address of the result."""
        _, fields = self.checked(address, **typed)
        response = self.send(address, **fields)
        assert response.status_code == 303, plain(response.content.decode())
        return response["Location"]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the forms of a page, without Django's own."""
    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and name[1] not in {"csrfmiddlewaretoken", "next"}:
            found[unescape(name[1])] = unescape(value[1])
    return found


def plain(page: str) -> str:
    """What a reader sees of a page, with single blanks."""
    shown = re.sub(r"<(script|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(
        unescape(re.sub(r"<[^>]+>", "", re.sub(r"</(td|th|p|div|li|dd|dt|a)>", " ", shown))).split()
    )


def signed_in(customer: int, login: str) -> Browser:
    """The browser of somebody who has signed in for a customer."""
    user = add_customer_user(login=login, name="Li Hua", customer=customer, actor=STAFF, at=AT)
    browser = Browser()
    now = datetime.now(UTC)  # noqa: TID251 - the test is the browser
    begun = begin(user, address="127.0.0.1", browser="a test", at=now)
    browser.cookies[PORTAL_DOOR.cookie] = begun.text
    return browser


@pytest.fixture
def wallet(db):
    """Li Hua's wallet: 1000.00 free, 100.00 locked."""
    return a_wallet(owner=a_customer(10012, "Li Hua"), free="1000", locked="100")


@pytest.fixture
def browser(wallet) -> Browser:
    """Li Hua's browser."""
    return signed_in(wallet.owner, "lihua@example.com")


@pytest.fixture
def other(db):
    """Another customer's wallet."""
    return a_wallet(owner=a_customer(10010, "Wang Wei"), free="500")


@pytest.fixture
def stranger(other) -> Browser:
    """Another customer's browser."""
    return signed_in(other.owner, "wangwei@example.com")
