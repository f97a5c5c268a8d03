"""Money in suspense (待查款項) gets its place, or goes back to its payer: one proposes, another confirms.

An item is placed or returned whole; a part of it is never moved. The amount does not matter: it always
takes two people, since nobody applied for this money and nobody would miss it.

Locks: the order's row, the payment's, the proposal's, then the accounts.

Source: reliability, section 3a (suspense; roles: finance maker and finance checker); I22, I24, I32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from django.db import IntegrityError, transaction

from tael import books, ledger
from tael.money import Money
from tael.parties import audit
from tael.parties.person import is_customer
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.wallet.lifecycles import PROPOSAL, ProposalEvent, ProposalState
from tael.wallet.models import GatewayPayment, RechargeOrder, SuspenseProposal, WalletRow
from tael.wallet.operation import Operation
from tael.wallet.receipt import receipt
from tael.wallet.suspense import UnknownItem, check_returnable, item, left_of, place
from tael.wallet.wallet import WalletDisabled
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.ledger import Posted, Replayed
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

__all__ = [
    "ItemNotOpen",
    "ProposalDecided",
    "ProposalMismatch",
    "Proposed",
    "ProposerDecides",
    "SuspenseProposal",
    "UnknownItem",
    "UnknownProposal",
    "confirm_proposal",
    "drop_proposal",
    "proposal",
    "propose_placing",
    "propose_return",
]

REASON_MAX: Final = 400


class UnknownProposal(Refusal):
    """There is no proposal of this number."""

    code = "unknown_suspense_proposal"
    because: ClassVar[Because] = "absent"
    rule = "I24"
    remedy = "Use the number that proposing gave."


class ItemNotOpen(Refusal):
    """The money is no longer in suspense, or somebody has proposed what to do with it."""

    code = "suspense_item_not_open"
    because: ClassVar[Because] = "conflict"
    rule = "I24"
    remedy = "Look at the item; confirm or drop what has been proposed."


class ProposalMismatch(Refusal):
    """What is proposed does not fit the money: another currency, or another amount than is left."""

    code = "suspense_mismatch"
    because: ClassVar[Because] = "conflict"
    rule = "I24"
    remedy = (
        "Name a wallet of the money's own currency; drop the proposal and propose what is left."
    )


class ProposalDecided(Refusal):
    """The proposal has been confirmed or dropped; that happens once."""

    code = "suspense_proposal_decided"
    because: ClassVar[Because] = "conflict"
    rule = "I32"
    remedy = "Look at the item; propose anew if its money is still in suspense."


class ProposerDecides(Refusal):
    """Whoever proposed does not confirm it as well, nor does the customer who gets the money."""

    code = "proposer_decides"
    because: ClassVar[Because] = "forbidden"
    rule = "I32"
    remedy = "Let another person confirm it."


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as a call left it.

    Args:
        receipt: of the entry that placed the money; None where nothing was booked by this step.
        replayed: the call was made before.
    """

    proposal: SuspenseProposal
    receipt: Receipt | None = None
    replayed: bool = False


@books.atomic
def propose_placing(
    *, number: int, wallet: Wallet, reason: str, instruction: Instruction
) -> Proposed:
    """Propose to place an item in a wallet. No money moves.

    Sent again under the same key it gives the first proposal.

    Args:
        number: the item's.
        wallet: the order's own or any other of the item's currency.
        reason: why the money is this customer's; kept in the trail.

    Raises:
        UnknownItem: there is no such payment.
        ItemNotOpen: it is not in suspense, or something is proposed already.
        ProposalMismatch: the wallet has another currency.
        WalletDisabled: the wallet is switched off.
        TextMalformed: there is no reason.
        KeyReused: the key stands for another proposal.

    Source: reliability, section 3a (suspense); I24, I32.
    """
    return _propose(number, "place", wallet, reason, instruction)


@books.atomic
def propose_return(*, number: int, reason: str, instruction: Instruction) -> Proposed:
    """Propose to give an item back to who paid it, over the gateway it came from. No money moves.

    Raises:
        UnknownGateway: no gateway stands behind its channel any more.
        and those of ``propose_placing``.

    Source: reliability, section 3a (suspense); I24, I32.
    """
    return _propose(number, "return", None, reason, instruction)


