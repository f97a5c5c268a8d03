"""A merchant's withdrawal (提現): the money leaves his account when he applies, before anybody pays.

Source: B-33 to B-38, E-15; SM-06; A-B4 to A-B7; peers-settlement-invest A16, A18, A21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from tael import books, ledger
from tael.lifecycle import MoveNotAllowed
from tael.parties import audit
from tael.parties.customer import customer
from tael.parties.payee import payee as find_payee
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import check_usable
from tael.settlement.accounts.terms import terms_in_force
from tael.settlement.lifecycles import (
    PAYOUT,
    TRADE,
    PayoutEvent,
    PayoutState,
    TradeEvent,
    TradeState,
)
from tael.settlement.models import MerchantAccountRow, MerchantWithdrawal
from tael.settlement.payouts.qualification import after_fee, check_asked, check_held, minimum_of
from tael.settlement.payouts.withdrawal_posting import entry_back, take_out
from tael.settlement.settlement_events import announce_payouts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tael.books import Instruction
    from tael.ledger import Posted, Replayed
    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.models import Terms
    from tael.settlement.payouts.qualification import Way

__all__ = [
    "Applied",
    "MerchantWithdrawal",
    "Occasion",
    "OccasionUsed",
    "UnknownMerchantWithdrawal",
    "WithdrawalMoveRefused",
    "apply_merchant_withdrawal",
    "cancel_merchant_withdrawal",
    "merchant_withdrawal",
]

REASON_MAX: Final = 500


class UnknownMerchantWithdrawal(Refusal):
    """There is no such withdrawal, or it is another merchant's."""

    code = "unknown_merchant_withdrawal"
    because: ClassVar[Because] = "absent"
    rule = "E-15"
    remedy = "Use the number that applying gave."


class WithdrawalMoveRefused(Refusal):
    """The withdrawal is in a state in which this cannot be done."""

    code = "withdrawal_move_refused"
    because: ClassVar[Because] = "conflict"
    rule = "SM-06"
    remedy = "Look at the withdrawal; do what its state allows."


class OccasionUsed(Refusal):
    """The account's rule has acted on this occasion already; it does so once."""

    code = "payout_occasion_used"
    because: ClassVar[Because] = "conflict"
    rule = "A-B17"
    remedy = "Wait for the next occasion, or apply by hand."


class Occasion(NamedTuple):
    """Of which rule an automatic withdrawal is, and of which of its days."""

    rule: int
    day: date


class Applied(NamedTuple):
    """An application, and whether the same was made before."""

    withdrawal: MerchantWithdrawal
    replayed: bool


@books.atomic
def apply_merchant_withdrawal(
    *,
    account: MerchantAccount,
    amount: Money,
    payee: int,
    instruction: Instruction,
    occasion: Occasion | None = None,
) -> Applied:
    """Apply to be paid out: the money leaves the account now and is on its way until finance has paid.

        merchant owed     -amount
        payable           +net
        house:income      +fee

    Args:
        amount: > 0, at most what the account holds; fee and net follow from the terms.
        payee: number of one of the merchant's payee accounts.
        occasion: of an automatic one; once per account and day.

    Raises:
        NotQualified: the account does not hold more than the minimum, or less than the amount.
        MerchantAccountDisabled, CustomerDisabled, CurrencyDisabled.
        UnknownPayee, PayeeClosed: about the payee account.
        FeeExceedsAmount: the fee is more than the amount.
        OccasionUsed: the rule has acted on this occasion.
        KeyReused: the key stands for something else.

    Source: B-34 to B-37; SM-06; A-B4, A-B5; A16, A18.
    """
    # whoever withdraws from the account waits here: the same request in parallel then finds the first
    MerchantAccountRow.objects.select_for_update(no_key=True).get(pk=account.number)
    known = _replayed(account, amount, payee, instruction)
    if known is not None:
        return Applied(known, replayed=True)
    way: Way = "manual" if occasion is None else "automatic"
    terms = terms_in_force(account.number)
    if occasion is not None:
        _check_unused(account, occasion)
    check_usable(account)
    customer(account.owner)
    books.currency(account.currency.code)
    find_payee(payee, account.owner)
    check_asked(account, amount)
    net, fee = after_fee(terms, amount)
    posted = take_out(account, amount, fee, payee, instruction)
    _check_after(account, amount, posted, terms, way)
    row = MerchantWithdrawal.objects.create(
        account_id=account.number,
        currency=account.currency.code,
        way=way,
        rule=None if occasion is None else occasion.rule,
        occasion=None if occasion is None else occasion.day,
        amount=amount.minor,
        fee=fee.minor,
        net=net.minor,
        payee=payee,
        entry=posted.entry_id,
        applied_at=instruction.at,
        applied_by=instruction.actor,
    )
    announce_payouts([row], at=instruction.at)
    return Applied(row, replayed=False)


