"""Remittances (打款記錄): one side says that it has paid, the other confirms the receipt or disputes it.

The money went outside, from bank to bank. The merchant's account moves when the receipt is confirmed and
not before; it is paid on the account, not on a bill, and may be more than is owed.

Source: B-24, B-30 to B-32, E-14; SM-05; peers-settlement-invest A14; A-B8, A-B9, A-B20.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple

from tael import books, ledger
from tael.channels.channel import usable
from tael.channels.house import channel_account
from tael.ledger import Entry, Kind, Leg
from tael.money import CurrencyMismatch, Money
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import account_from, check_usable
from tael.settlement.bank.bank_evidence import check_not_aside
from tael.settlement.independence import check_not_his_own
from tael.settlement.lifecycles import REMITTANCE, RemittanceEvent, RemittanceState
from tael.settlement.models import Remittance
from tael.settlement.remittances.flow_number import FlowNumberTaken, parse_flow_number
from tael.settlement.settlement_events import announce_remittance
from tael.wallet.permit import check_positive
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tael.books import Instruction
    from tael.settlement.accounts.merchant_account import MerchantAccount

__all__ = [
    "NotTheOtherSide",
    "Remittance",
    "RemittanceDecided",
    "RemittanceMalformed",
    "Remitted",
    "Side",
    "UnknownRemittance",
    "confirm_remittance",
    "declare_remittance",
    "dispute_remittance",
    "remittance",
    "withdraw_remittance",
]

Side = Literal["merchant", "platform"]

REASON_MAX: Final = 500
NOTE_MAX: Final = 500
OLDEST: Final = timedelta(days=3660)
AHEAD: Final = timedelta(days=1)
"""The day has begun somewhere: a bank may be a zone ahead of the house."""

REMIT: Final = Kind(
    "settlement.remittance",
    "Remittance",
    moves=(
        "merchant owed +m (the merchant paid) or -m (the platform paid)",
        "channel:<channel> -m or +m",
    ),
)


class UnknownRemittance(Refusal):
    """There is no such remittance, or it is another merchant's."""

    code = "unknown_remittance"
    because: ClassVar[Because] = "absent"
    rule = "B-31"
    remedy = "Use the number that declaring gave."


class RemittanceMalformed(Refusal):
    """The payer or the day of a remittance cannot be so."""

    code = "remittance_malformed"
    rule = "E-14"
    remedy = "Send the named field in the allowed form."


class RemittanceDecided(Refusal):
    """The remittance has been confirmed, disputed or withdrawn, or has expired; that happens once."""

    code = "remittance_decided"
    because: ClassVar[Because] = "conflict"
    rule = "B-31"
    remedy = "Look at the remittance; declare the payment anew if need be."


class NotTheOtherSide(Refusal):
    """What one side has declared the other confirms or disputes; only the declarer takes it back."""

    code = "not_the_other_side"
    because: ClassVar[Because] = "forbidden"
    rule = "B-31"
    remedy = "Let the other side confirm or dispute it; the declarer can withdraw it."


class Remitted(NamedTuple):
    """A remittance as a call left it, and whether the call was made before."""

    remittance: Remittance
    replayed: bool = False


@books.atomic
def declare_remittance(
    *,
    account: MerchantAccount,
    side: Side,
    amount: Money,
    channel: str,
    flow_number: str,
    paid_on: date,
    instruction: Instruction,
    note: str = "",
) -> Remitted:
    """Say that one's own side has paid the other; no account moves.

    Args:
        side: who has paid and says so. amount: > 0, in the account's currency; more than is owed is fine.
        channel: over which the money went. flow_number: the bank's number of the payment (付款流水號).
        paid_on: when it was paid, in the business zone.

    Raises:
        CurrencyMismatch, AmountNotPositive, AmountTooLarge: about the amount.
        UnknownChannel, ChannelDisabled, ChannelCurrencyRefused, CurrencyDisabled: about the channel.
        FlowNumberMalformed, RemittanceMalformed, TextMalformed: naming the field.
        FlowNumberTaken: a payment of this side over the channel with this number was declared before.
        MerchantAccountDisabled: the account is switched off.
        KeyReused: the key stands for another remittance.

    Source: B-24, B-31 steps 1 and 2, B-32; A-B8, A-B20.
    """
    key = instruction.entry_keys().key
    number = parse_flow_number(flow_number)
    said = parse_text(note, field="note", longest=NOTE_MAX, may_be_empty=True)
    told = {
        "account_id": account.number,
        "payer": side,
        "amount": amount.minor,
        "channel": channel,
        "flow_number": number,
        "paid_on": paid_on,
        "note": said,
    }
    # whoever declares the same payment, or the same request again, waits here and finds what was written
    for lock in sorted((f"{channel}:{side}:{number}", str(key))):
        books.connection().execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tael:remittance:{lock}"]
        )
    before = Remittance.objects.filter(key=key).first()
    if before is not None:
        return _again(before, told)
    _check(account, side, amount, paid_on, instruction.at)
    usable(channel, account.currency.code)
    check_usable(account)
    taken = Remittance.objects.filter(
        channel=channel, payer=side, flow_number=number, state__in=["declared", "confirmed"]
    ).first()
    if taken is not None:
        message = f"A remittance over {channel} has flow number {number}."
        raise FlowNumberTaken(message, field="flow_number", there=number)
    row = Remittance.objects.create(
        **told, key=key, declared_at=instruction.at, declared_by=instruction.actor
    )
    announce_remittance(row, at=instruction.at)
    _audit(row, "declare", instruction)
    return Remitted(row)


