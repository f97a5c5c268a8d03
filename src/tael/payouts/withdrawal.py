"""Reviewed withdrawal (審核提現): applied for, set aside, then paid out or given back by another person.

Above the operator's check limit it takes two others: a maker approves, a checker confirms. The
application's row is locked first; its hold and the money follow.

Source: F-33, SM-02; A-F27; I14, I30, I32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from tael import books, ledger
from tael.parties import audit
from tael.parties.person import is_customer
from tael.parties.text import parse_text
from tael.payouts.lifecycle import WITHDRAWAL, WithdrawalEvent, WithdrawalState
from tael.payouts.models import Withdrawal
from tael.payouts.two_people import (
    CheckerIsMaker,
    CheckNeeded,
    NotReviewed,
    check_third,
    needs_two,
    write_review,
)
from tael.payouts.withdrawal_events import announce_withdrawal
from tael.refusal import Because, Refusal
from tael.wallet.booking import already_done
from tael.wallet.freeze import freeze
from tael.wallet.unfreeze import unfreeze
from tael.wallet.wallet import wallet as find_wallet
from tael.wallet.withdraw import check_payee, withdraw

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.money import Money
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

__all__ = [
    "AppliedWithdrawal",
    "CheckNeeded",
    "CheckerIsMaker",
    "DecidedBefore",
    "DeciderIsApplicant",
    "NotReviewed",
    "PayeeUnclear",
    "UnknownWithdrawal",
    "Withdrawal",
    "apply_withdrawal",
    "approve_withdrawal",
    "cancel_withdrawal",
    "confirm_withdrawal",
    "refuse_withdrawal",
    "withdrawal",
]

REASON_MAX: Final = 1000
PURPOSE: Final = "withdrawal"


class UnknownWithdrawal(Refusal):
    """There is no such application, or it is another customer's."""

    code = "unknown_withdrawal"
    because: ClassVar[Because] = "absent"
    rule = "A-F27"
    remedy = "Use the number that applying gave."


class DecidedBefore(Refusal):
    """The application has been decided or cancelled; that happens once."""

    code = "withdrawal_decided"
    because: ClassVar[Because] = "conflict"
    rule = "A-F27"
    remedy = "Look at the application; apply anew if need be."


class DeciderIsApplicant(Refusal):
    """Nobody decides about an application of his own."""

    code = "decider_is_applicant"
    because: ClassVar[Because] = "forbidden"
    rule = "I32"
    remedy = "Let another person review it."


class PayeeUnclear(Refusal):
    """The approval names no payee account and the application has none, or they name two."""

    code = "payee_unclear"
    because: ClassVar[Because] = "conflict"
    rule = "A-F16"
    remedy = "Approve with the payee account of the application; name one where it has none."


@dataclass(frozen=True, slots=True)
class AppliedWithdrawal:
    """An application and the receipt of the entry that this call made or found.

    Args:
        receipt: None where an approval waits for a second person, so that nothing was booked.
        replayed: the call was made before.
    """

    withdrawal: Withdrawal
    receipt: Receipt | None
    replayed: bool = False


@books.atomic
def apply_withdrawal(
    *, wallet: Wallet, amount: Money, payee: int | None, instruction: Instruction
) -> AppliedWithdrawal:
    """Apply to have money paid out: it is set aside until somebody decides.

        wallet free       -amount
        wallet frozen     +amount

    Args:
        amount: > 0, in the wallet's currency; only free money can be applied for.
        payee: number of one of the owner's payee accounts; None leaves it to the approval, for a door
            whose application cannot name one (the seed's freeze).

    Raises:
        UnknownPayee, PayeeClosed: about the payee account.
        and those of ``freeze``.

    Source: F-33 step 1, SM-02; A-F16.
    """
    if payee is not None:
        check_payee(payee, wallet, instruction)
    frozen = freeze(
        wallet=wallet,
        amount=amount,
        instruction=instruction,
        reason="withdrawal" if payee is None else f"withdrawal to payee account {payee}",
        purpose=PURPOSE,
    )
    if frozen.replayed:
        found = Withdrawal.objects.filter(frozen_by=frozen.entry_id).first()
        if found is None or payee not in {None, found.payee}:
            message = "The key stands for another request."
            raise ledger.KeyReused(message, field="payee")
        return AppliedWithdrawal(found, frozen, replayed=True)
    assert frozen.hold is not None
    row = Withdrawal.objects.create(
        wallet=wallet.number,
        owner=wallet.owner,
        payee=payee,
        currency=wallet.currency.code,
        amount=amount.minor,
        hold=frozen.hold,
        frozen_by=frozen.entry_id,
        applied_at=instruction.at,
        applied_by=instruction.actor,
    )
    announce_withdrawal(row, at=instruction.at)
    return AppliedWithdrawal(row, frozen)


