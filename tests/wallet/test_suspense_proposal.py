"""Money in suspense finds its place by two people, once and to the unit."""

from __future__ import annotations

from functools import partial

import pytest

from builders import AT, STAFF, a_wallet, an_instruction, figures, in_parallel, money
from tael.channels.gateways import registry
from tael.channels.gateways.registry import UnknownGateway
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.ledger import KeyReused
from tael.parties.models import AuditRecord
from tael.parties.text import TextMalformed
from tael.wallet import integrity
from tael.wallet.models import GatewayPayment, SuspenseProposal
from tael.wallet.recharge_order import confirm_order, order
from tael.wallet.suspense_proposal import (
    ItemNotOpen,
    ProposalDecided,
    ProposalMismatch,
    ProposerDecides,
    UnknownItem,
    UnknownProposal,
    confirm_proposal,
    drop_proposal,
    propose_placing,
    propose_return,
)
from tael.wallet.suspense_search import SuspenseWanted, suspense_items
from tael.wallet.waiting import in_suspense as counted
from tael.wallet.wallet import WalletDisabled, disable_wallet, enable_wallet
from wallet.gateway_play import an_order, in_suspense, sent, told

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-25")]

CHECKER = "user:7002"


@pytest.fixture
def alipay(monkeypatch) -> SignedTestGateway:
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"s" * 28,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    return gateway


@pytest.fixture
def wallet():
    return a_wallet()


def lost(gateway, wallet, amount: str = "10.00", *, number: str = "G1") -> int:
    """Let a payment come in for an order that nobody knows; give the item's number."""
    row = an_order(wallet, amount)
    sent(gateway, told(row, amount, number=number, event=f"e-{number}", order_number="R999999"))
    return GatewayPayment.objects.get(number=number, movement="paid").pk


def stopped(gateway, wallet, amount: str = "10.00", **given):
    """Let a payment come in for an order whose wallet is switched off; give item and order."""
    row = an_order(wallet, "10.00", **given)
    disable_wallet(wallet=wallet, actor=STAFF, at=AT, reason="asked")
    sent(gateway, told(row, amount))
    enable_wallet(wallet=wallet, actor=STAFF, at=AT, reason="asked")
    return GatewayPayment.objects.get(number="G1", movement="paid").pk, row


def placing(item: int, wallet, **given):
    return propose_placing(
        number=item, wallet=wallet, reason="his bank slip", instruction=an_instruction(**given)
    )


def by_checker(**given):
    return an_instruction(actor=CHECKER, **given)


def test_two_people_place_money_in_any_wallet_of_its_currency(alipay, wallet):
    item = lost(alipay, wallet)

    proposed = placing(item, wallet)
    assert (in_suspense(), figures(wallet)[0], counted().count) == (1000, "0.00", 1)
    done = confirm_proposal(number=proposed.proposal.pk, instruction=by_checker(key="c"))

    assert (in_suspense(), figures(wallet)[0], counted().count) == (0, "10.00", 0)
    assert suspense_items(SuspenseWanted(), at=AT) == []
    payment = GatewayPayment.objects.get(pk=item)
    assert (payment.wallet, payment.credited, len(payment.entries)) == (wallet.number, 0, 2)
    assert done.receipt is not None
    assert done.receipt.entry_id == payment.entries[1] == done.proposal.entry
    acts = AuditRecord.objects.filter(subject=f"gateway_payment:{item}").order_by("pk")
    assert [(act.action, act.actor) for act in acts] == [
        ("suspense.propose", STAFF),
        ("suspense.confirm", CHECKER),
    ]


def test_in_the_orders_own_wallet_it_counts_towards_the_order(alipay, wallet):
    item, row = stopped(alipay, wallet, "12.00", spend_only=True)

    confirm_proposal(number=placing(item, wallet).proposal.pk, instruction=by_checker())

    assert (order(row.pk).state, order(row.pk).credited) == ("success", 1200)
    assert figures(wallet)[:2] == ("12.00", "10.00")  # what was due is locked, the rest is free
    again = confirm_order(
        order=row.pk,
        owner=wallet.owner,
        amount=money("10.00"),
        instruction=an_instruction(channel="Alipay"),
    )
    assert again.entry_id == GatewayPayment.objects.get(pk=item).entries[1]


def test_another_customers_wallet_leaves_the_order_as_it_was(alipay, wallet):
    item, row = stopped(alipay, wallet)
    other = a_wallet()

    confirm_proposal(number=placing(item, other).proposal.pk, instruction=by_checker())

    assert (order(row.pk).state, order(row.pk).credited) == ("created", 0)
    assert (figures(wallet)[0], figures(other)[0]) == ("0.00", "10.00")


def test_a_refund_of_placed_money_is_taken_from_its_wallet(alipay, wallet):
    item = lost(alipay, wallet)
    confirm_proposal(number=placing(item, wallet).proposal.pk, instruction=by_checker())
    row = an_order(wallet)

    sent(alipay, told(row, "4.00", event="back", status="refunded"))

    assert (figures(wallet)[0], in_suspense()) == ("6.00", 0)


