"""Requests to the endpoints that move money of merchants and out of suspense, each of which would be carried out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from api.client import amount
from bank_builders import a_bank_line
from builders import STAFF, a_customer, a_payee, a_wallet, an_instruction
from settlement_batch_builders import with_the_bank
from settlement_bill_builders import a_billed_month
from settlement_builders import a_merchant_account, some_terms
from settlement_payout_builders import an_account_with, an_application, in_state
from settlement_remittance_builders import a_proposal, a_remittance, an_adjustment, told
from tael.channels.gateways import registry
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.settlement.bank_line_act import put_line_aside
from tael.settlement.lifecycles import PayoutState
from tael.settlement.models import PayoutRow
from tael.wallet.models import GatewayPayment
from tael.wallet.suspense_proposal import propose_placing
from wallet import gateway_play

Requests = dict[str, tuple[str, Any]]


def of_merchants() -> Requests:
    """Of accounts that merchants have: one to be confirmed, one that owes, one that waits for two people."""
    owner = a_customer()
    account = a_merchant_account(owner=owner)
    some_terms(account, collect_from=a_wallet(owner=owner, free="50.00").number)
    an_adjustment(account, "-20.00")
    remittance = a_remittance(account, "5.00").pk
    waits = a_proposal(account, instruction=told(at=datetime.now(UTC)))  # noqa: TID251 - as the door does
    wrong = {"account": account.number, "amount": amount("1"), "reason": "wrong"}
    return {
        "confirm_remittance": (f"/remittances/{remittance}/confirm", {}),
        "make_adjustment": ("/adjustments", wrong),
        "collect_from_wallet": (f"/merchant-accounts/{account.number}/collect", {}),
        "approve_proposal": (f"/proposals/{waits.pk}/approve", {}),
    }


def of_bills_and_payouts() -> Requests:
    """A draft, an issued bill, and withdrawals that wait and that were paid."""
    reviewed = a_merchant_account()
    some_terms(reviewed, review=True)
    draft, issued = a_billed_month(reviewed, "9.00"), a_billed_month(a_merchant_account(), "9.00")
    account = an_account_with("100.00")
    payee = a_payee(account.owner)
    waits = an_application(account, "5.00", payee=payee).pk
    paid = in_state(PayoutState.PAID, account, "6.00").pk
    ask = {"account": account.number, "amount": amount("7"), "payee": payee}
    return {
        "issue_bill": (f"/bills/{draft.pk}/issue", {}),
        "replace_bill": (f"/bills/{issued.pk}/replace", {"reason": "wrong"}),
        "apply_for_merchant_withdrawal": ("/merchant-withdrawals", ask),
        "cancel_merchant_withdrawal": (f"/merchant-withdrawals/{waits}/cancel", {}),
        "bounce_merchant_withdrawal": (f"/merchant-withdrawals/{paid}/bounce", {"reason": "x"}),
    }


def of_suspense(monkeypatch: Any) -> Requests:
    """Money that found no wallet: some for which nothing is proposed, and some that waits for a second person."""
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"s" * 28,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    wallet = a_wallet()
    items = []
    for number in ("G1", "G2"):
        row = gateway_play.an_order(wallet)
        lost = gateway_play.told(row, number=number, event=number, order_number="R999999")
        gateway_play.sent(gateway, lost)
        items.append(GatewayPayment.objects.get(number=number, movement="paid").pk)
    said = {"wallet": wallet, "reason": "his slip", "instruction": an_instruction(actor=STAFF)}
    waits = propose_placing(number=items[1], **said).proposal.pk
    asked = {"wallet": wallet.number, "reason": "his slip"}
    return {
        "propose_placing": (f"/suspense/{items[0]}/place", asked),
        "propose_return": (f"/suspense/{items[0]}/return", {"reason": "not ours"}),
        "confirm_suspense_proposal": (f"/suspense-proposals/{waits}/confirm", {}),
        "drop_suspense_proposal": (f"/suspense-proposals/{waits}/drop", {"reason": "no"}),
    }


def of_bank() -> Requests:
    """Lines of the bank: one that nothing explains, one that is in suspense, one that names a payout."""
    batch, _ = with_the_bank("10.00")
    withdrawal = PayoutRow.objects.get(batch=batch).withdrawal_id
    free, aside = a_bank_line("3.00").pk, a_bank_line("4.00").pk
    paid = a_bank_line("-10.00", end_to_end=str(withdrawal)).pk
    put_line_aside(line=aside, instruction=an_instruction())
    return {
        "put_bank_line_aside": (f"/bank/lines/{free}/aside", {}),
        "take_bank_line_back": (f"/bank/lines/{aside}/back", {"reason": "a remittance"}),
        "settle_from_bank_line": (f"/bank/lines/{paid}/settle", {"withdrawal": withdrawal}),
    }
