"""What the gateway takes back and what people take back is the same money, once."""

from __future__ import annotations

import pytest

from builders import a_wallet, an_instruction, figures, money
from tael import ledger
from tael.channels.gateways import registry
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.wallet.models import GatewayPayment
from tael.wallet.notice import Verdict
from tael.wallet.queries import debt_of
from tael.wallet.refund import refund
from wallet.gateway_play import an_order, sent, told

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def alipay(monkeypatch) -> SignedTestGateway:
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"s" * 28,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    return gateway


@pytest.mark.rule("I12")
def test_people_and_the_gateway_take_a_payment_back_once_between_them(alipay):
    wallet = a_wallet()
    row = an_order(wallet)
    sent(alipay, told(row))
    entry = GatewayPayment.objects.get().entries[0]

    refund(entry_id=entry, amount=money("4.00"), instruction=an_instruction("first"))
    part = sent(alipay, told(row, "5.00", status="refunded", event="r1"))
    with pytest.raises(ledger.OverReversed) as beyond:
        refund(entry_id=entry, instruction=an_instruction())
    rest = sent(alipay, told(row, "5.00", status="refunded", event="r2"))
    with pytest.raises(ledger.AlreadyReversed):
        refund(entry_id=entry, instruction=an_instruction())

    assert (part.verdict, rest.verdict) == (Verdict.REFUNDED, Verdict.REFUND_UNMATCHED)
    assert beyond.value.allowed == "at most 1.00 CNY"
    assert refund(
        entry_id=entry, amount=money("4.00"), instruction=an_instruction("first")
    ).replayed
    assert (figures(wallet)[0], debt_of(wallet)) == ("0.00", money("0.00"))
