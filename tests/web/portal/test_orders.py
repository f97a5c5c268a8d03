"""Orders: the way to the provider, waiting honestly, and a browser's return that changes nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from builders import AT, an_instruction, figures, money
from tael.channels.gateways import registry
from tael.channels.gateways.base import Notice
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.wallet.notice import receive_notice
from tael.wallet.recharge_order import create_order, order_number
from tael.wallet.recharge_order import order as find_order
from tael.web.portal import lists
from web.portal.conftest import plain


class Alipay(SignedTestGateway):
    """A gateway whose checkout can be made a form."""

    method = "GET"

    def checkout(self, order):
        told = super().checkout(order)
        return replace(told, url="https://pay.example.com/checkout?v=1", method=self.method)


@pytest.fixture(autouse=True)
def alipay(monkeypatch) -> Alipay:
    gateway = Alipay(channel="Alipay", merchant="tael", secrets=(b"a secret of the test gateway",))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    return gateway


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the gateway's clock


@pytest.fixture
def order(wallet):
    return create_order(
        owner=wallet.owner,
        wallet=wallet,
        amount=money("500"),
        instruction=an_instruction(channel="Alipay"),
        expires_at=now() + timedelta(hours=1),
    )


def pay(alipay, order, amount: str = "500.00", event: str = "event-1") -> None:
    notice = Notice(
        event_id=event,
        order_number=order_number(order),
        amount=amount,
        currency="CNY",
        status="paid",
        gateway_number=f"number-{event}",
    )
    signed = alipay.pay(notice, at=now())
    receive_notice(raw=signed.raw, headers=signed.headers, channel="Alipay", at=now())


def test_the_customer_is_sent_to_the_provider_with_what_is_due(browser, order):
    answer = browser.get(f"/portal/orders/{order.pk}/pay")

    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert answer["Location"].startswith("https://pay.example.com/checkout?v=1&")
    assert asked["amount"] == ["500.00"]
    assert asked["return_url"] == [f"http://localhost/portal/orders/{order.pk}?returned=1"]


def test_a_provider_that_wants_a_form_gets_one_and_the_page_may_send_it_there_only(
    browser, order, alipay
):
    Alipay.method = "POST"
    try:
        answer = browser.get(f"/portal/orders/{order.pk}/pay")
    finally:
        Alipay.method = "GET"

    page = answer.content.decode()
    assert 'action="https://pay.example.com/checkout?v=1"' in page
    assert 'name="amount" value="500.00"' in page
    policy = answer["Content-Security-Policy"]
    assert "form-action 'self' https://pay.example.com;" in policy
    assert "script-src 'self';" in policy


@pytest.mark.rule("T8")
def test_coming_back_in_the_browser_changes_nothing_and_says_so(browser, wallet, order):
    forged = f"/portal/orders/{order.pk}?returned=1&status=paid&amount=500.00&sign=x"

    shown = plain(browser.read(forged))

    assert "Not yet confirmed by the payment provider" in shown
    assert find_order(order.pk).state == "created"
    assert figures(wallet)[0] == "1100.00"


def test_the_page_asks_again_while_it_waits_and_stops_when_it_is_confirmed(
    browser, wallet, order, alipay
):
    state = f"/portal/orders/{order.pk}/state?returned=1"
    waiting = browser.read(state)
    assert "hx-trigger" in waiting
    assert "<html" not in waiting

    pay(alipay, order)

    confirmed = browser.read(state)
    assert "hx-trigger" not in confirmed
    assert "the money is in your wallet" in confirmed
    assert figures(wallet)[0] == "1600.00"
    assert browser.get(f"/portal/orders/{order.pk}/pay").status_code == 303


def test_a_part_is_told_with_what_is_still_due(browser, order, alipay):
    pay(alipay, order, "200.00")

    shown = plain(browser.read(f"/portal/orders/{order.pk}"))

    assert "Still to be paid: 300.00 CNY" in shown
    asked = parse_qs(urlsplit(browser.get(f"/portal/orders/{order.pk}/pay")["Location"]).query)
    assert asked["amount"] == ["300.00"]


def test_an_order_whose_time_is_over_is_not_paid_from_here(browser, wallet):
    late = create_order(
        owner=wallet.owner,
        wallet=wallet,
        amount=money("5"),
        instruction=an_instruction(channel="Alipay"),
        expires_at=AT + timedelta(minutes=1),
    )

    assert "The time to pay this order is over" in browser.read(f"/portal/orders/{late.pk}")
    assert browser.get(f"/portal/orders/{late.pk}/pay").status_code == 303


def test_closing_asks_first_and_may_be_pressed_twice(browser, wallet, order, alipay):
    address = f"/portal/orders/{order.pk}/close"
    form = browser.form(address)
    assert find_order(order.pk).state == "created"

    assert [browser.send(address, **form).status_code for _ in range(2)] == [303, 303]
    assert find_order(order.pk).state == "closed"
    assert "was closed" in browser.read(f"/portal/orders/{order.pk}")

    pay(alipay, order)  # the money came all the same
    assert figures(wallet)[0] == "1600.00"


def test_a_paid_order_is_not_closed(browser, order, alipay):
    form = browser.form(f"/portal/orders/{order.pk}/close")
    pay(alipay, order)

    assert browser.send(f"/portal/orders/{order.pk}/close", **form).status_code == 409


def test_a_provider_that_is_gone_is_told_beside_the_order(browser, order, monkeypatch):
    monkeypatch.setattr(registry, "_gateways", dict)

    page = browser.read(f"/portal/orders/{order.pk}/pay", status=404)

    assert "no gateway stands behind this channel" in page


def test_orders_are_listed_by_state_and_page(browser, wallet, order, alipay, monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 1)
    second = create_order(
        owner=wallet.owner, amount=money("7"), instruction=an_instruction(channel="Alipay")
    )
    pay(alipay, order)

    first_page = browser.read("/portal/orders")
    following = re.search(r'rel="next" href="([^"]*)"', first_page)[1]

    assert f"/portal/orders/{second.pk}" in first_page
    assert f'"/portal/orders/{order.pk}"' in browser.read(f"/portal/orders{following}")
    only_paid = browser.read("/portal/orders?state=success")
    assert f'"/portal/orders/{second.pk}"' not in only_paid
    browser.read(f"/portal/orders?before={9 * 10**17}")


@pytest.mark.rule("T14")
def test_anothers_order_is_answered_as_one_that_does_not_exist(stranger, order):
    for tail in ("", "/state", "/pay", "/close"):
        foreign = stranger.get(f"/portal/orders/{order.pk}{tail}")
        absent = stranger.get(f"/portal/orders/999{tail}")
        assert foreign.status_code == absent.status_code == 404
        assert plain(foreign.content.decode()) == plain(absent.content.decode())
    form = stranger.form("/portal/pay")
    assert stranger.send(f"/portal/orders/{order.pk}/close", **form).status_code == 404
    assert find_order(order.pk).state == "created"