@books.atomic
def confirm_remittance(
    *, number: int, side: Side, instruction: Instruction, owner: int | None = None
) -> Remitted:
    """Confirm, as the side that was paid, that the money has come: the merchant's account moves now.

        merchant owed                  +amount   where the merchant paid
        channel:<channel>:<currency>   -amount

        merchant owed                  -amount   where the platform paid
        channel:<channel>:<currency>   +amount

    Args:
        side: who confirms. owner: the merchant, where only his own are reached.

    Raises:
        UnknownRemittance: there is none, or it is another's.
        NotTheOtherSide: by the side, or the person, that declared it.
        AffectedDecides: for the platform, by somebody who is the merchant as well.
        RemittanceDecided: it is no longer open.
        MoneyAside: the bank's line of it is in suspense.
        MerchantAccountDisabled: the account is switched off.

    Source: B-24, B-31 steps 3 and 4, B-32; A-B8, A-B20.
    """
    row = _locked(number, owner)
    if _told_before(row, RemittanceState.CONFIRMED, instruction):
        return Remitted(row, replayed=True)
    account = account_from(row.account)
    _check_other(row, side, account, instruction)
    move(row, RemittanceEvent.CONFIRM)
    check_not_aside("remittance", row.pk, flow_number=row.flow_number)
    check_usable(account)
    posted = books.post_now(_entry(row, account, instruction))
    row.entry = posted.entry_id
    return decided(row, "confirm", instruction)


@books.atomic
def dispute_remittance(
    *, number: int, side: Side, reason: str, instruction: Instruction, owner: int | None = None
) -> Remitted:
    """Say, as the side that should have been paid, that the money has not come; no account moves.

    Its flow number may be declared again.

    Raises:
        UnknownRemittance, NotTheOtherSide, AffectedDecides, RemittanceDecided: as ``confirm_remittance``.
        TextMalformed: there is no reason.

    Source: SM-05; A-B9.
    """
    row = _locked(number, owner)
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    if _told_before(row, RemittanceState.DISPUTED, instruction):
        return Remitted(row, replayed=True)
    _check_other(row, side, account_from(row.account), instruction)
    move(row, RemittanceEvent.DISPUTE)
    row.reason = why
    return decided(row, "dispute", instruction)


@books.atomic
def withdraw_remittance(
    *, number: int, side: Side, instruction: Instruction, owner: int | None = None
) -> Remitted:
    """Take back, as the side that declared it, a remittance that the other has not decided.

    Raises:
        UnknownRemittance, RemittanceDecided.
        NotTheOtherSide: the other side declared it.

    Source: SM-05; A14.
    """
    row = _locked(number, owner)
    if _told_before(row, RemittanceState.WITHDRAWN, instruction):
        return Remitted(row, replayed=True)
    if row.payer != side:
        message = f"The {row.payer} declared remittance {row.pk}."
        raise NotTheOtherSide(message, field="remittance", there=row.payer)
    move(row, RemittanceEvent.WITHDRAW)
    return decided(row, "withdraw", instruction)


def remittance(number: int, *, owner: int | None = None) -> Remittance:
    """Give a remittance with its account.

    Args:
        owner: the merchant; only his own.

    Raises:
        UnknownRemittance: there is none, or it is another's.

    Source: E-14; reliability, T14.
    """
    rows = Remittance.objects.select_related("account")
    return _of(rows.filter(pk=number).first() if 0 < number < 2**63 else None, number, owner)


