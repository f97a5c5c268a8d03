"""T8, what comes late, out of order, back or not at all: against the sandbox gateway over real sockets."""

from __future__ import annotations

import time
from datetime import timedelta

import httpx
import pytest

from builders import AT, a_wallet, an_instruction, figures, money
from faults.gateway_place import Place, alarms, newest_notice, now, verdicts
from tael.wallet.deduct import deduct
from tael.wallet.early_refund import PATIENCE, tell_of_waiting_refunds
from tael.wallet.models import GatewayNotice
from tael.wallet.queries import debt_of
from tael.wallet.recharge_order import close_order, expire_orders, order, order_number
from tael.wallet.silent_orders import ask_about


@pytest.fixture
def place(gateway_place: Place) -> Place:
    return gateway_place


def test_a_refund_of_what_was_never_paid_changes_nothing_and_people_are_told_in_time(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    path = place.at_payment(row)

    place.operate(path, "send", status="refunded", event="")
    place.settled()

    assert verdicts(before) == ["refund_waiting"]
    assert figures(wallet)[0] == "0.00"
    assert tell_of_waiting_refunds(at=now() + PATIENCE) == 1
    assert alarms(before) == {"gateway.refund_unmatched"}


def test_refunds_take_back_what_was_paid_and_never_more(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    path = place.pay(row)
    place.settled()

    place.operate(path, "refund", amount="4.00")
    place.operate(path, "refund", amount="6.00")
    place.settled()
    assert figures(wallet)[0] == "0.00"
    place.operate(path, "send", status="refunded", amount="1.00", event="")
    place.settled()

    assert verdicts(before) == ["credited", "refunded", "refunded", "refund_unmatched"]
    assert (figures(wallet)[0], debt_of(wallet)) == ("0.00", money("0"))


def test_a_chargeback_of_money_that_is_spent_is_owed(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    path = place.pay(row)
    place.settled()
    deduct(wallet=wallet, amount=money("7.00"), instruction=an_instruction())

    place.operate(path, "refund", amount="10.00")
    place.settled()

    assert verdicts(before) == ["credited", "refunded_into_debt"]
    assert alarms(before) == {"gateway.refunded_into_debt"}
    assert (figures(wallet)[0], debt_of(wallet)) == ("0.00", money("7.00"))


def test_money_for_a_closed_order_and_for_one_that_expired_is_the_customers(place):
    wallet = a_wallet()
    closed = place.order(wallet)
    expired = place.order(wallet, expires_at=AT + timedelta(hours=1))
    before = newest_notice()
    at_closed, at_expired = place.at_payment(closed), place.at_payment(expired)
    close_order(order=closed.pk, at=AT)
    expire_orders(at=AT + timedelta(hours=2))

    assert place.browser.do(at_closed, act="pay").status_code == httpx.codes.SEE_OTHER
    place.operate(at_expired, "send", event="")  # its page takes no money any more
    place.settled()

    assert verdicts(before) == ["late", "late"]
    assert figures(wallet)[0] == "20.00"
    assert (order(closed.pk).state, order(expired.pk).state) == ("closed", "expired")


def test_the_browsers_return_proves_nothing(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    back = f"{place.site.address}/portal/orders/{row.pk}"
    path = place.at_payment(row, back)

    shown = place.browser.see(path).text
    assert f"{back}?order={order_number(row)}&amp;status=cancelled" in shown
    for status in ("paid", "success", "cancelled"):
        told = {"order": order_number(row), "status": status, "amount": "10.00"}
        place.browser.see(back, params=told)
        place.browser.client.post(back, data=told)

    assert verdicts(before) == []
    assert (order(row.pk).state, figures(wallet)[0]) == ("created", "0.00")


def test_a_silent_gateway_is_asked_and_its_late_notice_does_nothing_more(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    place.pay(row, "4.00")
    place.settled()
    place.behave(keep_back=True)
    place.pay(order(row.pk), "7.00")
    assert (verdicts(before), figures(wallet)[0]) == (["partial"], "4.00")

    assert [one.verdict for one in ask_about(row.pk, at=now())] == ["surplus"]
    assert ask_about(row.pk, at=now()) == []
    assert (order(row.pk).state, figures(wallet)[0]) == ("success", "11.00")

    place.release("in_order")
    assert verdicts(before) == ["partial", "surplus", "repeated"]
    assert figures(wallet)[0] == "11.00"


def test_notices_out_of_order_end_at_the_same_figures(place):
    wallet = a_wallet()
    first, second = place.order(wallet), place.order(wallet, "5.00")
    place.behave(keep_back=True)
    before = newest_notice()
    place.pay(first, "3.00")
    place.pay(second)

    place.release("newest_first")
    assert verdicts(before) == ["credited", "partial"]
    place.behave()
    place.pay(order(first.pk))
    place.settled()

    assert figures(wallet)[0] == "15.00"
    assert (order(first.pk).state, order(second.pk).state) == ("success", "success")


def test_a_refund_that_overtakes_its_payment_waits_for_it(place):
    """The refund is kept until the payment is booked, and taken with it: nothing is left on the wallet."""
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    place.behave(keep_back=True)
    place.operate(place.pay(row), "refund", amount="10.00")

    place.release("newest_first")

    assert verdicts(before) == ["refunded", "credited"]
    assert alarms(before) == set()
    assert figures(wallet)[0] == "0.00"


def test_everything_the_gateway_sent_is_kept_as_it_came_and_answered_within_a_second(place):
    row, before = place.order(a_wallet()), newest_notice()
    begun = time.monotonic()
    place.pay(row)
    place.settled()
    seconds = time.monotonic() - begun

    kept = GatewayNotice.objects.get(pk=newest_notice())
    sent = place.store.rows("SELECT * FROM notice ORDER BY id DESC LIMIT 1")[0]
    assert newest_notice() == before + 1
    assert bytes(kept.raw) == sent["facts"].encode()
    assert kept.headers["Webhook-Id"] == sent["event"]
    assert seconds < 5  # the payer's pages, the pause before sending, and the answer
    began = time.monotonic()
    answer = httpx.post(f"{place.site.address}/api/v1/callbacks/Alipay", content=b"{}")
    assert (answer.status_code, time.monotonic() - began < 1) == (422, True)


def test_a_notice_for_a_channel_without_a_gateway_is_refused_and_kept(place):
    before = newest_notice()

    answer = httpx.post(f"{place.site.address}/api/v1/callbacks/QQwallet", content=b"{}")

    assert answer.status_code == 404
    assert verdicts(before) == ["refused"]
