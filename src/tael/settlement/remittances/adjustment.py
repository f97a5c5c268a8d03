"""Adjustments (調賬): a merchant account is corrected by an amount that no bill and no payment explains.

It is an entry with its reason, never an edited balance. Above the operator's limit it takes two people.

Source: peers-settlement-invest A36, H14; B-03; I32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tael import books, ledger
from tael.approvals.command import Agreed, Command, Payload, register
from tael.approvals.limit import needs_two
from tael.approvals.proposal import Proposal, propose
from tael.ledger import Entry, Kind, Leg
from tael.money import CurrencyMismatch, Money
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import (
    MerchantAccount,
    amounts_now,
    check_usable,
    merchant_account,
    owner_in,
)
from tael.settlement.house import settlement_account
from tael.settlement.independence import check_not_his_own
from tael.settlement.models import Adjustment, MerchantAccountRow
from tael.settlement.settlement_events import announce_adjustment
from tael.wallet.permit import check_positive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tael.books import Instruction

__all__ = ["Adjustment", "UnknownAdjustment", "adjust", "adjustment"]

REASON_MAX: Final = 500

ADJUST: Final = Kind(
    "settlement.adjust",
    "Adjustment of a merchant account",
    mixes=True,
    moves=("merchant owed +m (below zero: -)", "house:settlement -m"),
)


class UnknownAdjustment(Refusal):
    """There is no such adjustment, or it is another merchant's."""

    code = "unknown_adjustment"
    because: ClassVar[Because] = "absent"
    rule = "A36"
    remedy = "Use the number that adjusting gave."


@books.atomic
def adjust(
    *, account: MerchantAccount, amount: Money, reason: str, instruction: Instruction
) -> Adjustment | Proposal:
    """Correct a merchant account; above the operator's limit the correction waits for a second person.

        merchant owed          +amount (or - where it is below zero)
        house:settlement       -amount

    The same key with the same content gives the first answer, also when the limit was changed since.

    Args:
        amount: not 0, in the account's currency; below zero takes from the merchant.
        reason: why; kept with the entry.

    Raises:
        CurrencyMismatch, AmountNotPositive (of zero), AmountTooLarge: about the amount.
        TextMalformed: there is no reason.
        MerchantAccountDisabled: the account is switched off.
        AffectedDecides: by the merchant himself.
        KeyReused: the key stands for something else.

    Source: A36, H14; I32.
    """
    why = _checked(account, amount, reason)
    # whoever adjusts the account waits here: the same request in parallel then finds what was written
    MerchantAccountRow.objects.select_for_update(no_key=True).get(pk=account.number)
    key = instruction.entry_keys().key
    payload = {"account": account.number, "amount": amount.minor, "reason": why}
    entry = ledger.find_entry(books.connection(), key)
    if entry is not None:
        return _again(entry.entry_id, payload)
    waits = Proposal.objects.filter(key=key).exists()
    if not waits:
        check_usable(account)
        check_not_his_own(account.owner, instruction, of="an adjustment")
    if not waits and not needs_two(COMMAND.code, account.currency.code, amount):
        return _enter(account, amount, why, instruction, agreed=None)
    return propose(
        command=COMMAND.code,
        payload=payload,
        subject=f"merchant_account:{account.number}",
        amount=amount,
        before={"balance": amounts_now([account])[account.number].minor},
        note=why,
        instruction=instruction,
    )


def adjustment(number: int, *, owner: int | None = None) -> Adjustment:
    """Give an adjustment with its account.

    Raises:
        UnknownAdjustment: there is none, or it is another merchant's.

    Source: A36; reliability, T14.
    """
    rows = Adjustment.objects.select_related("account")
    row = rows.filter(pk=number).first() if 0 < number < 2**63 else None
    if row is None or owner not in {None, row.account.owner}:
        message = "There is no such adjustment."
        raise UnknownAdjustment(message, field="adjustment", there=str(number)[:32])
    return row


def _checked(account: MerchantAccount, amount: Money, reason: str) -> str:
    if amount.currency != account.currency:
        raise CurrencyMismatch(account.currency, amount.currency, field="amount")
    check_positive(abs(amount))
    return parse_text(reason, field="reason", longest=REASON_MAX)


def _again(entry: int, payload: Mapping[str, Any]) -> Adjustment:
    """Give the adjustment that the key has made to who sends the same again."""
    found = Adjustment.objects.filter(entry=entry).first()
    said = None
    if found is not None:
        said = {"account": found.account_id, "amount": found.amount, "reason": found.reason}
    if found is None or said != payload:
        message = "The key stands for another request."
        raise ledger.KeyReused(message, field="key")
    return found


def _enter(
    account: MerchantAccount,
    amount: Money,
    reason: str,
    instruction: Instruction,
    *,
    agreed: Agreed | None,
) -> Adjustment:
    house = settlement_account(account.currency.code)
    posted = books.post_now(
        Entry(
            kind=ADJUST,
            legs=(Leg(account.account, amount.minor), Leg(house, -amount.minor)),
            key=instruction.entry_keys().key,
            effective_at=instruction.at,
            actor=instruction.actor,
            channel=instruction.channel,
            code=instruction.code,
            info=reason,
            data={"reason": reason} | ({} if agreed is None else {"proposal": agreed.proposal}),
        )
    )
    row = Adjustment.objects.create(
        account_id=account.number,
        amount=amount.minor,
        reason=reason,
        made_at=instruction.at,
        made_by=instruction.actor if agreed is None else agreed.proposed_by,
        approved_by=None if agreed is None else instruction.actor,
        proposal=None if agreed is None else agreed.proposal,
        entry=posted.entry_id,
    )
    announce_adjustment(row, account, at=instruction.at)
    audit.record(
        actor=instruction.actor,
        action="adjustment.make",
        subject=f"merchant_account:{account.number}",
        at=instruction.at,
        details={"adjustment": row.pk, "amount": amount.minor, "reason": reason},
    )
    return row


def _carry_out(payload: Payload, instruction: Instruction, agreed: Agreed) -> Mapping[str, Any]:
    account = merchant_account(payload["account"])
    amount = account.money(payload["amount"])
    why = _checked(account, amount, payload["reason"])
    check_usable(account)
    row = _enter(account, amount, why, instruction, agreed=agreed)
    return {"adjustment": row.pk, "entry": row.entry}


COMMAND: Final = register(
    Command(
        "settlement.adjust",
        "Adjustment of a merchant account",
        _carry_out,
        concerns=owner_in,
        amounts=frozenset({"amount", "balance"}),
    )
)