@books.atomic
def confirm_proposal(*, number: int, instruction: Instruction) -> Proposed:
    """Confirm, as a second person, what was proposed.

    A placing is booked at once:

        suspense:<currency>            -amount
        wallet free                    +amount      (what an order to be spent only is due: locked)

    A return waits until its gateway has carried it out, see ``suspense_return``; then:

        suspense:<currency>            -amount
        channel:<channel>:<currency>   +amount

    Raises:
        UnknownProposal: there is none.
        ProposalDecided: it has been confirmed or dropped.
        ProposerDecides: by the one who proposed, or who would get the money.
        ItemNotOpen, ProposalMismatch: the gateway has taken the money back since, in part or whole.
        WalletDisabled: the wallet has been switched off since.

    Source: reliability, section 3a (suspense); I22, I24, I32.
    """
    payment, row, order = _locked(number)
    key = instruction.entry_keys().key
    if row.decision_key == key and row.state != ProposalState.DROPPED:
        return _again(row, payment)
    _check_undecided(row)
    _check_key_is_new(instruction)
    _check_another(row, instruction)
    _check_amount(row, payment)
    if row.act == "return":
        check_returnable(payment)
        _decide(row, ProposalEvent.ASK, instruction)
        _tell(row, "confirm", instruction)
        return Proposed(row)
    into = find_wallet(row.wallet or 0)
    posted = place(payment, into, order, proposal=row.pk, instruction=instruction)
    row.entry = posted.entry_id
    _decide(row, ProposalEvent.PLACE, instruction)
    _tell(row, "confirm", instruction)
    return Proposed(row, _receipt(posted, row, into))


@books.atomic
def drop_proposal(*, number: int, reason: str, instruction: Instruction) -> Proposed:
    """Drop what was proposed, by whoever may propose or confirm. The money stays in suspense.

    Args:
        reason: why; kept with the proposal.

    Raises:
        UnknownProposal, ProposalDecided, TextMalformed: as they say.

    Source: I24, I32.
    """
    payment, row, _ = _locked(number)
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    if row.decision_key == instruction.entry_keys().key and row.state == ProposalState.DROPPED:
        return _again(row, payment)
    _check_undecided(row)
    _check_key_is_new(instruction)
    row.decision = why
    _decide(row, ProposalEvent.DROP, instruction)
    _tell(row, "drop", instruction)
    return Proposed(row)


def proposal(number: int) -> SuspenseProposal:
    """Give a proposal as it stands.

    Raises:
        UnknownProposal: there is none.

    Source: I24.
    """
    found = None
    if 0 < number < 2**63:
        found = SuspenseProposal.objects.filter(pk=number).first()
    if found is None:
        message = "There is no such proposal."
        raise UnknownProposal(message, field="proposal", there=str(number)[:32])
    return found


def _propose(
    number: int, act: str, wallet: Wallet | None, reason: str, instruction: Instruction
) -> Proposed:
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    payment = item(number, locked=True)
    key = instruction.entry_keys().key
    into = None if wallet is None else wallet.number
    before = SuspenseProposal.objects.filter(key=key).first()
    if before is not None:
        if (before.payment, before.act, before.wallet, before.reason) != (number, act, into, why):
            message = "The key stands for another proposal."
            raise ledger.KeyReused(message, field="key")
        return Proposed(before, replayed=True)
    _check_key_is_new(instruction)
    if not left_of(payment) or SuspenseProposal.objects.filter(
        payment=number, state__in=[ProposalState.PROPOSED, ProposalState.RETURNING]
    ):
        raise _not_open(number)
    if wallet is None:
        check_returnable(payment)
    else:
        if wallet.currency.code != payment.currency:
            message = f"The money is in {payment.currency}."
            raise ProposalMismatch(message, field="wallet", there=wallet.currency.code)
        if WalletRow.objects.filter(pk=wallet.number, disabled_at__isnull=False).exists():
            message = f"Wallet {wallet.number} is switched off."
            raise WalletDisabled(message, field="wallet", there=str(wallet.number))
    row = SuspenseProposal(
        payment=number,
        act=act,
        wallet=into,
        currency=payment.currency,
        amount=left_of(payment),
        reason=why,
        key=key,
        proposed_at=instruction.at,
        proposed_by=instruction.actor,
    )
    _save(row)
    _tell(row, "propose", instruction)
    return Proposed(row)


