from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from builders import (
    AT,
    STAFF,
    a_customer,
    a_payee,
    a_wallet,
    an_instruction,
    figures,
    in_parallel,
    money,
)
from tael import ledger
from tael.parties.customer import CustomerDisabled, disable
from tael.parties.payee import PayeeClosed, UnknownPayee, close_payee
from tael.parties.text import TextMalformed
from tael.payouts.models import Withdrawal
from tael.payouts.withdrawal import (
    DecidedBefore,
    DeciderIsApplicant,
    UnknownWithdrawal,
    apply_withdrawal,
    approve_withdrawal,
    cancel_withdrawal,
    refuse_withdrawal,
    withdrawal,
)
from tael.wallet.booking import InsufficientFunds, LockedFunds
from tael.wallet.deduct import deduct
from tael.wallet.flow import flow_record
from tael.wallet.hold import HoldReserved
from tael.wallet.refund import refund
from tael.wallet.unfreeze import unfreeze

pytestmark = pytest.mark.usefixtures("db")


def an_application(wallet, text: str = "1.00", *, key: str | None = None, payee: int | None = None):
    return apply_withdrawal(
        wallet=wallet,
        amount=money(text),
        payee=payee or a_payee(wallet.owner),
        instruction=an_instruction(key, actor=f"customer:{wallet.owner}", code="UserWithdraw"),
    ).withdrawal


@pytest.mark.rule("F-33", "F-30", "F-39")
def test_applying_sets_the_money_aside():
    wallet = a_wallet(free="3.00")

    row = an_application(wallet)

    assert figures(wallet) == ("2.00", "0.00", "1.00")
    assert (row.state, row.applied_by) == ("applied", f"customer:{wallet.owner}")


@pytest.mark.rule("F-33", "F-39")
def test_an_approved_application_leaves_the_site():  # X-F13, SM-02
    wallet = a_wallet(free="3.00")
    row = an_application(wallet)

    decided = approve_withdrawal(number=row.pk, instruction=an_instruction(code="AdminWithdraw"))

    record = flow_record(decided.receipt.entry_id)
    assert figures(wallet) == ("2.00", "0.00", "0.00")
    assert (decided.withdrawal.state, decided.withdrawal.decided_by) == ("withdrawn", STAFF)
    assert (record.payee, record.source, record.channel) == (row.payee, "frozen", "Admin")


@pytest.mark.rule("F-33", "F-31", "F-39")
def test_a_refused_application_comes_back_with_its_reason():  # X-F12, SM-02
    wallet = a_wallet(free="3.00")
    row = an_application(wallet)

    with pytest.raises(TextMalformed):
        refuse_withdrawal(number=row.pk, reason=" ", instruction=an_instruction())
    refuse_withdrawal(
        number=row.pk, reason="the payee account is wrong", instruction=an_instruction()
    )

    found = withdrawal(row.pk, owner=wallet.owner)
    assert figures(wallet) == ("3.00", "0.00", "0.00")
    assert (found.state, found.reason) == ("returned", "the payee account is wrong")


@pytest.mark.rule("F-33")
def test_a_customer_may_cancel_his_own_application_and_no_other():
    wallet = a_wallet(free="3.00")
    row = an_application(wallet)
    mine = an_instruction(actor=f"customer:{wallet.owner}")

    with pytest.raises(UnknownWithdrawal):
        cancel_withdrawal(number=row.pk, owner=a_customer(), instruction=mine)
    cancelled = cancel_withdrawal(number=row.pk, owner=wallet.owner, instruction=mine)

    assert cancelled.withdrawal.state == "cancelled"
    assert figures(wallet) == ("3.00", "0.00", "0.00")


@pytest.mark.rule("F-33", "F-38")
def test_an_application_is_decided_once():  # A-F27
    wallet = a_wallet(free="3.00")
    row = an_application(wallet)
    approve_withdrawal(number=row.pk, instruction=an_instruction())

    for decide in (
        lambda: approve_withdrawal(number=row.pk, instruction=an_instruction()),
        lambda: refuse_withdrawal(number=row.pk, reason="no", instruction=an_instruction()),
        lambda: cancel_withdrawal(number=row.pk, owner=wallet.owner, instruction=an_instruction()),
    ):
        with pytest.raises(DecidedBefore):
            decide()

    assert figures(wallet) == ("2.00", "0.00", "0.00")


@pytest.mark.rule("F-33")
def test_the_same_request_sent_again_gets_its_first_answer():
    wallet = a_wallet(free="3.00")
    payee = a_payee(wallet.owner)
    row = an_application(wallet, key="apply", payee=payee)
    same = an_application(wallet, key="apply", payee=payee)
    first = approve_withdrawal(number=row.pk, instruction=an_instruction("decide"))

    again = approve_withdrawal(number=row.pk, instruction=an_instruction("decide"))
    with pytest.raises(ledger.KeyReused):
        an_application(wallet, key="apply", payee=a_payee(wallet.owner))

    assert same.pk == row.pk
    assert (again.receipt.entry_id, again.receipt.replayed) == (first.receipt.entry_id, True)
    assert figures(wallet) == ("2.00", "0.00", "0.00")