def test_the_same_request_sent_again_does_nothing_more(alipay, wallet):
    item = lost(alipay, wallet)
    first, again = (placing(item, wallet, key="p") for _ in range(2))
    assert (again.proposal.pk, again.replayed) == (first.proposal.pk, True)
    done, repeated = (
        confirm_proposal(number=first.proposal.pk, instruction=by_checker(key="c"))
        for _ in range(2)
    )
    assert repeated.replayed
    assert repeated.receipt is not None
    assert done.receipt is not None
    assert repeated.receipt.entry_id == done.receipt.entry_id
    assert figures(wallet)[0] == "10.00"

    with pytest.raises(KeyReused):
        propose_placing(
            number=item, wallet=wallet, reason="other", instruction=an_instruction(key="p")
        )
    with pytest.raises(ProposalDecided):
        confirm_proposal(number=first.proposal.pk, instruction=by_checker(key="d"))
    with pytest.raises(ItemNotOpen):
        placing(item, wallet, key="q")


def test_many_checkers_at_once_place_it_once(alipay, wallet):
    number = placing(lost(alipay, wallet), wallet).proposal.pk
    calls = [
        partial(
            confirm_proposal,
            number=number,
            instruction=an_instruction(actor=f"user:{8000 + checker}"),
        )
        for checker in range(8)
    ]

    results = in_parallel(*calls)

    assert sum(isinstance(result, ProposalDecided) for result in results) == 7
    assert (figures(wallet)[0], in_suspense()) == ("10.00", 0)


@pytest.mark.rule("F-38")
def test_what_is_wrong_is_refused_and_changes_nothing(alipay, wallet):
    item = lost(alipay, wallet)
    dollars, off = a_wallet(currency="USD"), a_wallet()
    disable_wallet(wallet=off, actor=STAFF, at=AT, reason="asked")
    cases = [
        (UnknownItem, partial(placing, 999, wallet)),
        (UnknownItem, partial(placing, 0, wallet)),
        (ProposalMismatch, partial(placing, item, dollars)),
        (WalletDisabled, partial(placing, item, off)),
        (
            TextMalformed,
            partial(
                propose_return, number=item, reason=" ", instruction=an_instruction(key="blank")
            ),
        ),
        (UnknownProposal, partial(confirm_proposal, number=999, instruction=by_checker())),
    ]
    for refusal, call in cases:
        with pytest.raises(refusal):
            call()
    assert SuspenseProposal.objects.count() == 0

    number = placing(item, wallet).proposal.pk
    with pytest.raises(ItemNotOpen):
        placing(item, wallet)
    with pytest.raises(ProposerDecides):
        confirm_proposal(number=number, instruction=an_instruction())
    with pytest.raises(ProposerDecides):
        confirm_proposal(
            number=number, instruction=an_instruction(actor=f"customer:{wallet.owner}")
        )
    assert (in_suspense(), figures(wallet)[0]) == (1000, "0.00")


def test_a_wallet_that_was_switched_off_meanwhile_leaves_the_proposal_open(alipay, wallet):
    number = placing(lost(alipay, wallet), wallet).proposal.pk
    disable_wallet(wallet=wallet, actor=STAFF, at=AT, reason="asked")

    with pytest.raises(WalletDisabled):
        confirm_proposal(number=number, instruction=by_checker())

    assert SuspenseProposal.objects.get().state == "proposed"
    assert in_suspense() == 1000


def test_a_dropped_proposal_leaves_the_money_for_another(alipay, wallet):
    item = lost(alipay, wallet)
    number = placing(item, wallet).proposal.pk

    dropped, again = (
        drop_proposal(number=number, reason="wrong one", instruction=by_checker(key="d"))
        for _ in range(2)
    )

    assert (dropped.proposal.state, again.replayed) == ("dropped", True)
    with pytest.raises(ProposalDecided):
        confirm_proposal(number=number, instruction=by_checker())
    assert placing(item, wallet).proposal.state == "proposed"


def test_what_the_gateway_takes_back_meanwhile_is_not_placed(alipay, wallet):
    item, row = stopped(alipay, wallet)
    number = placing(item, wallet).proposal.pk
    sent(alipay, told(row, "4.00", event="part", status="refunded"))

    with pytest.raises(ProposalMismatch):
        confirm_proposal(number=number, instruction=by_checker())
    sent(alipay, told(row, "6.00", event="rest", status="refunded"))

    assert SuspenseProposal.objects.get().state == "dropped"
    assert (in_suspense(), counted().count) == (0, 0)
    with pytest.raises(ItemNotOpen):
        placing(item, wallet)


def test_a_return_needs_a_gateway(alipay, wallet, monkeypatch):
    item = lost(alipay, wallet)
    monkeypatch.setattr(registry, "_gateways", dict)

    with pytest.raises(UnknownGateway):
        propose_return(number=item, reason="asked", instruction=an_instruction())


def test_the_doctor_finds_suspense_that_is_not_its_payments(alipay, wallet, owner):
    item = lost(alipay, wallet)
    confirm_proposal(number=placing(item, wallet).proposal.pk, instruction=by_checker())
    assert not [one for one in integrity.check(owner) if one.invariant in {"I24", "I32"}]

    for planted in (
        "UPDATE wallet_gateway_payment SET wallet = NULL",
        "UPDATE wallet_suspense_proposal SET amount = amount + 1",
    ):
        owner.execute(planted)
        assert "I24" in {one.invariant for one in integrity.check(owner)}
        owner.rollback()
