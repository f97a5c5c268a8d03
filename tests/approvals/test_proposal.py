from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from builders import in_parallel, money
from settlement_builders import IN_NOVEMBER, a_merchant_account, amount_of, some_terms
from settlement_remittance_builders import (
    CHECKER,
    MAKER,
    a_limit,
    a_proposal,
    an_adjustment,
    told,
)
from tael import ledger
from tael.approvals import command as commands
from tael.approvals.command import UnknownCommand, command_named
from tael.approvals.lifecycle import PROPOSAL, ProposalEvent, ProposalState
from tael.approvals.models import Proposal
from tael.approvals.proposal import (
    AffectedDecides,
    OwnProposal,
    ProposalAltered,
    ProposalDecided,
    UnknownProposal,
    approve_proposal,
    expire_proposals,
    propose,
    refuse_proposal,
    withdraw_proposal,
)
from tael.assurance.doctor import examine
from tael.parties.person import set_own_customer
from tael.parties.text import TextMalformed
from tael.parties.user import add_staff
from tael.postgres.connect import Databases
from tael.refusal import Refusal
from tael.settlement.accounts.terms import AccountTerms, set_terms, terms_in_force

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I32")]

LATE = IN_NOVEMBER + timedelta(days=15)
MOVES = {
    ProposalEvent.APPROVE: lambda number: approve_proposal(
        number=number, instruction=told(CHECKER)
    ),
    ProposalEvent.REFUSE: lambda number: refuse_proposal(
        number=number, reason="no", instruction=told(CHECKER)
    ),
    ProposalEvent.WITHDRAW: lambda number: withdraw_proposal(
        number=number, instruction=told(MAKER)
    ),
    ProposalEvent.EXPIRE: lambda _number: expire_proposals(instruction=told("system", at=LATE)),
}
TO = {
    ProposalState.APPROVED: ProposalEvent.APPROVE,
    ProposalState.REFUSED: ProposalEvent.REFUSE,
    ProposalState.WITHDRAWN: ProposalEvent.WITHDRAW,
    ProposalState.EXPIRED: ProposalEvent.EXPIRE,
}


@pytest.mark.parametrize("event", ProposalEvent)
@pytest.mark.parametrize("state", ProposalState)
def test_every_state_and_event_is_a_move_or_a_refusal(state, event):
    account = a_merchant_account()
    row = a_proposal(account)
    if state != ProposalState.PROPOSED:
        MOVES[TO[state]](row.pk)
    held = amount_of(account)

    try:
        MOVES[event](row.pk)
        refused = False
    except ProposalDecided:
        refused = True

    row.refresh_from_db()
    if state == ProposalState.PROPOSED:
        assert row.state == PROPOSAL.after(state, event)
        assert amount_of(account) == ("-30.00" if event == ProposalEvent.APPROVE else "0.00")
    else:
        assert refused or event == ProposalEvent.EXPIRE  # the job passes over what is decided
        assert (row.state, amount_of(account)) == (state, held)


def test_nobody_decides_about_his_own_proposal():
    row = a_proposal(a_merchant_account())

    with pytest.raises(OwnProposal):
        approve_proposal(number=row.pk, instruction=told(MAKER))
    with pytest.raises(OwnProposal):
        refuse_proposal(number=row.pk, reason="no", instruction=told(MAKER))
    with pytest.raises(UnknownProposal):
        withdraw_proposal(number=row.pk, instruction=told(CHECKER))
    row.refresh_from_db()
    assert row.state == "proposed"


@pytest.mark.parametrize("act", ["adjust", "terms"])
def test_the_customer_whom_it_is_about_does_not_decide_under_any_name(act):
    account = a_merchant_account()
    if act == "adjust":
        row = a_proposal(account)
    else:
        a_limit("0.00", command="settlement.terms")
        row = set_terms(account=account, terms=AccountTerms(cycle="day"), instruction=told())
    staff = add_staff(
        login="both@house.test", name="Both", roles=["finance_checker"], actor=MAKER, at=IN_NOVEMBER
    )
    set_own_customer(number=staff.pk, customer=account.owner, actor=MAKER, at=IN_NOVEMBER)

    for actor in (f"customer:{account.owner}", f"user:{staff.pk}"):
        with pytest.raises(AffectedDecides):
            approve_proposal(number=row.pk, instruction=told(actor))
        with pytest.raises(AffectedDecides):
            refuse_proposal(number=row.pk, reason="no", instruction=told(actor))


def test_one_that_nobody_decided_in_time_is_closed():
    account = a_merchant_account()
    row = a_proposal(account)
    at_last = row.expires_at

    with pytest.raises(ProposalDecided) as refused:
        approve_proposal(number=row.pk, instruction=told(CHECKER, at=at_last))
    assert refused.value.there == "expired"
    assert expire_proposals(instruction=told("system", at=at_last - timedelta(seconds=1))) == 0
    assert expire_proposals(instruction=told("system", at=at_last)) == 1
    assert expire_proposals(instruction=told("system", at=at_last)) == 0
    assert amount_of(account) == "0.00"


def test_proposing_the_same_again_gives_the_first():
    account = a_merchant_account()
    row = a_proposal(account, instruction=told(key="one"))

    assert a_proposal(account, instruction=told(key="one")) == row
    with pytest.raises(ledger.KeyReused):
        a_proposal(account, "-40.00", instruction=told(key="one"))
    assert Proposal.objects.count() == 1


