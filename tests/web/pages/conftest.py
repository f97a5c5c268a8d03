"""A visitor with a browser, and keys to sign in with."""

from __future__ import annotations

import pytest
from django.test import Client

from builders import AT, STAFF
from tael.parties.api_key import create_api_key


class Visitor(Client):
    """Somebody with a browser that keeps cookies and sends what the form asks for."""

    def __init__(self) -> None:
        super().__init__(SERVER_NAME="localhost", enforce_csrf_checks=True)

    def sign_in(self, key: str, *, to: str = "/wallets"):
        self.get("/sign-in")
        return self.send("/sign-in", {"key": key, "next": to})

    def send(self, address: str, fields: dict[str, str]):
        secret = self.cookies["csrftoken"].value if "csrftoken" in self.cookies else ""
        return self.post(address, {**fields, "csrfmiddlewaretoken": secret})

    def read(self, address: str) -> str:
        """Give the text of a page that must be there."""
        response = self.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return response.content.decode()


def a_key(*scopes: str, customer: int | None = None) -> str:
    """An API key's text."""
    return create_api_key(
        name="a key", scopes=scopes or ("wallets:read",), customer=customer, actor=STAFF, at=AT
    ).text


@pytest.fixture
def visitor(db) -> Visitor:
    return Visitor()


@pytest.fixture
def staff(visitor) -> Visitor:
    """Somebody of the house who has signed in."""
    assert visitor.sign_in(a_key()).status_code == 302
    return visitor


@pytest.fixture
def make_key(db):
    return a_key