def test_a_key_that_decided_one_application_does_not_decide_another():
    wallet = a_wallet(free="3.00")
    first, second = an_application(wallet), an_application(wallet)
    approve_withdrawal(number=first.pk, instruction=an_instruction("decide"))

    with pytest.raises(ledger.KeyReused):
        approve_withdrawal(number=second.pk, instruction=an_instruction("decide"))

    assert withdrawal(second.pk).state == "applied"


@pytest.mark.rule("F-33")
def test_neither_the_applicant_nor_the_payee_decides():
    wallet = a_wallet(free="3.00")
    row = an_application(wallet)
    by_staff = apply_withdrawal(
        wallet=wallet,
        amount=money("1.00"),
        payee=row.payee,
        instruction=an_instruction(),
    ).withdrawal
    applicant = an_instruction(actor=f"customer:{wallet.owner}")

    with pytest.raises(DeciderIsApplicant):
        approve_withdrawal(number=row.pk, instruction=applicant)
    with pytest.raises(DeciderIsApplicant):
        refuse_withdrawal(number=row.pk, reason="no", instruction=applicant)
    with pytest.raises(DeciderIsApplicant):
        approve_withdrawal(number=by_staff.pk, instruction=applicant)
    found = withdrawal(row.pk)
    found.state, found.closed_by = "withdrawn", 1
    found.decided_by, found.decided_at = found.applied_by, AT
    with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
        found.save(update_fields=["state", "closed_by", "decided_by", "decided_at"])


@pytest.mark.rule("F-33")
def test_two_reviewers_at_once_and_one_wins():
    wallet = a_wallet(free="3.00")
    rows = [an_application(wallet) for _ in range(3)]
    calls = []
    for row in rows:
        calls += [
            lambda row=row: approve_withdrawal(
                number=row.pk, instruction=an_instruction(f"a{row.pk}", actor="user:20001")
            ),
            lambda row=row: approve_withdrawal(
                number=row.pk, instruction=an_instruction(f"b{row.pk}", actor="user:20002")
            ),
            lambda row=row: refuse_withdrawal(
                number=row.pk,
                reason="no",
                instruction=an_instruction(f"c{row.pk}", actor="user:20003"),
            ),
            lambda row=row: cancel_withdrawal(
                number=row.pk,
                owner=wallet.owner,
                instruction=an_instruction(f"d{row.pk}", actor=f"customer:{wallet.owner}"),
            ),
        ]

    answers = in_parallel(*calls)

    codes = [getattr(answer, "code", "decided") for answer in answers]
    assert (codes.count("decided"), codes.count("withdrawal_decided")) == (3, 9)
    assert figures(wallet)[2] == "0.00"


@pytest.mark.rule("F-33", "F-08")
def test_only_free_money_can_be_applied_for():
    wallet = a_wallet(free="1.00", locked="5.00")

    with pytest.raises(LockedFunds):
        an_application(wallet, "1.01")
    with pytest.raises(InsufficientFunds):
        an_application(wallet, "6.01")

    assert Withdrawal.objects.count() == 0


@pytest.mark.rule("F-33", "F-38")
def test_the_payee_account_must_be_the_owners_own_and_open_to_the_end():
    wallet = a_wallet(free="3.00")
    row = an_application(wallet)

    with pytest.raises(UnknownPayee):
        an_application(wallet, payee=a_payee(a_customer()))
    close_payee(number=row.payee, customer=wallet.owner, actor=STAFF, at=AT)
    with pytest.raises(PayeeClosed):
        approve_withdrawal(number=row.pk, instruction=an_instruction())
    refuse_withdrawal(number=row.pk, reason="payee account closed", instruction=an_instruction())

    assert figures(wallet)[0] == "3.00"


@pytest.mark.rule("F-33")
def test_nobody_takes_the_money_from_under_an_application():
    wallet = a_wallet(free="3.00")
    row = an_application(wallet)
    asked = {"wallet": wallet, "amount": money("1.00")}

    with pytest.raises(HoldReserved):
        unfreeze(**asked, hold=row.hold, instruction=an_instruction())
    with pytest.raises(InsufficientFunds):
        unfreeze(**asked, instruction=an_instruction())
    with pytest.raises(InsufficientFunds):
        deduct(**asked, source="frozen", instruction=an_instruction())

    assert figures(wallet) == ("2.00", "0.00", "1.00")


def test_a_stopped_customers_money_does_not_leave_but_goes_back():
    wallet = a_wallet(free="3.00")
    row = an_application(wallet)
    disable(number=wallet.owner, reason="court order", actor=STAFF, at=AT)

    with pytest.raises(CustomerDisabled):
        approve_withdrawal(number=row.pk, instruction=an_instruction())
    refuse_withdrawal(number=row.pk, reason="court order", instruction=an_instruction())

    assert figures(wallet)[0] == "3.00"


def test_a_payout_that_the_bank_sent_back_is_liquid_again():
    wallet = a_wallet(free="3.00")
    decided = approve_withdrawal(number=an_application(wallet).pk, instruction=an_instruction())

    refund(entry_id=decided.receipt.entry_id, instruction=an_instruction())

    assert figures(wallet) == ("3.00", "0.00", "0.00")


@pytest.mark.parametrize("number", [0, -1, 999, 10**30])
def test_an_application_that_is_not_there_is_unknown(number: int):
    with pytest.raises(UnknownWithdrawal):
        withdrawal(number)
    with pytest.raises(UnknownWithdrawal):
        approve_withdrawal(number=number, instruction=an_instruction())
