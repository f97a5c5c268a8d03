"""Remittances, collections, adjustments and proposals, of each sort one, for the doctor to look at."""

from __future__ import annotations

from typing import NamedTuple

from builders import a_customer, a_wallet
from settlement_builders import a_merchant_account
from settlement_remittance_builders import (
    CHECKER,
    a_limit,
    a_remittance,
    an_adjustment,
    decider,
    other_side,
    told,
)
from tael.approvals.proposal import Proposal, approve_proposal, refuse_proposal
from tael.settlement.accounts.terms import AccountTerms, set_terms
from tael.settlement.remittances.collection import collect_debt
from tael.settlement.remittances.remittance import confirm_remittance, dispute_remittance


class Remitted(NamedTuple):
    """Numbers of things that a test wants to spoil."""

    confirmed: int
    declared: int
    collection: int
    adjusted: int
    adjusted_by_two: int
    approved: int
    waiting: int
    agreed: int
    merchant: int


def remittances_and_adjustments() -> Remitted:
    """Let either side pay, a debt be collected, and two people adjust and agree."""
    owner = a_customer()
    account = a_merchant_account(owner=owner)
    wallet = a_wallet(owner=owner, free="100.00")
    rows = [a_remittance(account, side=side) for side in ("merchant", "platform", "merchant")]
    for row in rows[:2]:
        confirm_remittance(
            number=row.pk, side=other_side(row.payer), instruction=told(decider(account, row))
        )
    dispute_remittance(number=rows[2].pk, side="platform", reason="no", instruction=told(CHECKER))
    declared = a_remittance(account)
    adjusted = an_adjustment(account, "-40.00")
    a_limit("0.00", command="settlement.terms")
    terms = AccountTerms(
        cycle="week", collect_from=wallet.number, reserve_percent="0.50", reserve_days=3
    )
    agreed = set_terms(account=account, terms=terms, instruction=told())
    assert isinstance(agreed, Proposal)
    approve_proposal(number=agreed.pk, instruction=told(CHECKER))
    taken = collect_debt(account=account, instruction=told()).collection
    a_limit("10.00")
    by_two, refused, waiting = (
        an_adjustment(account, text) for text in ("30.00", "-50.00", "60.00")
    )
    done = approve_proposal(number=by_two.pk, instruction=told(CHECKER))
    refuse_proposal(number=refused.pk, reason="no", instruction=told(CHECKER))
    return Remitted(
        rows[0].pk,
        declared.pk,
        taken.pk,
        adjusted.pk,
        done.outcome["adjustment"],
        done.pk,
        waiting.pk,
        agreed.pk,
        account.number,
    )