def _locked(number: int) -> tuple[GatewayPayment, SuspenseProposal, RechargeOrder | None]:
    """Lock a proposal with its payment and the order that it counts towards, in the order of locks."""
    told = proposal(number)
    wanted = GatewayPayment.objects.values_list("order", flat=True).get(pk=told.payment)
    order = None
    if wanted is not None and told.wallet is not None:
        rows = RechargeOrder.objects.select_for_update(no_key=True)
        order = rows.filter(pk=wanted, wallet=told.wallet, currency=told.currency).first()
    payment = item(told.payment, locked=True)
    row = SuspenseProposal.objects.select_for_update(no_key=True).get(pk=number)
    return payment, row, order


def _again(row: SuspenseProposal, payment: GatewayPayment) -> Proposed:
    """Give the first answer of a decision once more."""
    if row.act == "return" or row.entry is None:
        return Proposed(row, replayed=True)
    into = find_wallet(row.wallet or 0)
    record = ledger.read_entry(books.connection(), row.entry)
    posted = ledger.Replayed(
        record.entry_id, record.legs, record.booked_at, record.effective_at, record.first_posting
    )
    assert payment.wallet == into.number
    return Proposed(row, _receipt(posted, row, into), replayed=True)


def _receipt(posted: Posted | Replayed, row: SuspenseProposal, into: Wallet) -> Receipt:
    amount = into.money(row.amount)
    return receipt(posted, operation=Operation.RECHARGE, amount=amount, touched=(into,), sno=None)


def _check_undecided(row: SuspenseProposal) -> None:
    if row.state != ProposalState.PROPOSED:
        message = f"Proposal {row.pk} is {row.state}."
        raise ProposalDecided(message, field="proposal", there=row.state)


def _check_key_is_new(instruction: Instruction) -> None:
    """Refuse a key that has proposed, decided or booked something else."""
    key = instruction.entry_keys().key
    used = (
        SuspenseProposal.objects.filter(key=key).exists()
        or SuspenseProposal.objects.filter(decision_key=key).exists()
        or ledger.find_entry(books.connection(), key) is not None
    )
    if used:
        message = "The key stands for another request."
        raise ledger.KeyReused(message, field="key")


def _check_another(row: SuspenseProposal, instruction: Instruction) -> None:
    gets_it = row.wallet is not None and is_customer(
        instruction.actor, find_wallet(row.wallet).owner
    )
    if instruction.actor == row.proposed_by or gets_it:
        message = "Neither the one who proposed nor the one who gets the money can confirm."
        raise ProposerDecides(message, field="actor", there=instruction.actor)


def _check_amount(row: SuspenseProposal, payment: GatewayPayment) -> None:
    """Refuse to move another amount than the proposer saw."""
    left = left_of(payment)
    if not left:
        raise _not_open(payment.pk)
    if left != row.amount:
        unit = books.currencies()[row.currency].currency
        message = "The gateway has taken a part of the money back since."
        there, allowed = str(Money(row.amount, unit)), str(Money(left, unit))
        raise ProposalMismatch(message, field="amount", there=there, allowed=allowed)


def _decide(row: SuspenseProposal, event: ProposalEvent, instruction: Instruction) -> None:
    row.state = PROPOSAL.after(ProposalState(row.state), event).value
    row.decided_at, row.decided_by = instruction.at, instruction.actor
    row.decision_key = instruction.entry_keys().key
    _save(row, "state", "decided_at", "decided_by", "decision_key", "decision", "entry")


def _save(row: SuspenseProposal, *columns: str) -> None:
    """Write a proposal; a key that another request takes at this very moment is refused."""
    try:
        with transaction.atomic():
            row.save(force_insert=not columns, update_fields=columns or None)
    except IntegrityError as failure:
        message = "The key stands for another request."
        raise ledger.KeyReused(message, field="key") from failure


def _tell(row: SuspenseProposal, verb: str, instruction: Instruction) -> None:
    """Write the act into the trail of the item."""
    audit.record(
        actor=instruction.actor,
        action=f"suspense.{verb}",
        subject=f"gateway_payment:{row.payment}",
        at=instruction.at,
        details={
            "proposal": row.pk,
            "act": row.act,
            "wallet": row.wallet,
            "entry": row.entry,
            "reason": row.decision if verb == "drop" else row.reason,
        },
    )


def _not_open(number: int) -> ItemNotOpen:
    message = f"Item {number} is not in suspense, or something is proposed for it."
    return ItemNotOpen(message, field="item", there=str(number))
