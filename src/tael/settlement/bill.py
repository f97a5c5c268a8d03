"""The life of a bill (賬單) after it was made: reviewed, issued, or void with a successor.

Source: B-17 to B-26, E-13; peers-settlement-invest A10, A11; I17, I18.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from tael import books, ledger
from tael.ledger import Kind
from tael.lifecycle import MoveNotAllowed
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.bill_making import Due, enter_lines, new_numbers, take
from tael.settlement.bill_posting import ToIssue, issue_now
from tael.settlement.lifecycles import BILL, BillEvent, BillState
from tael.settlement.merchant_account import account_from
from tael.settlement.models import Accrual, Bill, BillLine, Reserve, Terms
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from datetime import datetime

    from tael.books import Instruction

__all__ = [
    "Bill",
    "BillMoveRefused",
    "UnknownBill",
    "bill",
    "issue_after_grace",
    "issue_bill",
    "refresh_bill",
    "reopen_bill",
    "replace_bill",
    "review_bill",
]

REASON_MAX: Final = 500

VOID: Final = Kind(
    "settlement.bill_void",
    "Void bill",
    mixes=True,
    moves=("merchant owed -total", "house:settlement +total"),
)
RESERVE_BACK: Final = Kind(
    "settlement.reserve_back",
    "Part of a void bill, no longer kept back",
    moves=("merchant reserve -m", "merchant owed +m"),
)


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
        UnknownBill, BillMoveRefused.

    Source: A10.
    """
    row = _locked(number)
    if row.state == BillState.REVIEWED:
        return row
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

    Source: A10; B-21.
    """
    row = _locked(number)
    if row.state != BillState.DRAFT:
        raise _refused(row, "refresh")
    lines = take({row.pk: _due_of(row)})
    enter_lines(lines)
    row.total += sum(line[4] for line in lines)
    row.records += sum(line[7] for line in lines)
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
        UnknownBill, BillMoveRefused.
        AccountBlocked: the account is switched off.

    Source: B-04, B-26; A10, A22; A-B15; I18.
    """
    row = _locked(number)
    if row.state == BillState.ISSUED:
        return row
    _move(row, BillEvent.ISSUE)
    account = account_from(row.account)
    one = ToIssue(row.pk, row.total, account, _terms(row))
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
    transaction, so that what is settled stays settled. Asking again gives the successor.

    Args:
        reason: why; kept with the void bill and printed on it.

    Raises:
        UnknownBill, BillMoveRefused, TextMalformed.

    Source: A11; SM-04 (settled is never undone); B-03.
    """
    row = _locked(number)
    if row.state == BillState.VOID:
        return Bill.objects.get(replaces=row)
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    issued = row.state == BillState.ISSUED
    _move(row, BillEvent.REPLACE)
    row.voided_at, row.voided_by, row.void_reason = instruction.at, instruction.actor, why
    fields = ["state", "voided_at", "voided_by", "void_reason", "void_entry"]
    if issued and row.entry is not None:
        row.void_entry = _take_back(row, instruction)
    row.save(update_fields=fields)
    _audit(row, "replace", instruction)
    return _successor(row, instruction)


@books.atomic
def issue_after_grace(*, at: datetime, actor: str = "system") -> int:
    """Issue the bills that nobody has stopped within their terms' grace; gives how many.

    Source: A10 (grace period).
    """
    waiting = Bill.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "account"
    )
    rows = list(waiting.filter(state__in=["draft", "reviewed"]).order_by("number"))
    due = [row for row in rows if _grace_is_over(row, at)]
    issue_now(
        [ToIssue(row.pk, row.total, account_from(row.account), _terms(row)) for row in due],
        actor=actor,
        at=at,
    )
    return len(due)


def _grace_is_over(row: Bill, at: datetime) -> bool:
    hours = _terms(row).grace_hours
    return hours is not None and at >= row.made_at + timedelta(hours=hours)


def _take_back(row: Bill, instruction: Instruction) -> int:
    """Take the bill out of its account again, and what is still kept back of it out of the reserve."""
    kept = Reserve.objects.select_for_update().filter(bill=row, release_entry__isnull=True).first()
    if kept is not None:
        kept.release_entry = _reversed(kept.entry, RESERVE_BACK, row.pk, instruction)
        kept.released_at = instruction.at
        kept.save(update_fields=["release_entry", "released_at"])
    assert row.entry is not None
    return _reversed(row.entry, VOID, row.pk, instruction)


def _reversed(entry: int, kind: Kind, bill: int, instruction: Instruction) -> int:
    verdict = ledger.reverse(
        books.connection(),
        entry,
        key=ledger.key_of(kind.code, str(bill)),
        actor=instruction.actor,
        effective_at=instruction.at,
        kind=kind,
    )
    if isinstance(verdict, ledger.Refused):
        raise verdict.refusal
    return verdict.entry_id


def _successor(row: Bill, instruction: Instruction) -> Bill:
    """Make the bill that takes the void one's records over."""
    due = _due_of(row)
    number = _empty_successor(row, due, instruction)
    Accrual.objects.filter(bill=row.pk).update(bill=number)
    for line in BillLine.objects.filter(bill=row.pk):
        line.pk, line.bill_id = None, number
        line.save(force_insert=True)
    return refresh_bill(number=number, instruction=instruction)


def _empty_successor(row: Bill, due: Due, instruction: Instruction) -> int:
    made = Bill.objects.create(
        number=new_numbers(1)[0],
        account_id=row.account_id,
        first_day=due.first,
        last_day=due.last,
        total=row.total,
        records=row.records,
        terms=due.terms,
        replaces=row,
        made_at=instruction.at,
        made_by=instruction.actor,
    )
    return made.pk


def _due_of(row: Bill) -> Due:
    terms = _terms(row)
    blue = terms.reversal_style == "blue"
    return Due(row.account_id, row.first_day, row.last_day, terms.pk or 0, blue)


def _terms(row: Bill) -> Terms:
    """Give the terms by which a bill was made."""
    found = Terms.objects.filter(pk=row.terms).first() if row.terms else None
    return found or Terms(account_id=row.account_id, zone=str(business_zone()))


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
