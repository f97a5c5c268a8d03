"""A chargeback that the gateway only tells of when it is asked is found, with few questions."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from builders import AT, a_wallet, figures
from tael.channels.gateways import registry
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.wallet.models import RechargeOrder
from tael.wallet.notice import Verdict
from tael.wallet.paid_orders import (
    USUAL_WINDOW,
    ask_about_paid_orders,
    chargeback_window,
)
from wallet.gateway_play import an_order, sent, told

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-25")]
DAY = timedelta(days=1)


@pytest.fixture
def alipay(monkeypatch) -> SignedTestGateway:
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"s" * 28,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    return gateway


def test_a_chargeback_without_a_notice_is_taken_as_its_notice_would_be(alipay):
    wallet = a_wallet()
    row = an_order(wallet)
    sent(alipay, told(row))
    alipay.pay(told(row, event="back", status="refunded"), at=AT)  # its notice is lost

    assert ask_about_paid_orders(at=AT + DAY - timedelta(seconds=1)).orders == 0
    asked = ask_about_paid_orders(at=AT + DAY)

    assert [one.verdict for one in asked.outcomes] == [Verdict.REFUNDED]
    assert figures(wallet)[0] == "0.00"
    assert ask_about_paid_orders(at=AT + DAY).orders == 0


def test_an_order_is_asked_about_some_twenty_times_and_then_no_more(alipay):
    sent(alipay, told(an_order(a_wallet())))

    days = [day for day in range(400) if ask_about_paid_orders(at=AT + day * DAY).orders]

    assert days[:5] == [1, 2, 3, 4, 5]
    assert len(days) < 25
    assert AT + days[-1] * DAY < AT + USUAL_WINDOW
    assert all(later - day <= max(1, day / 4 + 1) for day, later in itertools.pairwise(days))
    assert RechargeOrder.objects.get().ask_at is None


def test_the_operator_says_for_how_long_and_one_round_is_bounded(alipay):
    for number in range(3):
        row = an_order(a_wallet())
        sent(alipay, told(row, number=f"G{number}", event=f"e{number}"))

    assert ask_about_paid_orders(at=AT + DAY, limit=2).orders == 2
    assert ask_about_paid_orders(at=AT + DAY, window=timedelta(0)).orders == 0
    assert not RechargeOrder.objects.filter(ask_at__lte=AT + DAY).exists()


def test_an_unpaid_order_is_none_of_its_business(alipay):
    an_order(a_wallet())

    assert ask_about_paid_orders(at=AT + DAY).orders == 0


def test_the_window_is_a_setting():
    for text in ("", "abc", "-1", "99999", "٣"):
        assert chargeback_window({"TAEL_CHARGEBACK_DAYS": text}) == USUAL_WINDOW
    assert chargeback_window({"TAEL_CHARGEBACK_DAYS": "30"}) == timedelta(days=30)
    assert chargeback_window({"TAEL_CHARGEBACK_DAYS": "0"}) == timedelta(0)
