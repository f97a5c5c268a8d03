"""Above the check limit a withdrawal takes three people: who applies, who approves, who confirms."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from builders import AT, STAFF, a_payee, a_wallet, an_instruction, figures, in_parallel, money
from tael import ledger
from tael.parties.payee import PayeeClosed, close_payee
from tael.parties.queries import audit_trail
from tael.payouts.check_limit import set_check_limit
from tael.payouts.queries import withdrawals_waiting
from tael.payouts.withdrawal import (
    CheckerIsMaker,
    CheckNeeded,
    DecidedBefore,
    DeciderIsApplicant,
    NotReviewed,
    apply_withdrawal,
    approve_withdrawal,
    cancel_withdrawal,
    confirm_withdrawal,
    refuse_withdrawal,
    withdrawal,
)

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-33", "I32")]

MAKER, CHECKER = "user:20001", "user:20002"


@pytest.fixture
def wallet(db):
    set_check_limit(currency="CNY", amount=money("5.00"), actor=STAFF, at=AT)
    return a_wallet(free="30.00")


def applied(wallet, text: str = "10.00") -> int:
    made = apply_withdrawal(
        wallet=wallet,
        amount=money(text),
        payee=a_payee(wallet.owner),
        instruction=an_instruction(actor=f"customer:{wallet.owner}"),
    )
    return made.withdrawal.pk


def approve(number: int, actor: str = MAKER, key: str | None = None, **given):
    return approve_withdrawal(number=number, instruction=an_instruction(key, actor=actor), **given)


def confirm(number: int, actor: str = CHECKER, key: str | None = None):
    return confirm_withdrawal(number=number, instruction=an_instruction(key, actor=actor))


def test_up_to_the_limit_one_person_approves(wallet):
    done = approve(applied(wallet, "5.00"))

    assert done.withdrawal.state == "withdrawn"
    assert figures(wallet) == ("25.00", "0.00", "0.00")


def test_above_the_limit_the_money_stays_until_a_second_person_confirms(wallet):
    number = applied(wallet, "5.01")

    made = approve(number)

    assert (made.receipt, made.withdrawal.state) == (None, "reviewed")
    assert figures(wallet) == ("24.99", "0.00", "5.01")
    assert withdrawals_waiting() == {"applied": 0, "reviewed": 1}
    done = confirm(number)
    assert figures(wallet) == ("24.99", "0.00", "0.00")
    row = done.withdrawal
    assert (row.state, row.reviewed_by, row.decided_by) == ("withdrawn", MAKER, CHECKER)
    trail = [record.action for record in audit_trail(subject=f"withdrawal:{number}")]
    assert trail == ["withdrawal.confirm", "withdrawal.review"]


def test_applicant_maker_and_checker_are_three_people(wallet):
    number, mine = applied(wallet), f"customer:{wallet.owner}"

    with pytest.raises(DeciderIsApplicant):
        approve(number, actor=mine)
    approve(number)
    with pytest.raises(CheckerIsMaker):
        confirm(number, actor=MAKER)
    with pytest.raises(DeciderIsApplicant):
        confirm(number, actor=mine)

    assert withdrawal(number).state == "reviewed"
    assert figures(wallet) == ("20.00", "0.00", "10.00")


def test_nothing_is_confirmed_that_nobody_approved(wallet):
    number = applied(wallet)

    with pytest.raises(NotReviewed):
        confirm(number)

    assert withdrawal(number).state == "applied"


def test_an_approval_and_a_confirmation_sent_again_get_their_first_answers(wallet):
    number, other = applied(wallet), applied(wallet)
    approve(number, key="a")

    assert approve(number, key="a").replayed
    with pytest.raises(DecidedBefore):
        approve(number, actor="user:20003")
    with pytest.raises(ledger.KeyReused):
        approve(other, key="a")
    first = confirm(number, key="c")
    again = confirm(number, key="c")
    assert approve(number, key="a").replayed
    with pytest.raises(DecidedBefore):
        confirm(number, actor="user:20003")

    assert (again.receipt.entry_id, again.replayed) == (first.receipt.entry_id, True)
    assert figures(wallet) == ("10.00", "0.00", "10.00")


def test_a_key_that_moved_money_does_not_approve(wallet):
    small, large = applied(wallet, "1.00"), applied(wallet)
    approve(small, key="once")

    with pytest.raises(ledger.KeyReused):
        approve(large, key="once")

    assert withdrawal(large).state == "applied"


def test_what_was_approved_may_still_be_refused_or_cancelled(wallet):
    refused, cancelled = applied(wallet), applied(wallet)
    approve(refused)
    approve(cancelled)

    refuse_withdrawal(
        number=refused, reason="the name differs", instruction=an_instruction(actor=CHECKER)
    )
    cancel_withdrawal(
        number=cancelled,
        owner=wallet.owner,
        instruction=an_instruction(actor=f"customer:{wallet.owner}"),
    )

    assert figures(wallet) == ("30.00", "0.00", "0.00")
    with pytest.raises(DecidedBefore):
        confirm(refused)
    assert withdrawal(refused).reviewed_by == MAKER


def test_a_payee_account_closed_meanwhile_stops_either_step(wallet):
    number, other = applied(wallet), applied(wallet)
    approve(number)
    for each in (number, other):
        close_payee(number=withdrawal(each).payee, customer=wallet.owner, actor=STAFF, at=AT)

    with pytest.raises(PayeeClosed):
        confirm(number)
    with pytest.raises(PayeeClosed):
        approve(other)

    assert (withdrawal(number).state, withdrawal(other).state) == ("reviewed", "applied")


def test_the_limit_counts_when_it_is_approved(wallet):
    waiting, later = applied(wallet), applied(wallet)
    approve(waiting)
    set_check_limit(currency="CNY", amount=None, actor=STAFF, at=AT)

    assert approve(later).withdrawal.state == "withdrawn"
    assert withdrawal(waiting).state == "reviewed"  # what was begun by two is ended by two
    assert confirm(waiting).withdrawal.state == "withdrawn"


def test_a_door_that_cannot_wait_is_refused(wallet):
    number = applied(wallet)

    with pytest.raises(CheckNeeded) as refused:
        approve(number, may_wait=False)

    assert (refused.value.there, refused.value.allowed) == ("10.00 CNY", "up to 5.00 CNY")
    assert withdrawal(number).state == "applied"


def test_of_many_makers_and_checkers_at_once_one_of_each_wins(wallet):
    number = applied(wallet)
    makers = in_parallel(*(lambda m=m: approve(number, actor=f"user:3{m}") for m in range(4)))
    checkers = in_parallel(*(lambda c=c: confirm(number, actor=f"user:4{c}") for c in range(4)))

    for answers in (makers, checkers):
        codes = [getattr(answer, "code", "done") for answer in answers]
        assert (codes.count("done"), codes.count("withdrawal_decided")) == (1, 3)
    assert figures(wallet) == ("20.00", "0.00", "0.00")


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("withdrawal_reviewed_by_another", {"reviewed_by": "applicant"}),
        ("withdrawal_reviewed_under_a_limit", {"judged_by": None}),
        ("withdrawal_reviewed_under_a_limit", {"state": "applied"}),
        ("withdrawal_decided_with_its_entry", {"decided_by": "user:1"}),
    ],
)
def test_the_database_itself_knows_the_three_people(wallet, rule, change):
    number = applied(wallet)
    approve(number)
    row = withdrawal(number)
    for column, value in change.items():
        setattr(row, column, row.applied_by if value == "applicant" else value)

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        row.save(update_fields=list(change))