@books.atomic
def approve_withdrawal(
    *, number: int, instruction: Instruction, payee: int | None = None, may_wait: bool = True
) -> AppliedWithdrawal:
    """Approve an application: the money that was set aside for it leaves over the channel.

        wallet frozen                  -amount
        channel:<channel>:<currency>   +amount

    Above the check limit nothing is booked yet: the application is `reviewed` and waits for
    ``confirm_withdrawal``. The payout to the bank is a step of its own.

    Args:
        number: the application's.
        payee: where to; None is where the application says.
        may_wait: False refuses what a second person would have to confirm.

    Raises:
        UnknownWithdrawal: there is none.
        DecidedBefore: it has been approved, decided or cancelled.
        DeciderIsApplicant: the one who applied may not approve.
        PayeeUnclear: neither says where to, or they differ.
        PayeeClosed: the payee account has been closed since.
        CustomerDisabled: the customer has been stopped.
        CheckNeeded: it is above the check limit and may not wait.

    Source: F-33 step 3, SM-02; A-F27; I14, I32.
    """
    row = _locked(number)
    if row.review_key == instruction.entry_keys().key:
        return AppliedWithdrawal(row, None, replayed=True)
    _check_open(row, WithdrawalEvent.APPROVE, instruction)
    _check_another(row, instruction)
    row.payee = _payee(row, payee)
    if row.state == WithdrawalState.APPLIED and needs_two(row, may_wait=may_wait):
        check_payee(row.payee, find_wallet(row.wallet), instruction)
        write_review(row, instruction)
        return AppliedWithdrawal(row, None)
    return _paid(row, WithdrawalEvent.APPROVE, instruction)


@books.atomic
def confirm_withdrawal(*, number: int, instruction: Instruction) -> AppliedWithdrawal:
    """Confirm what a maker has approved, as the second person: the money leaves over the channel.

        wallet frozen                  -amount
        channel:<channel>:<currency>   +amount

    Raises:
        UnknownWithdrawal: there is none.
        NotReviewed: nobody has approved it.
        DecidedBefore: it has been decided or cancelled.
        DeciderIsApplicant, CheckerIsMaker: it takes a third person.
        PayeeClosed, CustomerDisabled: since it was approved.

    Source: F-33 step 3, SM-02; I14, I32.
    """
    row = _locked(number)
    if row.state != WithdrawalState.APPLIED:  # else the third refusal says it better
        _check_open(row, WithdrawalEvent.CONFIRM, instruction)
    _check_another(row, instruction)
    check_third(row, instruction)
    return _paid(row, WithdrawalEvent.CONFIRM, instruction)


@books.atomic
def refuse_withdrawal(*, number: int, reason: str, instruction: Instruction) -> AppliedWithdrawal:
    """Refuse an application: the money returns the way it came and is liquid again.

        wallet frozen     -amount
        wallet free       +amount

    Args:
        reason: why; kept with the application and shown to the customer.

    Raises:
        UnknownWithdrawal, DecidedBefore, DeciderIsApplicant: as ``approve_withdrawal``.
        TextMalformed: there is no reason.

    Source: F-33 step 4, SM-02; A-F27.
    """
    row = _locked(number)
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    _check_open(row, WithdrawalEvent.REFUSE, instruction)
    _check_another(row, instruction)
    receipt = _give_back(row, instruction)
    return _decided(row, WithdrawalEvent.REFUSE, receipt, instruction, reason=why)


@books.atomic
def cancel_withdrawal(*, number: int, owner: int, instruction: Instruction) -> AppliedWithdrawal:
    """Cancel an application that nobody has decided: the customer changed his mind.

        wallet frozen     -amount
        wallet free       +amount

    Args:
        owner: the customer; only his own.

    Raises:
        UnknownWithdrawal: there is none, or it is another customer's.
        DecidedBefore: it has been decided.

    Source: SM-02 (by resolution); A-F27.
    """
    row = _locked(number, owner=owner)
    _check_open(row, WithdrawalEvent.CANCEL, instruction)
    receipt = _give_back(row, instruction)
    return _decided(row, WithdrawalEvent.CANCEL, receipt, instruction, reason="")


