"""Webhooks go to public addresses only, whatever the name says and however the address is written (T25)."""

from __future__ import annotations

import socket

import pytest

from tael.outbox import address
from tael.outbox.address import (
    WebhookAddressPrivate,
    WebhookHostUnknown,
    WebhookUrlMalformed,
    parse_url,
    resolve,
)

PRIVATE = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104 - refused here
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "64:ff9b:1:a00:0:100:808:808",  # 10.0.0.1 where the network has it so, and 8.8.8.8 at its end
    "fec0::1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "no address",
)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name server of the test's own."""
    known: dict[str, list[str]] = {}

    def look_up(host: str, port: int, **_: object) -> list[object]:
        if host not in known:
            raise socket.gaierror
        return [
            (socket.AF_INET6 if ":" in found else socket.AF_INET, 1, 6, "", (found, port))
            for found in known[host]
        ]

    monkeypatch.setattr(address.socket, "getaddrinfo", look_up)
    return known


@pytest.mark.parametrize("private", PRIVATE)
def test_an_address_that_is_not_the_internets_is_not_public(private: str) -> None:
    assert not address.is_public(private)


@pytest.mark.parametrize("public", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_an_address_of_the_internet_is_public(public: str) -> None:
    assert address.is_public(public)


@pytest.mark.parametrize("private", PRIVATE[:-1])
def test_a_name_that_leads_into_a_private_network_is_refused(
    names: dict[str, list[str]], private: str
) -> None:
    names["hooks.example"] = [private]

    with pytest.raises(WebhookAddressPrivate):
        resolve("https://hooks.example/")


def test_one_private_address_among_public_ones_is_enough(names: dict[str, list[str]]) -> None:
    names["hooks.example"] = ["93.184.216.34", "10.0.0.1"]

    with pytest.raises(WebhookAddressPrivate):
        resolve("https://hooks.example/")


def test_the_address_that_was_looked_at_is_the_one_to_connect_to(
    names: dict[str, list[str]],
) -> None:
    names["hooks.example"] = ["93.184.216.34"]

    target = resolve("https://hooks.example:8443/in?x=1")
    names["hooks.example"] = ["127.0.0.1"]

    assert (target.address, target.port, target.path) == ("93.184.216.34", 8443, "/in?x=1")
    assert target.host_header == "hooks.example:8443"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "localhost"])
def test_this_machine_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises((WebhookAddressPrivate, WebhookHostUnknown, WebhookUrlMalformed)):
        resolve(f"https://{host}/")


def test_a_name_that_nobody_knows_is_said(names: dict[str, list[str]]) -> None:
    with pytest.raises(WebhookHostUnknown):
        resolve("https://nowhere.example/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/a\r\nX: 1",
        "https://example.com/" + "x" * 500,
        "https://[::1",
    ],
)
def test_what_is_no_address_for_webhooks_is_refused(url: str) -> None:
    with pytest.raises(WebhookUrlMalformed):
        parse_url(url)


def test_plain_http_is_for_development_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAEL_WEBHOOKS_TO_PRIVATE", "1")

    assert resolve("http://127.0.0.1:8000/x").address == "127.0.0.1"
