"""Proposals (複核申請): one person asks for an act, another one decides, and only then is it carried out.

The command is kept, not its result; it is judged anew when it is approved. Nobody decides about his own.

Source: peers-settlement-invest A36, section 3.3; I32.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tael import books, ledger
from tael.approvals.command import Agreed, command_named
from tael.approvals.digest import digest_of
from tael.approvals.lifecycle import PROPOSAL, ProposalEvent, ProposalState
from tael.approvals.models import Proposal
from tael.parties import audit
from tael.parties.person import is_customer
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tael.books import Instruction
    from tael.money import Money

__all__ = [
    "AffectedDecides",
    "OwnProposal",
    "Proposal",
    "ProposalAltered",
    "ProposalDecided",
    "UnknownProposal",
    "approve_proposal",
    "expire_proposals",
    "proposal",
    "propose",
    "refuse_proposal",
    "withdraw_proposal",
]

LIVES: Final = timedelta(days=14)
REASON_MAX: Final = 500
NOTE_MAX: Final = 500


class UnknownProposal(Refusal):
    """There is no such proposal."""

    code = "unknown_proposal"
    because: ClassVar[Because] = "absent"
    rule = "I32"
    remedy = "Use the number that proposing gave."


class ProposalDecided(Refusal):
    """The proposal has been decided, withdrawn or has expired; that happens once."""

    code = "proposal_decided"
    because: ClassVar[Because] = "conflict"
    rule = "I32"
    remedy = "Look at the proposal; make another one if need be."


class ProposalAltered(Refusal):
    """The proposal is not what was proposed: somebody has changed it in the database."""

    code = "proposal_altered"
    because: ClassVar[Because] = "conflict"
    rule = "I32"
    remedy = "Run the doctor; refuse the proposal and propose anew."


class AffectedDecides(Refusal):
    """Nobody decides about his own money, under whatever name he comes."""

    code = "affected_decides"
    because: ClassVar[Because] = "forbidden"
    rule = "I32"
    remedy = "Let a person decide who is not the customer concerned."


class OwnProposal(Refusal):
    """Nobody decides about a proposal of his own."""

    code = "own_proposal"
    because: ClassVar[Because] = "forbidden"
    rule = "I32"
    remedy = "Let another person decide; you can withdraw it."


@books.atomic
def propose(
    *,
    command: str,
    payload: Mapping[str, Any],
    subject: str,
    instruction: Instruction,
    amount: Money | None = None,
    before: Mapping[str, Any] | None = None,
    note: str = "",
) -> Proposal:
    """Ask for an act that takes two people; nothing but the proposal is written.

    Whoever proposes has judged the act already, so that what cannot be done is not proposed. The same
    key with the same content gives the first proposal.

    Args:
        payload: what the act is told, plain JSON. subject: what it is about.
        amount: what it moves, if it moves something. before: how the subject stands.

    Raises:
        UnknownCommand: there is no such act.
        KeyReused: the key stands for another proposal.

    Source: I32; A36.
    """
    command_named(command)
    key, digest = instruction.entry_keys().key, digest_of(command, payload)
    made, new = Proposal.objects.get_or_create(
        key=key,
        defaults={
            "command": command,
            "payload": dict(payload),
            "digest": digest,
            "subject": subject,
            "before": None if before is None else dict(before),
            "currency": None if amount is None else amount.currency.code,
            "amount": None if amount is None else amount.minor,
            "note": parse_text(note, field="note", longest=NOTE_MAX, may_be_empty=True),
            "proposed_at": instruction.at,
            "proposed_by": instruction.actor,
            "expires_at": instruction.at + LIVES,
        },
    )
    if made.digest != digest:
        message = "The key stands for another request."
        raise ledger.KeyReused(message, field="key")
    if new:
        _audit(made, "propose", instruction)
    return made


@books.atomic
def approve_proposal(*, number: int, instruction: Instruction) -> Proposal:
    """Approve a proposal as the second person: it is carried out now, judged as things stand now.

    Raises:
        UnknownProposal, ProposalDecided, OwnProposal.
        AffectedDecides: by the customer whom it is about.
        ProposalAltered: it is not what was proposed.
        and whatever the act itself refuses; the proposal then stays open.

    Source: I32; A36.
    """
    row = _locked(number)
    if _same(row, ProposalState.APPROVED, instruction):
        return row
    _check_open(row, instruction)
    _another(row, instruction)
    if digest_of(row.command, row.payload) != row.digest:
        raise ProposalAltered(
            f"Proposal {number} was altered.", field="proposal", there=str(number)
        )
    agreed = Agreed(row.pk, row.proposed_by)
    outcome = command_named(row.command).carry_out(row.payload, instruction, agreed)
    row.outcome = dict(outcome)
    return _decided(row, ProposalEvent.APPROVE, instruction)


@books.atomic
def refuse_proposal(*, number: int, reason: str, instruction: Instruction) -> Proposal:
    """Refuse a proposal as the second person.

    Raises:
        UnknownProposal, ProposalDecided, OwnProposal, AffectedDecides.
        TextMalformed: there is no reason.

    Source: I32; A36.
    """
    row = _locked(number)
    if _same(row, ProposalState.REFUSED, instruction):
        return row
    _check_open(row, instruction)
    _another(row, instruction)
    row.reason = parse_text(reason, field="reason", longest=REASON_MAX)
    return _decided(row, ProposalEvent.REFUSE, instruction)


@books.atomic
def withdraw_proposal(*, number: int, instruction: Instruction) -> Proposal:
    """Take back a proposal of one's own.

    Raises:
        UnknownProposal: there is none, or it is another's.
        ProposalDecided.

    Source: I32; A36.
    """
    row = _locked(number)
    if row.proposed_by != instruction.actor:
        raise _unknown(number)
    if _same(row, ProposalState.WITHDRAWN, instruction):
        return row
    _check_open(row, instruction)
    return _decided(row, ProposalEvent.WITHDRAW, instruction)


@books.atomic
def expire_proposals(*, instruction: Instruction) -> int:
    """Close the proposals that nobody decided about in time; gives how many.

    Source: peers-settlement-invest, section 3.3.
    """
    late = Proposal.objects.select_for_update(skip_locked=True).filter(
        state=ProposalState.PROPOSED, expires_at__lte=instruction.at
    )
    return len([_decided(row, ProposalEvent.EXPIRE, instruction) for row in late.order_by("id")])


def proposal(number: int) -> Proposal:
    """Give a proposal as it stands.

    Raises:
        UnknownProposal: there is none.

    Source: I32.
    """
    row = Proposal.objects.filter(pk=number).first() if 0 < number < 2**63 else None
    if row is None:
        raise _unknown(number)
    return row


def _locked(number: int) -> Proposal:
    row = (
        Proposal.objects.select_for_update().filter(pk=number).first()
        if 0 < number < 2**63
        else None
    )
    if row is None:
        raise _unknown(number)
    return row


def _same(row: Proposal, state: ProposalState, instruction: Instruction) -> bool:
    """Tell whether this very call has decided it so before; it gets its first answer again."""
    key = instruction.entry_keys().key
    if row.decision_key == key and row.state == state:
        return True
    if Proposal.objects.filter(decision_key=key).exists():
        message = "The key stands for another request."
        raise ledger.KeyReused(message, field="key")
    return False


def _check_open(row: Proposal, instruction: Instruction) -> None:
    open_still = row.state == ProposalState.PROPOSED
    if not open_still or row.expires_at <= instruction.at:
        message = f"Proposal {row.pk} is no longer open."
        there = ProposalState.EXPIRED.value if open_still else row.state
        raise ProposalDecided(message, field="proposal", there=there)


def _another(row: Proposal, instruction: Instruction) -> None:
    if row.proposed_by == instruction.actor:
        message = "Nobody decides about a proposal of his own."
        raise OwnProposal(message, field="actor", there=instruction.actor)
    customer = command_named(row.command).concerns(row.payload)
    if customer is not None and is_customer(instruction.actor, customer):
        message = f"This is about customer {customer}, who would decide about himself."
        raise AffectedDecides(message, field="actor", there=instruction.actor)


def _decided(row: Proposal, event: ProposalEvent, instruction: Instruction) -> Proposal:
    row.state = PROPOSAL.after(ProposalState(row.state), event).value
    row.decided_at, row.decided_by = instruction.at, instruction.actor
    if event is not ProposalEvent.EXPIRE:  # one call of the clock ends many
        row.decision_key = instruction.entry_keys().key
    row.save(
        update_fields=["state", "decided_at", "decided_by", "decision_key", "reason", "outcome"]
    )
    _audit(row, event.value, instruction)
    return row


def _audit(row: Proposal, verb: str, instruction: Instruction) -> None:
    audit.record(
        actor=instruction.actor,
        action=f"proposal.{verb}",
        subject=f"proposal:{row.pk}",
        at=instruction.at,
        details={"command": row.command, "of": row.subject, "reason": row.reason},
    )


def _unknown(number: int) -> UnknownProposal:
    return UnknownProposal("There is no such proposal.", field="proposal", there=str(number)[:32])
