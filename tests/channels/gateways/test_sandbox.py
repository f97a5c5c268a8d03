"""The adapter against gateways that answer wrongly, slowly or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tael.channels.gateways import sandbox
from tael.channels.gateways.base import (
    Gateway,
    GatewayUnreachable,
    NoticeForAnother,
    NoticeForged,
    NoticeFromOtherEnvironment,
    NoticeUnreadable,
    NoticeUnsigned,
    NoticeUntimely,
    Order,
)
from tael.channels.gateways.registry import GatewayMisconfiguredError, configure
from tael.channels.gateways.sandbox import SandboxGateway
from tael.channels.gateways.signed_notice import Merchant, signature
from tael.money import Money, iso_currency
from tael.sandbox.signature import parameters_fit

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = b"s" * 32
EVENT = {
    "event": "evt_1",
    "merchant": "shop",
    "environment": "test",
    "order": "R5",
    "amount": "10.00",
    "currency": "CNY",
    "status": "paid",
    "number": "SBX1",
    "paid_at": "2026-03-01T12:00:00+00:00",
}
ANSWER = {"merchant": "shop", "environment": "test", "order": "R5", "events": [EVENT]}


class Fake:
    """A gateway that answers every question with what it was given."""

    def __init__(self) -> None:
        self.status, self.body, self.headers, self.pause = 200, b"", {}, 0.0
        self.chunk, self.trickle, self.head_trickle = 65536, 0.0, 0.0
        self.asked: list[dict[str, str]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                fake.asked.append(dict(parse_qsl(self.rfile.read(length).decode())))
                time.sleep(fake.pause)
                self.send_response(fake.status)
                for name, text in fake.headers.items():
                    self.send_header(name, text)
                    if fake.head_trickle:
                        self.flush_headers()
                        time.sleep(fake.head_trickle)
                self.end_headers()
                for start in range(0, len(fake.body), fake.chunk):
                    self.wfile.write(fake.body[start : start + fake.chunk])
                    time.sleep(fake.trickle)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

            def handle_error(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def says(self, answer: Any, *, secret: bytes = SECRET, at: datetime = AT) -> None:
        self.body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        seconds = str(int(at.timestamp()))
        self.headers = {
            "webhook-id": "ans_1",
            "webhook-timestamp": seconds,
            "webhook-signature": f"v1,{signature(secret, 'ans_1', seconds, self.body)}",
        }

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def fake() -> Iterator[Fake]:
    fake = Fake()
    yield fake
    fake.close()


def gateway(port: int = 9) -> SandboxGateway:
    return SandboxGateway(
        channel="Alipay",
        merchant=Merchant(name="shop", environment="test", secrets=(SECRET,)),
        address=f"http://127.0.0.1:{port}",
        notify_url="http://127.0.0.1:9/api/v1/callbacks/Alipay",
    )


def test_it_does_what_a_gateway_must():
    assert isinstance(gateway(), Gateway)


@pytest.mark.rule("F-25")
def test_the_payer_is_sent_with_parameters_that_only_we_can_have_signed():
    order = Order(
        number="R5",
        amount=Money(1000, iso_currency("CNY")),
        subject="茶 & 點心",
        return_url="http://127.0.0.1:8000/back",
        expires_at=AT,
    )

    told = gateway().checkout(order)

    assert (told.url, told.method) == ("http://127.0.0.1:9/pay", "GET")
    assert parameters_fit(SECRET, "pay", told.parameters)
    assert told.parameters["amount"] == "10.00"
    assert told.parameters["expires"] == str(int(AT.timestamp()))
    bare = gateway().checkout(Order(number="R5", amount=Money(1, iso_currency("JPY"))))
    assert "expires" not in bare.parameters
    assert bare.parameters["amount"] == "1"


def test_an_answer_tells_every_event_of_the_order(fake):
    refund = EVENT | {"event": "evt_2", "status": "refunded", "amount": "3.00"}
    fake.says(ANSWER | {"events": [EVENT, refund]})

    told = gateway(fake.port).query("R5", at=AT)

    assert [(one.event_id, one.status, one.amount) for one in told] == [
        ("evt_1", "paid", "10.00"),
        ("evt_2", "refunded", "3.00"),
    ]
    assert parameters_fit(SECRET, "query", fake.asked[0])
    assert fake.asked[0]["order"] == "R5"
    fake.says(ANSWER | {"events": []})
    assert gateway(fake.port).query("R5", at=AT) == ()


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (b"", NoticeUnreadable),
        (b"[]", NoticeUnreadable),
        (ANSWER | {"merchant": "other"}, NoticeForAnother),
        (ANSWER | {"environment": "live"}, NoticeFromOtherEnvironment),
        (ANSWER | {"order": "R6"}, NoticeUnreadable),
        (ANSWER | {"events": "none"}, NoticeUnreadable),
        (ANSWER | {"events": ["evt_1"]}, NoticeUnreadable),
        (ANSWER | {"events": [EVENT | {"order": "R6"}]}, NoticeUnreadable),
        (ANSWER | {"events": [EVENT | {"merchant": "other"}]}, NoticeForAnother),
        (ANSWER | {"events": [EVENT | {"amount": 10.0}]}, NoticeUnreadable),
        (ANSWER | {"events": [{k: v for k, v in EVENT.items() if k != "event"}]}, NoticeUnreadable),
    ],
)
def test_an_answer_about_something_else_is_not_believed(fake, answer, refusal):
    fake.says(answer)

    with pytest.raises(refusal):
        gateway(fake.port).query("R5", at=AT)


def test_an_answer_that_somebody_else_gave_or_gave_before_is_not_believed(fake):
    fake.says(ANSWER, secret=b"x" * 32)
    with pytest.raises(NoticeForged):
        gateway(fake.port).query("R5", at=AT)
    fake.says(ANSWER, at=AT - timedelta(seconds=301))
    with pytest.raises(NoticeUntimely):
        gateway(fake.port).query("R5", at=AT)
    fake.headers = {}
    with pytest.raises(NoticeUnsigned):
        gateway(fake.port).query("R5", at=AT)


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_another_status_is_no_answer_and_no_redirect_is_followed(fake, status):
    fake.says(ANSWER)
    fake.status = status
    fake.headers["location"] = f"http://127.0.0.1:{fake.port}/elsewhere"

    with pytest.raises(GatewayUnreachable):
        gateway(fake.port).query("R5", at=AT)
    assert len(fake.asked) == 1


def test_an_answer_without_end_is_cut_off(fake):
    fake.says(b"x" * (sandbox.ANSWER_MAX * 8))

    with pytest.raises(GatewayUnreachable, match="no end"):
        gateway(fake.port).query("R5", at=AT)


@pytest.mark.parametrize("part", ["body", "head"])
def test_an_answer_that_trickles_is_cut_off(fake, monkeypatch, part):
    monkeypatch.setattr(sandbox, "ANSWER_WITHIN", 0.3)
    fake.says(ANSWER)
    if part == "body":
        fake.chunk, fake.trickle = 20, 0.1
    else:
        fake.head_trickle = 0.2

    begun = time.monotonic()
    with pytest.raises(GatewayUnreachable):
        gateway(fake.port).query("R5", at=AT)
    assert time.monotonic() - begun < 0.9


def test_a_gateway_that_is_slow_or_not_there_is_not_waited_for(fake, monkeypatch):
    monkeypatch.setattr(sandbox, "ANSWER_WITHIN", 0.2)
    fake.says(ANSWER)
    fake.pause = 1.0

    begun = time.monotonic()
    with pytest.raises(GatewayUnreachable):
        gateway(fake.port).query("R5", at=AT)
    assert time.monotonic() - begun < 0.9
    with pytest.raises(GatewayUnreachable):
        gateway(9).query("R5", at=AT)


def test_it_has_no_place_where_money_is_real():
    live = Merchant(name="shop", environment="live", secrets=(SECRET,))
    with pytest.raises(ValueError, match="play money"):
        SandboxGateway(channel="A", merchant=live, address="http://a", notify_url="http://b")
    secret = "sandboxsec_" + "A" * 44
    told = {"TAEL_GATEWAYS": "Alipay=signed_test", "TAEL_GATEWAY_ALIPAY_SECRETS": secret}
    with pytest.raises(GatewayMisconfiguredError, match="SECRETS") as refused:
        configure(told | {"TAEL_GATEWAY_ALIPAY_ENVIRONMENT": "live"})
    assert "AAAA" not in str(refused.value)
    told = {"TAEL_GATEWAYS": "Alipay=sandbox", "TAEL_GATEWAY_ALIPAY_SECRETS": secret}
    with pytest.raises(GatewayMisconfiguredError):
        configure(told)  # no address
