"""The life of a bill (賬單) after it was made: reviewed, issued, or void with a successor.

Source: B-17 to B-26, E-13; peers-settlement-invest A10, A11; I17, I18.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tael import books
from tael.lifecycle import MoveNotAllowed
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.accounts.terms import terms_in_force
from tael.settlement.bills.bill_making import (
    AMOUNT,
    RECORDS,
    Due,
    check_sums,
    enter_lines,
    new_numbers,
    take,
    take_over,
)
from tael.settlement.bills.bill_posting import ToIssue, issue_now, take_back_now
from tael.settlement.independence import check_not_his_own
from tael.settlement.lifecycles import BILL, BillEvent, BillState
from tael.settlement.models import Bill, Reserve, Terms
from tael.settlement.settlement_events import announce_bills
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from tael.books import Instruction

__all__ = [
    "Bill",
    "BillMoveRefused",
    "UnknownBill",
    "bill",
    "issue_bill",
    "refresh_bill",
    "reopen_bill",
    "replace_bill",
    "review_bill",
]

REASON_MAX: Final = 500


class UnknownBill(Refusal):
    """There is no such bill, or it is another merchant's."""

    code = "unknown_bill"
    because: ClassVar[Because] = "absent"
    rule = "B-17"
    remedy = "Check the bill number."


class BillMoveRefused(Refusal):
    """The bill is in a state in which this cannot be done."""

    code = "bill_move_refused"
    because: ClassVar[Because] = "conflict"
    rule = "A10"
    remedy = "Look at the bill; do what its state allows."


def bill(number: int, *, owner: int | None = None) -> Bill:
    """Give a bill with its account.

    Args:
        owner: the merchant; only his own.

    Raises:
        UnknownBill: there is none, or it is another's.

    Source: E-13; reliability, T14.
    """
    found = Bill.objects.select_related("account").filter(pk=number).first() if number > 0 else None
    if found is None or owner not in {None, found.account.owner}:
        raise _unknown(number)
    return found


@books.atomic
def review_bill(*, number: int, instruction: Instruction) -> Bill:
    """Say that a draft is right; it can still be opened again until it is issued.

    Raises:
        UnknownBill, BillMoveRefused. AffectedDecides: by the merchant himself.

    Source: A10; I32.
    """
    row = _locked(number)
    if row.state == BillState.REVIEWED:
        return row
    check_not_his_own(row.account.owner, instruction, of="a bill")
    _move(row, BillEvent.REVIEW)
    row.reviewed_at, row.reviewed_by = instruction.at, instruction.actor
    row.save(update_fields=["state", "reviewed_at", "reviewed_by"])
    _audit(row, "review", instruction)
    return row


@books.atomic
def reopen_bill(*, number: int, instruction: Instruction) -> Bill:
    """Make a reviewed bill a draft again.

    Raises:
        UnknownBill, BillMoveRefused.

    Source: A10.
    """
    row = _locked(number)
    if row.state == BillState.DRAFT:
        return row
    _move(row, BillEvent.REOPEN)
    row.reviewed_at = row.reviewed_by = None
    row.save(update_fields=["state", "reviewed_at", "reviewed_by"])
    _audit(row, "reopen", instruction)
    return row


@books.atomic
def refresh_bill(*, number: int, instruction: Instruction) -> Bill:
    """Let a draft take what has been recorded or confirmed since for its period or before.

    Raises:
        UnknownBill.
        BillMoveRefused: it is no draft; what is new goes to the next bill.
        BillTooLarge.

    Source: A10; B-21.
    """
    row = _locked(number)
    if row.state != BillState.DRAFT:
        raise _refused(row, "refresh")
    lines = take({row.pk: due_of(row, terms_of_bill(row))})
    row.total += sum(line[AMOUNT] for line in lines)
    row.records += sum(line[RECORDS] for line in lines)
    check_sums(row.total)
    enter_lines(lines)
    row.save(update_fields=["total", "records"])
    _audit(row, "refresh", instruction)
    return row


@books.atomic
def issue_bill(*, number: int, instruction: Instruction) -> Bill:
    """Issue a bill: its lines are frozen and its total enters the account, also one below zero.

        merchant owed       +total
        house:settlement    -total
        and what the terms keep back: merchant owed -m, merchant reserve +m

    Issuing it again changes nothing.

    Raises:
        UnknownBill, BillMoveRefused. AffectedDecides: by the merchant himself.
        AccountBlocked: the account is switched off.

    Source: B-04, B-26; A10, A22; A-B15; I18.
    """
    row = _locked(number)
    if row.state == BillState.ISSUED:
        return row
    check_not_his_own(row.account.owner, instruction, of="a bill")
    _move(row, BillEvent.ISSUE)
    account = account_from(row.account)
    one = ToIssue(row.pk, row.total, account, terms_of_bill(row))
    _audit(row, "issue", instruction)
    issue_now([one], actor=instruction.actor, at=instruction.at)
    row.refresh_from_db()
    return row


