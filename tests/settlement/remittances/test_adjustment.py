from __future__ import annotations

import pytest

from builders import a_customer, in_parallel, money
from settlement_builders import IN_NOVEMBER, a_merchant_account, amount_of, signed
from settlement_remittance_builders import (
    CHECKER,
    MAKER,
    a_limit,
    a_proposal,
    an_adjustment,
    told,
)
from tael import books, ledger
from tael.approvals.proposal import (
    AffectedDecides,
    Proposal,
    approve_proposal,
)
from tael.money import AmountNotPositive, CurrencyMismatch
from tael.parties.text import TextMalformed
from tael.settlement.accounts.merchant_account import (
    MerchantAccountDisabled,
    disable_merchant_account,
    enable_merchant_account,
)
from tael.settlement.house import settlement_account
from tael.settlement.models import Adjustment
from tael.settlement.remittances.adjustment import UnknownAdjustment, adjust, adjustment

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("B-03", "B-04", "B-05")
@pytest.mark.parametrize("amount", ["12.34", "-12.34"])
def test_an_account_is_corrected_by_an_entry_with_its_reason(amount):
    account = a_merchant_account()

    row = an_adjustment(account, amount, reason="counted twice")

    assert amount_of(account) == amount
    entry = ledger.read_entry(books.connection(), row.entry)
    assert (entry.kind, entry.info, row.proposal) == ("settlement.adjust", "counted twice", None)
    house = settlement_account("CNY")
    assert {leg.account: leg.amount for leg in entry.legs} == {
        account.account: row.amount,
        house: -row.amount,
    }


@pytest.mark.rule("I32")
@pytest.mark.parametrize("amount", ["10.01", "-10.01"])
def test_above_the_limit_it_takes_two_people(amount):
    account = a_merchant_account()
    a_limit("10.00")
    assert isinstance(an_adjustment(account, "10.00"), Adjustment)
    assert isinstance(an_adjustment(account, "-10.00"), Adjustment)

    waiting = an_adjustment(account, amount)
    assert isinstance(waiting, Proposal)
    assert (amount_of(account), waiting.before) == ("0.00", {"balance": 0})
    done = approve_proposal(number=waiting.pk, instruction=told(CHECKER))

    assert amount_of(account) == amount
    row = Adjustment.objects.get(proposal=done.pk)
    assert (row.made_by, row.approved_by) == (MAKER, CHECKER)
    assert done.outcome == {"adjustment": row.pk, "entry": row.entry}


def test_the_same_call_gives_the_first_answer_also_when_the_limit_has_changed():
    account = a_merchant_account()
    first = an_adjustment(account, "30.00", instruction=told(key="one"))
    a_limit("10.00")
    waiting = an_adjustment(account, "30.00", instruction=told(key="two"))
    a_limit(None)

    assert an_adjustment(account, "30.00", instruction=told(key="one")) == first
    assert an_adjustment(account, "30.00", instruction=told(key="two")) == waiting
    assert amount_of(account) == "30.00"
    for key in ("one", "two"):
        with pytest.raises(ledger.KeyReused):
            an_adjustment(account, "-30.00", instruction=told(key=key))


def test_parallel_calls_adjust_once():
    account = a_merchant_account()

    rows = in_parallel(*[lambda: an_adjustment(account, "30.00", instruction=told(key="one"))] * 6)

    assert len({row.pk for row in rows}) == 1
    assert amount_of(account) == "30.00"


def test_what_cannot_be_is_refused():
    account = a_merchant_account()
    for amount, reason, refusal in (
        ("0.00", "why", AmountNotPositive),
        ("1.00", " ", TextMalformed),
    ):
        with pytest.raises(refusal):
            adjust(
                account=account,
                amount=money(amount),
                reason=reason,
                instruction=told(),
            )
    with pytest.raises(CurrencyMismatch):
        adjust(account=account, amount=signed("-1.00", "USD"), reason="why", instruction=told())


@pytest.mark.rule("I32")
def test_nobody_adjusts_an_account_of_his_own():
    account = a_merchant_account()

    with pytest.raises(AffectedDecides):
        an_adjustment(account, "1.00", instruction=told(f"customer:{account.owner}"))


def test_an_account_that_is_switched_off_leaves_its_proposal_open():
    account = a_merchant_account()
    waiting = a_proposal(account)
    disable_merchant_account(account=account, actor=MAKER, at=IN_NOVEMBER, reason="closed")

    with pytest.raises(MerchantAccountDisabled):
        approve_proposal(number=waiting.pk, instruction=told(CHECKER))
    with pytest.raises(MerchantAccountDisabled):
        an_adjustment(account, "1.00")

    enable_merchant_account(account=account, actor=MAKER, at=IN_NOVEMBER, reason="again")
    approve_proposal(number=waiting.pk, instruction=told(CHECKER))
    assert amount_of(account) == "-30.00"


def test_another_merchants_adjustment_is_not_there():
    account = a_merchant_account()
    row = an_adjustment(account, "1.00")

    assert adjustment(row.pk, owner=account.owner) == row
    with pytest.raises(UnknownAdjustment):
        adjustment(row.pk, owner=a_customer())
    with pytest.raises(UnknownAdjustment):
        adjustment(2**63)