@books.atomic
def cancel_merchant_withdrawal(
    *, number: int, instruction: Instruction, owner: int | None = None, reason: str = ""
) -> MerchantWithdrawal:
    """Cancel an application that is in no batch: the money is on the account again at once.

        merchant owed     +gross
        payable           -net
        house:income      -fee

    Args:
        owner: the merchant; only his own.

    Raises:
        UnknownMerchantWithdrawal.
        WithdrawalMoveRefused: it is in a batch, has been paid or is over.

    Source: A18; SM-06.
    """
    (row,) = locked([number], owner=owner)
    if row.payout_state == PayoutState.CANCELLED:
        return row
    move(row, PayoutEvent.CANCEL, TradeEvent.CANCEL)
    row.reason = parse_text(reason, field="reason", longest=REASON_MAX, may_be_empty=True)
    close([row], instruction)
    row.closing_entry = books.post_all_now([entry_back(row, instruction)])[0].entry_id
    row.save(
        update_fields=[
            "trade_state",
            "payout_state",
            "reason",
            "closing_entry",
            "closed_at",
            "closed_by",
        ]
    )
    announce_payouts([row], at=instruction.at)
    audit_of(row, "cancel", instruction)
    return row


def merchant_withdrawal(number: int, *, owner: int | None = None) -> MerchantWithdrawal:
    """Give a withdrawal with its account.

    Args:
        owner: the merchant; only his own.

    Raises:
        UnknownMerchantWithdrawal: there is none, or it is another's.

    Source: E-15; reliability, T14.
    """
    rows = MerchantWithdrawal.objects.select_related("account")
    found = rows.filter(pk=number).first() if number > 0 else None
    if found is None or owner not in {None, found.account.owner}:
        raise _unknown(number)
    return found


def locked(
    numbers: Iterable[int], *, owner: int | None = None, whole: bool = True
) -> list[MerchantWithdrawal]:
    """Give withdrawals for change, in the order of their numbers; whoever else changes them waits.

    Those that are not to be ``whole`` are read without their accounts, and have their states only.

    Raises:
        UnknownMerchantWithdrawal: one of them is not there, or another's.
    """
    wanted = sorted(set(numbers))
    rows = MerchantWithdrawal.objects.select_for_update(of=("self",)).order_by("pk")
    rows = rows.select_related("account") if whole else rows.only("trade_state", "payout_state")
    found = list(rows.filter(pk__in=wanted))
    there = {row.pk for row in found if owner is None or row.account.owner == owner}
    for number in wanted:
        if number not in there:
            raise _unknown(number)
    return found


def move(row: MerchantWithdrawal, event: PayoutEvent, trade: TradeEvent | None = None) -> None:
    """Put a row into the states that follow; nothing is written.

    Raises:
        WithdrawalMoveRefused: the table has no such move.

    Source: SM-06.
    """
    try:
        payout = PAYOUT.after(PayoutState(row.payout_state), event)
        row.trade_state = (
            TRADE.after(TradeState(row.trade_state), trade) if trade else row.trade_state
        )
    except MoveNotAllowed:
        raise refused(row, event.value) from None
    row.payout_state = payout.value


def refused(row: MerchantWithdrawal, verb: str) -> WithdrawalMoveRefused:
    """Say that a row's state does not allow something."""
    allowed = ", ".join(e.value for e in PAYOUT.events_from(PayoutState(row.payout_state)))
    message = f"Withdrawal {row.pk} is {row.payout_state}: it cannot {verb}."
    return WithdrawalMoveRefused(
        message, field="withdrawal", there=row.payout_state, allowed=allowed or "nothing"
    )


def close(rows: Iterable[MerchantWithdrawal], instruction: Instruction) -> None:
    """Write down when and by whom applications came to their end."""
    for row in rows:
        row.closed_at, row.closed_by = instruction.at, instruction.actor


def _check_unused(account: MerchantAccount, occasion: Occasion) -> None:
    used = MerchantWithdrawal.objects.filter(
        account=account.number, way="automatic", occasion=occasion.day
    ).first()
    if used is not None:
        message = f"Withdrawal {used.pk} is that of {occasion.day}."
        raise OccasionUsed(message, field="occasion", there=str(used.pk))


def _check_after(
    account: MerchantAccount, amount: Money, posted: Posted | Replayed, terms: Terms, way: Way
) -> None:
    """Judge by what the account held when its money was taken, under the ledger's lock.

    The account has no floor, since bills may take it below zero; a withdrawal may not.
    """
    after = next(leg.balance_after for leg in posted.legs if leg.account == account.account)
    held = account.money(after + amount.minor)
    check_held(account, held, amount, minimum_of(account, terms, way))


def _replayed(
    account: MerchantAccount, amount: Money, payee: int, instruction: Instruction
) -> MerchantWithdrawal | None:
    done = ledger.find_entry(books.connection(), instruction.entry_keys().key)
    if done is None:
        return None
    found = MerchantWithdrawal.objects.filter(entry=done.entry_id).first()
    if found is None or (found.account_id, found.amount, found.payee) != (
        account.number,
        amount.minor,
        payee,
    ):
        raise ledger.KeyReused("The key stands for another request.", field="key")
    return found


def _unknown(number: int) -> UnknownMerchantWithdrawal:
    message = "There is no such withdrawal."
    return UnknownMerchantWithdrawal(message, field="withdrawal", there=str(number)[:32])


def audit_of(row: MerchantWithdrawal, verb: str, instruction: Instruction) -> None:
    """Write down in the trail who did what to a withdrawal."""
    audit.record(
        actor=instruction.actor,
        action=f"merchant_withdrawal.{verb}",
        subject=f"merchant_withdrawal:{row.pk}",
        at=instruction.at,
        details={"amount": row.amount, "reason": row.reason},
    )
