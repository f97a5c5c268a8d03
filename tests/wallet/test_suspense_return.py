"""Money in suspense goes back to its payer over its gateway, once, whatever is lost on the way."""

from __future__ import annotations

import pytest

from builders import AT, a_wallet, an_instruction
from tael import books, ledger
from tael.channels.gateways import registry
from tael.channels.gateways.base import GatewayUnreachable
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.channels.house import channel_account
from tael.wallet.models import GatewayPayment, SuspenseProposal
from tael.wallet.notice import Verdict, take_answer
from tael.wallet.suspense_proposal import confirm_proposal, propose_placing, propose_return
from tael.wallet.suspense_return import ask_for_returns
from wallet.gateway_play import an_order, in_suspense, sent, told

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-25")]


@pytest.fixture
def alipay(monkeypatch) -> SignedTestGateway:
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"s" * 28,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    return gateway


def returning(gateway, number: str = "G1") -> int:
    """A payment without a place whose return two people have confirmed; the item's number."""
    order = an_order(a_wallet())
    sent(gateway, told(order, order_number="R999999", number=number, event=f"e{number}"))
    item = GatewayPayment.objects.get(gateway=gateway.channel, number=number).pk
    made = propose_return(number=item, reason="not ours", instruction=an_instruction())
    confirm_proposal(number=made.proposal.pk, instruction=an_instruction(actor="user:7002"))
    return item


def test_the_gateway_gives_it_back_and_the_books_say_so(alipay):
    returning(alipay)
    assert (in_suspense(), SuspenseProposal.objects.get().state) == (1000, "returning")

    asked = ask_for_returns(at=AT)

    assert [one.verdict for one in asked.outcomes] == [Verdict.REFUNDED]
    row = SuspenseProposal.objects.get()
    assert (row.state, in_suspense()) == ("done", 0)
    assert ledger.balance(books.connection(), channel_account("Alipay", "CNY")) == 0
    assert ask_for_returns(at=AT).returns == 0


def test_a_notice_that_is_quicker_than_the_answer_is_the_same_refund(alipay, monkeypatch):
    returning(alipay)
    asks = alipay.refund

    def slow(self, *given, **more):
        told = asks(*given, **more)
        take_answer(told, channel="Alipay", at=AT)
        return told

    monkeypatch.setattr(SignedTestGateway, "refund", slow)
    asked = ask_for_returns(at=AT)

    assert (asked.outcomes, asked.failed, in_suspense()) == ((), (), 0)
    assert SuspenseProposal.objects.get().state == "done"


def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_paid_twice(alipay, monkeypatch):
    returning(alipay)
    asks = alipay.refund

    def lost(self, *given, **more):
        asks(*given, **more)
        raise GatewayUnreachable("It does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(SignedTestGateway, "refund", lost)
        assert [refusal.code for _, refusal in ask_for_returns(at=AT).failed] == [
            "gateway_unreachable"
        ]
    assert in_suspense() == 1000

    ask_for_returns(at=AT)

    assert (in_suspense(), SuspenseProposal.objects.get().state) == (0, "done")
    assert sum(len(told) for told in alipay.payments.values()) == 2


def test_returns_over_a_gateway_that_is_down_or_gone_keep_no_other_from_its_turn(
    alipay, monkeypatch
):
    wechat = SignedTestGateway(channel="WeChat", merchant="tael", secrets=(b"s" * 28,))
    for number in ("G1", "G2"):
        returning(alipay, number)
    monkeypatch.setattr(registry, "_gateways", lambda: {"WeChat": wechat})
    returning(wechat)

    asked = ask_for_returns(at=AT, limit=2)

    assert [refusal.code for _, refusal in asked.failed] == ["unknown_gateway"]
    assert [one.verdict for one in asked.outcomes] == [Verdict.REFUNDED]


def test_what_the_gateway_declines_is_in_suspense_as_before(alipay):
    item = returning(alipay)
    alipay.payments.clear()
    alipay.pay(told(an_order(a_wallet()), "3.00", order_number="R999999"), at=AT)

    assert [refusal.code for _, refusal in ask_for_returns(at=AT).failed] == [
        "gateway_refund_declined"
    ]

    assert (in_suspense(), SuspenseProposal.objects.get().state) == (1000, "declined")
    placed = propose_placing(
        number=item, wallet=a_wallet(), reason="found", instruction=an_instruction()
    )
    assert placed.proposal.state == "proposed"