@books.atomic
def replace_bill(*, number: int, reason: str, instruction: Instruction) -> Bill:
    """Make a bill void and give its successor, a draft with the same records and what is new.

        merchant owed       -total, where it had been issued
        house:settlement    +total
        merchant reserve    -m, where a part is still kept back
        merchant owed       +m

    The void bill keeps its number and its lines. Its records go to the successor in the same
    transaction, so that what is settled stays settled; the successor's lines are made anew, by the terms
    that are in force now. Asking again gives the successor.

    Args:
        reason: why; kept with the void bill and printed on it.

    Raises:
        UnknownBill, BillMoveRefused, TextMalformed, BillTooLarge.
        AffectedDecides: by the merchant himself.

    Source: A11; SM-04 (settled is never undone); B-03.
    """
    row = _locked(number)
    if row.state == BillState.VOID:
        return Bill.objects.get(replaces=row)
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    check_not_his_own(row.account.owner, instruction, of="a bill")
    _move(row, BillEvent.REPLACE)
    reserve = Reserve.objects.select_for_update().filter(bill=row, release_entry__isnull=True)
    kept = reserve.first()
    successor, lines = _successor(row, instruction)
    # money is last: what follows writes the three rows that need to know its entry
    row.void_entry = take_back_now(
        row, kept, account_from(row.account), actor=instruction.actor, at=instruction.at
    )
    row.voided_at, row.voided_by, row.void_reason = instruction.at, instruction.actor, why
    row.save(update_fields=["state", "voided_at", "voided_by", "void_reason", "void_entry"])
    successor.save(force_insert=True)
    enter_lines(lines)
    if row.issued_at is not None:
        announce_bills([row.pk], BillState.VOID, at=instruction.at)
    _audit(row, "replace", instruction)
    return successor


def due_of(row: Bill, terms: Terms) -> Due:
    """Give a bill's period as something that is billed by terms."""
    blue = terms.reversal_style == "blue"
    return Due(row.account_id, row.first_day, row.last_day, terms.pk or 0, blue)


def terms_of_bill(row: Bill) -> Terms:
    """Give the terms by which a bill was made."""
    found = Terms.objects.filter(pk=row.terms).first() if row.terms else None
    return found or Terms(account_id=row.account_id, zone=str(business_zone()))


def _successor(row: Bill, instruction: Instruction) -> tuple[Bill, list[tuple[Any, ...]]]:
    """Take the records over for a bill that is still to be written, and give it with its lines."""
    due = due_of(row, terms_in_force(row.account_id))
    number = new_numbers(1)[0]
    lines = take_over(row.pk, number=number, due=due)
    total = sum(line[AMOUNT] for line in lines)
    check_sums(total)
    made = Bill(
        number=number,
        account_id=row.account_id,
        first_day=due.first,
        last_day=due.last,
        total=total,
        records=sum(line[RECORDS] for line in lines),
        terms=due.terms,
        replaces=row,
        made_at=instruction.at,
        made_by=instruction.actor,
    )
    return made, lines


def _locked(number: int) -> Bill:
    rows = Bill.objects.select_for_update(of=("self",)).select_related("account")
    found = rows.filter(pk=number).first() if number > 0 else None
    if found is None:
        raise _unknown(number)
    return found


def _move(row: Bill, event: BillEvent) -> None:
    try:
        row.state = BILL.after(BillState(row.state), event).value
    except MoveNotAllowed:
        raise _refused(row, event.value) from None


def _refused(row: Bill, verb: str) -> BillMoveRefused:
    allowed = ", ".join(event.value for event in BILL.events_from(BillState(row.state)))
    message = f"Bill {row.pk} is {row.state}: it cannot {verb}."
    return BillMoveRefused(message, field="bill", there=row.state, allowed=allowed or "nothing")


def _unknown(number: int) -> UnknownBill:
    return UnknownBill("There is no such bill.", field="bill", there=str(number)[:32])


def _audit(row: Bill, verb: str, instruction: Instruction) -> None:
    audit.record(
        actor=instruction.actor,
        action=f"bill.{verb}",
        subject=f"bill:{row.pk}",
        at=instruction.at,
        details={"total": row.total, "records": row.records, "reason": row.void_reason},
    )