def withdrawal(number: int, *, owner: int | None = None) -> Withdrawal:
    """Give an application as it stands.

    Args:
        owner: only if it is this customer's.

    Raises:
        UnknownWithdrawal: there is none.

    Source: F-33.
    """
    return _of(Withdrawal.objects.filter(pk=_checked(number)).first(), number, owner)


def _locked(number: int, *, owner: int | None = None) -> Withdrawal:
    rows = Withdrawal.objects.select_for_update(no_key=True)
    return _of(rows.filter(pk=_checked(number)).first(), number, owner)


def _checked(number: int) -> int:
    if not 0 < number < 2**63:
        raise _unknown(number)
    return number


def _of(row: Withdrawal | None, number: int, owner: int | None) -> Withdrawal:
    if row is None or owner not in {None, row.owner}:
        raise _unknown(number)
    return row


def _unknown(number: int) -> UnknownWithdrawal:
    message = "There is no such application."
    return UnknownWithdrawal(message, field="withdrawal", there=str(number)[:32])


def _check_open(row: Withdrawal, event: WithdrawalEvent, instruction: Instruction) -> None:
    """Refuse a second decision; the same request sent again gets its first answer."""
    state = WithdrawalState(row.state)
    if event in WITHDRAWAL.events_from(state):
        return
    before = state in {to for (_, what), to in WITHDRAWAL.moves.items() if what == event}
    if before and row.decided_by == instruction.actor and already_done(instruction):
        return
    message = f"Application {row.pk} is {row.state}."
    raise DecidedBefore(message, field="withdrawal", there=row.state)


def _check_another(row: Withdrawal, instruction: Instruction) -> None:
    if instruction.actor == row.applied_by or is_customer(instruction.actor, row.owner):
        message = "Neither the one who applied nor the one who is paid can decide."
        raise DeciderIsApplicant(message, field="actor", there=instruction.actor)


def _payee(row: Withdrawal, named: int | None) -> int:
    known = {number for number in (row.payee, named) if number is not None}
    if len(known) != 1:
        message = f"Application {row.pk} is not for one payee account."
        raise PayeeUnclear(message, field="payee", there=str(row.payee or "none"))
    return known.pop()


def _paid(row: Withdrawal, event: WithdrawalEvent, instruction: Instruction) -> AppliedWithdrawal:
    wallet = find_wallet(row.wallet)
    assert row.payee is not None
    receipt = withdraw(
        wallet=wallet,
        amount=wallet.money(row.amount),
        payee=row.payee,
        hold=row.hold,
        purpose=PURPOSE,
        instruction=instruction,
    )
    return _decided(row, event, receipt, instruction, reason="")


def _give_back(row: Withdrawal, instruction: Instruction) -> Receipt:
    wallet = find_wallet(row.wallet)
    return unfreeze(
        wallet=wallet,
        amount=wallet.money(row.amount),
        hold=row.hold,
        purpose=PURPOSE,
        instruction=instruction,
    )


def _decided(
    row: Withdrawal,
    event: WithdrawalEvent,
    receipt: Receipt,
    instruction: Instruction,
    *,
    reason: str,
) -> AppliedWithdrawal:
    """Close the application with its entry. A repetition must have found that very entry."""
    if receipt.replayed:
        if row.closed_by != receipt.entry_id:
            message = "The key stands for another request."
            raise ledger.KeyReused(message, field="key")
        return AppliedWithdrawal(row, receipt, replayed=True)
    row.state = WITHDRAWAL.after(WithdrawalState(row.state), event).value
    row.closed_by = receipt.entry_id
    row.decided_by, row.decided_at = instruction.actor, instruction.at
    row.reason = reason
    columns = ["state", "payee", "closed_by", "decided_by", "decided_at", "reason", "judged_by"]
    row.save(update_fields=columns)
    audit.record(
        actor=instruction.actor,
        action=f"withdrawal.{event.value}",
        subject=f"withdrawal:{row.pk}",
        at=instruction.at,
        details={"entry": receipt.entry_id, "reason": reason},
    )
    announce_withdrawal(row, at=instruction.at)
    return AppliedWithdrawal(row, receipt)