def _check(
    account: MerchantAccount, side: Side, amount: Money, paid_on: date, at: datetime
) -> None:
    if amount.currency != account.currency:
        raise CurrencyMismatch(account.currency, amount.currency, field="amount")
    check_positive(amount)
    if side not in {"merchant", "platform"}:
        raise _malformed("side", str(side)[:20], "merchant or platform")
    today = at.astimezone(business_zone()).date()
    if not today - OLDEST <= paid_on <= today + AHEAD:
        raise _malformed("paid_on", str(paid_on), f"{today - OLDEST} to {today + AHEAD}")


def _again(row: Remittance, told: Mapping[str, object]) -> Remitted:
    """Give the remittance of a key to who sends the same again."""
    differs = [field for field, said in told.items() if getattr(row, field) != said]
    if differs:
        message = "The key stands for another remittance."
        raise ledger.KeyReused(message, field=differs[0].removesuffix("_id"))
    return Remitted(row, replayed=True)


def _locked(number: int, owner: int | None) -> Remittance:
    rows = Remittance.objects.select_for_update(no_key=True, of=("self",)).select_related("account")
    return _of(rows.filter(pk=number).first() if 0 < number < 2**63 else None, number, owner)


def _of(row: Remittance | None, number: int, owner: int | None) -> Remittance:
    if row is None or owner not in {None, row.account.owner}:
        message = "There is no such remittance."
        raise UnknownRemittance(message, field="remittance", there=str(number)[:32])
    return row


def _check_other(
    row: Remittance, side: Side, account: MerchantAccount, instruction: Instruction
) -> None:
    if row.payer == side or row.declared_by == instruction.actor:
        message = f"The {row.payer} declared remittance {row.pk}; the other side decides about it."
        raise NotTheOtherSide(message, field="remittance", there=row.payer)
    if side == "platform":
        check_not_his_own(account.owner, instruction, of="a remittance")


def _told_before(row: Remittance, state: RemittanceState, instruction: Instruction) -> bool:
    """Tell whether this very call has decided it so before; it gets its first answer again."""
    key = instruction.entry_keys().key
    if row.decision_key == key and row.state == state:
        return True
    if Remittance.objects.filter(decision_key=key).exists():
        message = "The key stands for another request."
        raise ledger.KeyReused(message, field="key")
    return False


def move(row: Remittance, event: RemittanceEvent) -> None:
    """Bring a locked remittance into its next state.

    Raises:
        RemittanceDecided: it is no longer open.
    """
    if row.state != RemittanceState.DECLARED:
        message = f"Remittance {row.pk} is {row.state}."
        raise RemittanceDecided(message, field="remittance", there=row.state)
    row.state = REMITTANCE.after(RemittanceState.DECLARED, event).value


def _entry(row: Remittance, account: MerchantAccount, instruction: Instruction) -> Entry:
    signed = row.amount if row.payer == "merchant" else -row.amount
    outside = channel_account(row.channel, account.currency.code)
    return Entry(
        kind=REMIT,
        legs=(Leg(account.account, signed), Leg(outside, -signed)),
        key=instruction.entry_keys().key,
        effective_at=instruction.at,
        actor=instruction.actor,
        channel=row.channel,
        pno=row.flow_number,
        code=instruction.code,
        info=instruction.info,
        content=(REMIT.code, row.pk),
    )


def decided(row: Remittance, verb: str, instruction: Instruction) -> Remitted:
    """Write down a decision, with its trace."""
    row.decided_at, row.decided_by = instruction.at, instruction.actor
    row.decision_key = instruction.entry_keys().key
    row.save(update_fields=["state", "decided_at", "decided_by", "decision_key", "reason", "entry"])
    announce_remittance(row, at=instruction.at)
    _audit(row, verb, instruction)
    return Remitted(row)


def _audit(row: Remittance, verb: str, instruction: Instruction) -> None:
    audit.record(
        actor=instruction.actor,
        action=f"remittance.{verb}",
        subject=f"remittance:{row.pk}",
        at=instruction.at,
        details={
            "account": row.account_id,
            "amount": row.amount,
            "reason": row.reason,
        },
    )


def _malformed(field: str, there: str, allowed: str) -> RemittanceMalformed:
    return RemittanceMalformed(f"{field} is malformed.", field=field, there=there, allowed=allowed)
