from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from builders import STAFF, a_wallet, an_instruction, money
from settlement_builders import IN_NOVEMBER, a_merchant_account, some_terms
from tael.approvals.limit import set_approval_limit
from tael.approvals.models import Proposal
from tael.approvals.proposal import OwnProposal, approve_proposal, refuse_proposal
from tael.money.fee import FeeMalformed
from tael.refusal import Refusal
from tael.settlement.accounts.terms import (
    AccountTerms,
    TermsMalformed,
    account_terms,
    cycle_of,
    set_terms,
    terms_history,
    terms_in_force,
)
from tael.settlement.models import Terms
from tael.settlement.registry import RegistryMalformed
from tael.wallet.wallet import UnknownWallet

pytestmark = pytest.mark.usefixtures("db")
MAKER, CHECKER = "user:20001", "user:20002"


def propose(account, actor=MAKER, **given):
    return set_terms(
        account=account,
        terms=AccountTerms(zone="UTC", **given),
        instruction=an_instruction(actor=actor, at=IN_NOVEMBER),
    )


def two_people():
    set_approval_limit(
        command="settlement.terms",
        currency="CNY",
        amount=money("1.00"),
        actor=STAFF,
        at=IN_NOVEMBER,
    )


@pytest.mark.rule("B-27")
def test_without_an_agreement_the_usual_terms_hold():
    terms = terms_in_force(a_merchant_account().number)

    assert terms.pk is None
    assert (terms.cycle, terms.anchor, terms.settle_after, terms.fee) == ("month", 1, 1, "0")
    assert (terms.minimum_manual, terms.minimum_automatic, terms.review) == (0, 0, False)


@pytest.mark.rule("B-27", "B-33")
def test_the_newest_terms_are_in_force_and_the_same_again_are_none():
    account = a_merchant_account()
    some_terms(account, cycle="week", anchor=3)
    some_terms(account, cycle="day", minimum_manual=5000)
    some_terms(account, cycle="day", minimum_manual=5000)

    terms = terms_in_force(account.number)

    assert (terms.cycle, terms.minimum_manual) == ("day", 5000)
    assert [row.cycle for row in terms_history(account.number)] == ["day", "week"]
    assert [row.cycle for row in terms_history(account.number, before=terms.pk)] == ["week"]
    assert terms_in_force(a_merchant_account().number).pk is None  # of one account only


@pytest.mark.parametrize(
    ("given", "field", "refusal"),
    [
        ({"cycle": "year"}, "cycle", TermsMalformed),
        ({"cycle": "day", "anchor": 2}, "anchor", TermsMalformed),
        ({"cycle": "week", "anchor": 0}, "anchor", TermsMalformed),
        ({"anchor": 29}, "anchor", TermsMalformed),
        ({"anchor": True}, "anchor", TermsMalformed),
        ({"settle_after": 0}, "settle_after", TermsMalformed),
        ({"settle_after": 91}, "settle_after", TermsMalformed),
        ({"grace_hours": 24}, "grace_hours", TermsMalformed),
        ({"review": True, "grace_hours": 0}, "grace_hours", TermsMalformed),
        ({"minimum_manual": -1}, "minimum_manual", TermsMalformed),
        ({"minimum_automatic": 2**63}, "minimum_automatic", TermsMalformed),
        ({"fee": "a lot"}, "fee", FeeMalformed),
        ({"reserve_percent": "100.01", "reserve_days": 1}, "reserve_percent", TermsMalformed),
        ({"reserve_percent": "NaN", "reserve_days": 1}, "reserve_percent", TermsMalformed),
        ({"reserve_percent": "1.005", "reserve_days": 1}, "reserve_percent", TermsMalformed),
        ({"reserve_percent": "10"}, "reserve_days", TermsMalformed),
        ({"reserve_days": 1}, "reserve_days", TermsMalformed),
        ({"collect_most": 100}, "collect_most", TermsMalformed),
        ({"reversal_style": "green"}, "reversal_style", TermsMalformed),
        ({"zone": "Nowhere"}, "zone", RegistryMalformed),
        ({"calendar": ""}, "calendar", Refusal),
    ],
)
def test_a_term_that_cannot_be_agreed_on_is_refused_by_name(given, field, refusal):
    account = a_merchant_account()

    with pytest.raises(refusal) as refused:
        some_terms(account, **given)

    assert refused.value.field == field
    assert not Terms.objects.exists()


@pytest.mark.rule("B-25")
def test_what_is_collected_comes_from_the_merchants_own_wallet_in_the_same_currency():
    account = a_merchant_account()
    mine, foreign = a_wallet(owner=account.owner), a_wallet(currency="USD", owner=account.owner)

    some_terms(account, collect_from=mine.number, collect_most=100)
    assert terms_in_force(account.number).collect_from == mine.number
    with pytest.raises(TermsMalformed):
        some_terms(account, collect_from=foreign.number)
    with pytest.raises(UnknownWallet):
        some_terms(account, collect_from=a_wallet().number)


def test_terms_are_read_back_as_they_were_told():
    account = a_merchant_account()
    told = AccountTerms(zone="UTC", reserve_percent="2.50", reserve_days=3, fee="1%")

    set_terms(account=account, terms=told, instruction=an_instruction(at=IN_NOVEMBER))

    row = terms_in_force(account.number)
    assert row.reserve_percent == Decimal("2.50")
    assert account_terms(row).reserve_percent == "2.5"


@pytest.mark.rule("B-27")
def test_a_cycle_counts_business_days_of_its_calendar():
    account = a_merchant_account()
    some_terms(account, cycle="day", business_days=True)

    cycle = cycle_of(terms_in_force(account.number))

    friday = cycle.period_of(date(2026, 11, 20))
    assert cycle.billed_on(friday) == date(2026, 11, 23)


@pytest.mark.rule("I32")
def test_terms_that_take_two_people_are_in_force_when_the_second_says_so():
    account = a_merchant_account()
    two_people()

    asked = propose(account, cycle="day")
    assert isinstance(asked, Proposal)
    assert terms_in_force(account.number).pk is None
    with pytest.raises(OwnProposal):
        approve_proposal(number=asked.pk, instruction=an_instruction(actor=MAKER, at=IN_NOVEMBER))

    approve_proposal(number=asked.pk, instruction=an_instruction(actor=CHECKER, at=IN_NOVEMBER))

    terms = terms_in_force(account.number)
    assert (terms.cycle, terms.proposal, terms.set_by) == ("day", asked.pk, CHECKER)


@pytest.mark.rule("I32")
def test_terms_that_were_refused_never_hold():
    account = a_merchant_account()
    two_people()
    asked = propose(account, cycle="day")

    refuse_proposal(
        number=asked.pk,
        reason="too often",
        instruction=an_instruction(actor=CHECKER, at=IN_NOVEMBER),
    )

    assert terms_in_force(account.number).pk is None
