"""The gateway is asked about orders whose notices never came (T8: no callback at all)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_wallet, an_instruction, figures, in_parallel, money
from tael import books
from tael.channels.gateways import registry
from tael.channels.gateways.base import GatewayUnreachable, Notice, NoticeForged
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.wallet.models import GatewayNotice
from tael.wallet.notice import Verdict, receive_notice
from tael.wallet.recharge_order import close_order, create_order, order, order_number
from tael.wallet.silent_orders import FIRST_AFTER, GIVEN_UP_AFTER, ask_about, ask_gateways

pytestmark = pytest.mark.usefixtures("db")

LATER = AT + FIRST_AFTER


class Gateways(dict):
    """The gateways of a test, and the orders that they were asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        for channel in ("Alipay", "WeChat"):
            self[channel] = self.Counted(channel, self.asked)

    class Counted(SignedTestGateway):
        def __init__(self, channel: str, asked: list[str]) -> None:
            super().__init__(channel=channel, merchant="tael", secrets=(b"x" * 32,))
            self.asked, self.fault = asked, None

        def query(self, order_number, *, at):
            self.asked.append(order_number)
            if self.fault is not None:
                raise self.fault
            return super().query(order_number, at=at)


@pytest.fixture
def gateways(monkeypatch) -> Gateways:
    known = Gateways()
    monkeypatch.setattr(registry, "_gateways", lambda: known)
    return known


def an_order(wallet, text: str = "10.00", *, channel: str = "Alipay", **more):
    return create_order(
        owner=wallet.owner,
        wallet=wallet,
        amount=money(text),
        instruction=an_instruction(channel=channel),
        **more,
    )


def paid(row, amount: str = "10.00", *, number: str = "G1", status: str = "paid") -> Notice:
    return Notice(
        event_id=f"{status}-{number}",
        order_number=order_number(row),
        amount=amount,
        currency="CNY",
        status=status,
        gateway_number=number,
    )


@pytest.mark.rule("F-25")
def test_a_payment_whose_notice_never_came_is_credited_once(gateways):
    wallet = a_wallet()
    row = an_order(wallet)
    signed = gateways["Alipay"].pay(paid(row), at=AT)

    first, second = ask_gateways(at=LATER), ask_gateways(at=LATER + timedelta(hours=1))
    late = receive_notice(raw=signed.raw, headers=signed.headers, channel="Alipay", at=AT)

    assert [one.verdict for one in first.outcomes] == [Verdict.CREDITED]
    assert second.orders == 0
    assert late.verdict == Verdict.REPEATED
    assert order(row.pk).state == "success"
    assert figures(wallet)[0] == "10.00"


def test_all_payments_of_an_order_are_told_and_each_counts(gateways):
    wallet = a_wallet()
    row = an_order(wallet)
    gateways["Alipay"].pay(paid(row, "4.00", number="G1"), at=AT)
    gateways["Alipay"].pay(paid(row, "6.00", number="G2"), at=AT)

    told = ask_gateways(at=LATER)

    assert [one.verdict for one in told.outcomes] == [Verdict.PARTIAL, Verdict.CREDITED]
    assert figures(wallet)[0] == "10.00"


def test_what_is_known_already_leaves_no_second_record(gateways):
    row = an_order(a_wallet())
    gateways["Alipay"].pay(paid(row, "4.00"), at=AT)
    ask_about(row.pk, at=LATER)
    kept = GatewayNotice.objects.count()

    assert ask_about(row.pk, at=LATER + timedelta(days=1)) == []
    assert GatewayNotice.objects.count() == kept == 1


def test_an_order_is_asked_about_after_minutes_and_then_at_double_its_age(gateways):
    row = an_order(a_wallet())
    minutes = [4, 5, 6, 9, 10, 11, 19, 20, 39, 40]

    asked = [minute for minute in minutes if ask_gateways(at=AT + timedelta(minutes=minute)).orders]

    assert asked == [5, 10, 20, 40]
    assert gateways.asked == [order_number(row)] * 4
    assert ask_gateways(at=AT + GIVEN_UP_AFTER).orders == 0


def test_a_closed_order_is_asked_about_because_the_money_may_have_come(gateways):
    wallet = a_wallet()
    row = an_order(wallet)
    close_order(order=row.pk, at=AT)
    gateways["Alipay"].pay(paid(row), at=AT)

    assert [one.verdict for one in ask_gateways(at=LATER).outcomes] == [Verdict.LATE]
    assert figures(wallet)[0] == "10.00"


def test_orders_of_channels_without_a_gateway_are_nobodys_to_ask(gateways):
    an_order(a_wallet(), channel="Admin")

    assert ask_gateways(at=LATER).orders == 0


def test_a_gateway_that_is_down_is_left_alone_and_the_others_are_asked(gateways):
    gateways["Alipay"].fault = GatewayUnreachable("down")
    wallet = a_wallet()
    dead = [an_order(wallet) for _ in range(3)]
    alive = an_order(wallet, channel="WeChat")
    gateways["WeChat"].pay(paid(alive), at=AT)

    told = ask_gateways(at=LATER, limit=2)

    assert gateways.asked == [order_number(dead[0]), order_number(alive)]
    assert [one.verdict for one in told.outcomes] == [Verdict.CREDITED]
    assert [(number, refusal.code) for number, refusal in told.failed] == [
        (dead[0].pk, "gateway_unreachable")
    ]
    gateways["Alipay"].fault = None
    assert ask_gateways(at=LATER + timedelta(seconds=1)).orders == 3


def test_an_answer_that_cannot_be_believed_changes_nothing_and_is_asked_for_again(gateways):
    gateways["Alipay"].fault = NoticeForged("no signature fits")
    wallet = a_wallet()
    row = an_order(wallet)

    told = ask_gateways(at=LATER)

    assert [refusal.code for _, refusal in told.failed] == ["notice_forged"]
    assert (order(row.pk).state, figures(wallet)[0]) == ("created", "0.00")
    assert order(row.pk).ask_at == LATER + FIRST_AFTER


def test_two_pollers_and_a_notice_at_the_same_moment_credit_once(gateways):
    wallet = a_wallet()
    row = an_order(wallet)
    signed = gateways["Alipay"].pay(paid(row), at=LATER)

    in_parallel(
        lambda: ask_gateways(at=LATER),
        lambda: ask_gateways(at=LATER),
        lambda: receive_notice(raw=signed.raw, headers=signed.headers, channel="Alipay", at=LATER),
    )

    assert figures(wallet)[0] == "10.00"
    assert GatewayNotice.objects.filter(verdict=Verdict.CREDITED).count() == 1


def test_no_gateway_is_asked_inside_a_transaction(gateways):
    row = an_order(a_wallet())

    with pytest.raises(RuntimeError, match="never asked inside"):
        books.rehearse(lambda: ask_about(row.pk, at=LATER))
    assert gateways.asked == []
