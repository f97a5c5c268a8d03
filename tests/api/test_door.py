"""The API over a real server: two processes, real connections, and the same answers."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from api.client import Caller, amount
from builders import figures
from plain_http import WITHOUT_TLS
from tael.api.v1.api import document_text
from tael.cli.serve import Site, stop

if TYPE_CHECKING:
    from tael.postgres.connect import Databases
    from tael.wallet.wallet import Wallet


@pytest.fixture
def site(db: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("TAEL_DATABASE_URL", db.app_dsn)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = Site("127.0.0.1", port, workers=2, threads=4)
    child = site.start()
    try:
        site.wait_until_up(child)
        yield site
    finally:
        stop(child)


def http(site: Site, caller: Caller | None = None) -> httpx.Client:
    headers = {} if caller is None else {"Authorization": f"Bearer {caller.text}"}
    address = f"{site.address}/api/v1"
    return httpx.Client(base_url=address, headers=headers, timeout=30, verify=WITHOUT_TLS)


@pytest.mark.rule("T5", "T23", "I8")
def test_the_door_holds_on_a_real_server(site: Site, house: Caller, wallet: Wallet) -> None:
    """One server for all of it: starting one is what takes the time."""
    one_key_has_one_effect(site, house, wallet)
    what_is_too_much_is_refused_and_the_next_request_is_served(site, house)
    a_body_without_length_is_not_half_read(site, house, wallet)
    the_documentation_needs_nothing_from_elsewhere(site)


def one_key_has_one_effect(site: Site, house: Caller, wallet: Wallet) -> None:
    body = {"wallet": wallet.number, "amount": amount("1")}

    def deduct(_: int) -> httpx.Response:
        with http(site, house) as client:
            return client.post("/deduct", json=body, headers={"Idempotency-Key": "once"})

    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(deduct, range(50)))

    done = [reply for reply in replies if reply.status_code == 201]
    assert {reply.status_code for reply in replies} <= {201, 409}
    assert len({reply.content for reply in done}) == 1
    assert sum("Idempotent-Replay" not in reply.headers for reply in done) == 1
    assert figures(wallet)[0] == "99.00"


def what_is_too_much_is_refused_and_the_next_request_is_served(site: Site, house: Caller) -> None:
    deep = b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    with http(site, house) as client:
        for raw, status in ((b"x" * 10_000_000, 413), (deep, 400), (b"{" * 900_000, 400)):
            headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
            try:
                reply = client.post("/recharge", content=raw, headers=headers)
            except (httpx.WriteError, httpx.ReadError):
                assert status == 413  # the server hangs up on who goes on sending
            else:
                assert reply.status_code == status
            assert client.get("/health").json() == {"status": "ok"}


def a_body_without_length_is_not_half_read(site: Site, house: Caller, wallet: Wallet) -> None:
    body = json.dumps({"wallet": wallet.number, "amount": amount("1")}).encode()

    def pieces() -> Iterator[bytes]:
        yield body[:10]
        yield body[10:]

    headers = {"Idempotency-Key": "pieces", "Content-Type": "application/json"}
    with http(site, house) as client:
        reply = client.post("/deduct", content=pieces(), headers=headers)

    assert reply.status_code in {201, 400, 411}
    assert reply.headers["content-type"].split(";")[0].endswith("json")


def the_documentation_needs_nothing_from_elsewhere(site: Site) -> None:
    with http(site) as client:
        page = client.get("/docs")
        policy = page.headers["content-security-policy"]
        links = re.findall(r'(?:src|href)="([^"]+)"', page.text)

        assert page.status_code == 200
        assert "script-src 'self';" in policy
        assert not re.findall(r"<script(?![^>]*(?:src=|application/json))", page.text)
        assert links
        assert all(link.startswith("/static/ninja/") for link in links), links
        for link in links:
            assert client.get(site.address + link).status_code == 200, link
        assert client.get("/openapi.json").json() == json.loads(document_text())


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_the_documentation_is_open_to_read(path: str) -> None:
    assert Caller(None).get(path).status == 200
