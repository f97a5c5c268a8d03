"""What a gateway sends, through the API: the verdict table, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from api.client import Caller, amount
from builders import figures
from tael.channels.gateways import registry
from tael.channels.gateways.base import Notice
from tael.channels.gateways.signed_test import SignedNotice, SignedTestGateway

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("T8", "F-25", "A-F10")

SECRET = b"a secret of the test gateway"


@pytest.fixture
def alipay(monkeypatch: pytest.MonkeyPatch) -> SignedTestGateway:
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(SECRET,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    return gateway


@pytest.fixture
def paid(house: Caller, wallet: Wallet) -> Notice:
    """The notice that an order of 10.00 CNY was paid."""
    order = house.post(
        "/recharge-orders",
        {"owner": wallet.owner, "amount": amount("10"), "channel": "Alipay"},
    ).body
    return Notice(
        event_id="event-1",
        order_number=order["reference"],
        amount="10.00",
        currency="CNY",
        status="paid",
        gateway_number="2026112122001",
    )


def send(signed: SignedNotice, channel: str = "Alipay"):
    return Caller(None).send(
        "POST",
        f"/callbacks/{channel}",
        signed.raw,
        headers=signed.headers,
        content_type="application/json",
    )


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the gateway's clock


def test_a_genuine_notice_is_credited_once_however_often_it_comes(
    alipay: SignedTestGateway, paid: Notice, wallet: Wallet
) -> None:
    replies = [send(alipay.pay(paid, at=now())) for _ in range(3)]

    assert {(reply.status, reply.body) for reply in replies} == {(200, "success")}
    assert figures(wallet)[0] == "110.00"


@pytest.mark.parametrize(
    ("event", "text"),
    [("less", "4.00"), ("more", "12.00")],
)
def test_what_came_in_is_credited(
    event: str, text: str, alipay: SignedTestGateway, paid: Notice, wallet: Wallet
) -> None:
    reply = send(alipay.pay(replace(paid, event_id=event, amount=text), at=now()))

    assert reply.status == 200
    assert figures(wallet)[0] == f"{100 + float(text):.2f}"


@pytest.mark.parametrize(
    "other", [{"currency": "USD"}, {"order_number": "R999999"}, {"status": "declined"}]
)
def test_another_currency_order_or_status_credits_nobody(
    other: dict[str, str], alipay: SignedTestGateway, paid: Notice, wallet: Wallet, house: Caller
) -> None:
    house.post("/currencies", {"code": "USD"}, key=None)

    reply = send(alipay.pay(replace(paid, **other), at=now()))

    assert reply.status == 200
    assert figures(wallet)[0] == "100.00"


def test_late_money_is_credited(
    alipay: SignedTestGateway, paid: Notice, wallet: Wallet, house: Caller
) -> None:
    number = int(paid.order_number[1:])
    assert house.post(f"/recharge-orders/{number}/close", key=None).body["state"] == "closed"

    assert send(alipay.pay(paid, at=now())).status == 200
    assert figures(wallet)[0] == "110.00"


def forged(alipay: SignedTestGateway, notice: Notice) -> dict[str, tuple[SignedNotice, int]]:
    genuine = alipay.pay(notice, at=now())
    other = SignedTestGateway(channel="Alipay", merchant="other", secrets=(SECRET,))
    thief = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"x" * 32,))
    raw, headers = genuine
    return {
        "another secret": (thief.pay(notice, at=now()), 401),
        "another merchant": (other.pay(notice, at=now()), 401),
        "too old": (alipay.pay(notice, at=now() - timedelta(seconds=301)), 401),
        "from the future": (alipay.pay(notice, at=now() + timedelta(seconds=330)), 401),
        "no signature": (SignedNotice(raw, {}), 401),
        "a changed amount": (SignedNotice(raw.replace(b"10.00", b"99.00"), headers), 401),
        "re-serialised": (SignedNotice(raw.replace(b",", b", "), headers), 401),
        "no JSON": (SignedNotice(b"amount=10.00", headers), 422),
        "too large": (SignedNotice(b"x" * 70_000, headers), 422),
    }


def test_what_cannot_be_believed_is_refused_and_changes_nothing(
    alipay: SignedTestGateway, paid: Notice, wallet: Wallet
) -> None:
    for case, (signed, status) in forged(alipay, paid).items():
        reply = send(signed)

        assert reply.status == status, case
        assert reply.code.startswith("notice_"), case
    assert figures(wallet)[0] == "100.00"


def test_an_unknown_gateway_is_not_there(alipay: SignedTestGateway, paid: Notice) -> None:
    reply = send(alipay.pay(paid, at=now()), channel="Nobody")

    assert (reply.status, reply.code) == (404, "unknown_gateway")


@pytest.mark.rule("T23")
def test_more_than_a_megabyte_is_not_read(alipay: SignedTestGateway) -> None:
    assert send(SignedNotice(b"x" * 1_100_000, {})).status == 413
