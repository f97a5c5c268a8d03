"""A browser as far as `tael bench pages` needs one: one kept connection, cookies, and signing in.

Source: reliability T16 (the staff by password and telephone).
"""

from __future__ import annotations

import re
import time
from base64 import b32decode
from html import unescape
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django_otp.oath import TOTP

from tael.assurance.bench.site import HOST

_PATIENCE_SECONDS: Final = 60.0
_LINK: Final = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"', re.DOTALL)
_NEXT: Final = re.compile(r'<a\b[^>]*?\brel="next"[^>]*?\bhref="([^"]*)"', re.DOTALL)
_SECRET: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Answer(NamedTuple):
    """What came back, and the seconds from the request to the last byte."""

    status: int
    page: str
    seconds: float


class Browser:
    """One visitor of the site at a port of this machine."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        """Bring the cookies of an earlier visit."""
        self.cookies = dict(cookies or {})
        self._port = port
        self._connection = HTTPConnection(HOST, port, timeout=_PATIENCE_SECONDS)

    def get(self, address: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", address)

    def sign_in(self, site: str, login: str, password: str) -> None:
        """Send name and password as the form does.

        Raises:
            RuntimeError: they were not taken.
        """
        self._send(f"{site}sign-in", login=login, password=password)

    def show(self, site: str, code: str) -> None:
        """Show the second factor.

        Raises:
            RuntimeError: it was not taken.
        """
        self._send(f"{site}second-factor", code=code)

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()

    def _send(self, address: str, **fields: str) -> None:
        form = self.get(address)
        found = _SECRET.search(form.page)
        if found is None:
            message = f"{address} answers {form.status} and shows no form"
            raise RuntimeError(message)
        body = urlencode({**fields, "csrfmiddlewaretoken": found[1]})
        answer = self._ask("POST", address, body)
        if answer.status != 303:
            message = f"{address} was answered with {answer.status}"
            raise RuntimeError(message)

    def _ask(self, method: str, address: str, body: str | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        try:
            response = self._sent(method, address, body, headers)
        except RemoteDisconnected:  # the server gives up a connection that was idle for long
            self._connection.close()
            began = time.perf_counter()
            response = self._sent(method, address, body, headers)
        page = response.read()
        seconds = time.perf_counter() - began
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, text = cookie.partition(";")[0].partition("=")
            self.cookies[name.strip()] = text
        return Answer(response.status, page.decode("utf-8", "replace"), seconds)

    def _sent(
        self, method: str, address: str, body: str | None, headers: dict[str, str]
    ) -> HTTPResponse:
        self._connection.request(method, address, body=body, headers=headers)
        return self._connection.getresponse()


def next_of(page: str) -> str | None:
    """Find the link to the next page of a list; it is relative to the list."""
    found = _NEXT.search(page)
    return unescape(found[1]) if found else None


def link_of(page: str, pattern: str) -> str | None:
    """Find the first link of a page that looks so; `#` stands for a number or word."""
    wanted = re.compile(re.escape(pattern).replace(r"\#", "#").replace("#", r"[^/?&#]+"))
    links = (unescape(link) for link in _LINK.findall(page))
    return next((link for link in links if wanted.fullmatch(link)), None)


def code_of(seed: str) -> str:
    """Give the code that a telephone with this seed (base32) shows now."""
    return f"{TOTP(b32decode(seed)).token():06d}"
