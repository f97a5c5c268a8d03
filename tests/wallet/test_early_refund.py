"""A refund that overtakes its payment waits for it, and people hear of one that waits too long."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from builders import AT, a_wallet, figures, in_parallel
from tael.channels.gateways import registry
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.parties.models import AuditRecord
from tael.wallet.early_refund import PATIENCE, tell_of_waiting_refunds
from tael.wallet.models import GatewayNotice, GatewayPayment, WaitingRefund
from tael.wallet.notice import Verdict, receive_notice
from wallet.gateway_play import an_order, in_suspense, sent, told

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-25")]


@pytest.fixture
def alipay(monkeypatch) -> SignedTestGateway:
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"s" * 28,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    return gateway


def verdicts() -> list[str]:
    return list(GatewayNotice.objects.order_by("pk").values_list("verdict", flat=True))


def test_a_refund_before_its_payment_waits_and_is_taken_with_it(alipay):
    wallet = a_wallet()
    row = an_order(wallet)

    early = sent(alipay, told(row, "4.00", status="refunded", event="r1"))
    assert (early.verdict, GatewayPayment.objects.count()) == (Verdict.REFUND_WAITING, 0)
    paid = sent(alipay, told(row))
    again = sent(alipay, told(row, "4.00", status="refunded", event="r1"))

    assert (paid.verdict, again.verdict) == (Verdict.CREDITED, Verdict.REPEATED)
    assert figures(wallet)[0] == "6.00"
    assert verdicts() == ["refunded", "credited", "repeated"]
    assert WaitingRefund.objects.get().taken_at == AT


def test_money_in_suspense_is_taken_back_too(alipay):
    row = an_order(a_wallet())
    sent(alipay, told(row, status="refunded", event="r1"))

    sent(alipay, told(row, order_number="R999999"))

    assert in_suspense() == 0


def test_a_refund_in_another_currency_than_its_payment_waits_for_nothing(alipay):
    row = an_order(a_wallet())
    sent(alipay, told(row))

    wrong = sent(alipay, told(row, status="refunded", event="r1", currency="USD"))

    assert wrong.verdict == Verdict.REFUND_UNMATCHED


def test_people_hear_of_a_refund_whose_payment_does_not_come(alipay):
    wallet = a_wallet()
    row = an_order(wallet)
    sent(alipay, told(row, status="refunded", event="r1"))

    assert tell_of_waiting_refunds(at=AT + PATIENCE - timedelta(seconds=1)) == 0
    assert [tell_of_waiting_refunds(at=AT + PATIENCE) for _ in range(2)] == [1, 0]
    assert verdicts() == ["refund_unmatched"]
    assert AuditRecord.objects.filter(action="gateway.refund_unmatched").count() == 1

    sent(alipay, told(row))  # it comes after all

    assert (verdicts()[0], figures(wallet)[0]) == ("refunded", "0.00")


def test_a_payment_and_its_refund_at_the_same_moment_end_as_one_after_the_other(alipay):
    for number in range(5):
        wallet = a_wallet()
        row = an_order(wallet)
        notices = [
            told(row, number=f"G{number}", event=f"p{number}"),
            told(row, number=f"G{number}", event=f"r{number}", status="refunded"),
        ]
        calls = [
            partial(receive_notice, **alipay.pay(notice, at=AT)._asdict(), channel="Alipay", at=AT)
            for notice in notices
        ]

        answers = in_parallel(*calls)

        assert [type(answer).__name__ for answer in answers] == ["Outcome", "Outcome"]
        assert figures(wallet)[0] == "0.00"
    assert not WaitingRefund.objects.filter(taken_at__isnull=True).exists()