def test_deciding_the_same_again_gives_the_first_answer():
    account = a_merchant_account()
    first, second = a_proposal(account), a_proposal(account, "-20.00")
    approve_proposal(number=first.pk, instruction=told(CHECKER, key="yes"))
    refuse_proposal(number=second.pk, reason="no", instruction=told(CHECKER, key="no"))

    assert approve_proposal(number=first.pk, instruction=told(CHECKER, key="yes")).outcome
    refuse_proposal(number=second.pk, reason="no", instruction=told(CHECKER, key="no"))
    with pytest.raises(ProposalDecided):
        approve_proposal(number=first.pk, instruction=told(CHECKER, key="another"))
    third = a_proposal(account, "-25.00")
    with pytest.raises(ledger.KeyReused):
        approve_proposal(number=third.pk, instruction=told(CHECKER, key="no"))
    assert amount_of(account) == "-30.00"


def test_parallel_approvals_carry_it_out_once():
    account = a_merchant_account()
    row = a_proposal(account)

    answers = in_parallel(
        *[
            lambda checker=checker: approve_proposal(
                number=row.pk, instruction=told(f"user:{checker}")
            )
            for checker in range(9201, 9209)
        ]
    )

    assert len([one for one in answers if isinstance(one, ProposalDecided)]) == 7
    assert amount_of(account) == "-30.00"


def test_what_the_act_refuses_leaves_the_proposal_open(monkeypatch):
    account = a_merchant_account()
    row = a_proposal(account)
    known = command_named("settlement.adjust")

    def refuses(*_given):
        raise UnknownCommand("not today")

    monkeypatch.setitem(commands._commands, "settlement.adjust", known._replace(carry_out=refuses))
    with pytest.raises(UnknownCommand):
        approve_proposal(number=row.pk, instruction=told(CHECKER))
    monkeypatch.undo()

    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("proposed", None)
    approve_proposal(number=row.pk, instruction=told(CHECKER))
    assert amount_of(account) == "-30.00"


def test_it_is_judged_as_things_stand_when_it_is_approved():
    account = a_merchant_account()
    some_terms(account)
    a_limit("0.00", command="settlement.terms")
    row = set_terms(account=account, terms=AccountTerms(cycle="day"), instruction=told())

    approve_proposal(number=row.pk, instruction=told(CHECKER))

    agreed = terms_in_force(account.number)
    assert (agreed.cycle, agreed.proposal, agreed.set_by) == ("day", row.pk, CHECKER)


def test_a_proposal_that_was_altered_is_not_carried_out(db: Databases):
    account = a_merchant_account()
    row = a_proposal(account)
    with db.owner() as owner:
        owner.execute(
            "UPDATE approvals_proposal SET payload = jsonb_set(payload, '{amount}', '-3000000')"
        )

    with pytest.raises(ProposalAltered):
        approve_proposal(number=row.pk, instruction=told(CHECKER))

    assert amount_of(account) == "0.00"
    with db.owner() as owner:
        found = {violation.invariant for violation in examine(owner, server=False).violations}
        assert found == {"I32"}
        owner.execute(
            "UPDATE approvals_proposal SET payload = jsonb_set(payload, '{amount}', '-3000')"
        )
    approve_proposal(number=row.pk, instruction=told(CHECKER))
    assert amount_of(account) == "-30.00"


def test_the_application_cannot_alter_a_proposal(db: Databases):
    a_proposal(a_merchant_account())

    with db.app() as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("UPDATE approvals_proposal SET payload = '{}'")


def test_refusing_takes_a_reason():
    row = a_proposal(a_merchant_account())

    with pytest.raises(TextMalformed):
        refuse_proposal(number=row.pk, reason="  ", instruction=told(CHECKER))


def test_what_is_not_there_is_not_there():
    for number in (0, -1, 2**63, 17):
        with pytest.raises(UnknownProposal):
            approve_proposal(number=number, instruction=told(CHECKER))
    with pytest.raises(UnknownCommand):
        propose(command="nothing.such", payload={}, subject="x:1", instruction=told())


def test_approving_and_withdrawing_at_once_one_wins():
    account = a_merchant_account()
    row = a_proposal(account)

    answers = in_parallel(
        *[lambda: MOVES[ProposalEvent.APPROVE](row.pk)] * 2,
        *[lambda: MOVES[ProposalEvent.WITHDRAW](row.pk)] * 2,
    )

    assert len([one for one in answers if isinstance(one, Refusal)]) == 3
    row.refresh_from_db()
    assert amount_of(account) == ("-30.00" if row.state == "approved" else "0.00")


def test_a_limit_is_in_force_or_not_for_everything_that_is_booked():
    account = a_merchant_account()
    a_limit("1000.00")

    in_parallel(
        lambda: a_limit("10.00"),
        *[lambda: an_adjustment(account, "30.00")] * 6,
        lambda: a_limit("5.00"),
        *[lambda: an_adjustment(account, "20.00")] * 6,
    )

    assert isinstance(an_adjustment(account, "30.00"), Proposal)
    assert money(amount_of(account)).minor % 1000 == 0
