"""What a person does because of a bank's line: puts its money in suspense, or settles the payout that it names.

Source: peers-settlement-invest A18, A19, A23; B-36; I20, I24.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from tael import books, ledger
from tael.money import Money
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.bank.bank_evidence import evidence_of
from tael.settlement.bank.bank_line import UnknownBankLine
from tael.settlement.models import BankLine, PayoutRow
from tael.settlement.payouts.row_answer import Outcome, answer_row
from tael.settlement.remittances.flow_number import FlowNumberMalformed, parse_flow_number
from tael.wallet.gateway_refund import take_refund
from tael.wallet.order_credit import Payment
from tael.wallet.order_search import payments_numbered, proposals_of
from tael.wallet.suspense import BANK_LINE, item, left_of, put_aside
from tael.wallet.suspense_proposal import ItemNotOpen

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.settlement.payouts.row_answer import Proposal

REASON_MAX: Final = 400


class BankLineExplained(Refusal):
    """Something accounts for the line, or it took money out: it is not put in suspense."""

    code = "bank_line_explained"
    because: ClassVar[Because] = "conflict"
    rule = "A23"
    remedy = "Look at what the line is about; only money that came in and that nothing explains is put aside."


class BankLineProvesNot(Refusal):
    """The line does not prove that this payout was made, or nobody waits for an answer about it."""

    code = "bank_line_proves_not"
    because: ClassVar[Because] = "conflict"
    rule = "A19"
    remedy = "Compare number, amount and channel; write down the outcome by hand if you know it otherwise."


class PutAside(NamedTuple):
    """A line whose money is in suspense.

    Args:
        item: its number there; None where it was taken back since this very call put it there.
        replayed: it was there before.
    """

    line: BankLine
    item: int | None
    replayed: bool = False


@books.atomic
def put_line_aside(*, line: int, instruction: Instruction) -> PutAside:
    """Put money that came in and that nothing explains into suspense, once for the line.

        channel:<channel>:<currency>   -amount
        suspense:<currency>            +amount

    Raises:
        UnknownBankLine.
        BankLineExplained: it went out, or a remittance, payout or payment accounts for it.

    Source: A23; I24.
    """
    row = _locked(line)
    if row.item is not None or _done(row, "put_aside", instruction):
        return PutAside(row, row.item, replayed=True)
    if row.amount < 0:
        message = "The money went out."
        raise BankLineExplained(
            message, field="line", there=str(row.pk), allowed="money that came in"
        )
    about = [one for one in evidence_of([row.pk]).get(row.pk, []) if one.explains]
    if about:
        message = f"The line is explained by {about[0].what} {about[0].number}."
        raise BankLineExplained(message, field="line", there=str(row.pk))
    unit = books.currencies()[row.account.currency].currency
    payment = Payment(
        number=_payment_number(row),
        amount=Money(row.amount, unit),
        at=instruction.at,
        actor=instruction.actor,
    )
    aside = put_aside(payment, channel=row.account.channel, why=BANK_LINE, order=None)
    row.item = aside.pk
    row.save(update_fields=["item"])
    _tell(row, "put_aside", instruction, item=aside.pk)
    return PutAside(row, aside.pk)


@books.atomic
def take_line_back(*, line: int, reason: str, instruction: Instruction) -> BankLine:
    """Take a line's money out of suspense again, whole, because something else accounts for it after all.

        suspense:<currency>            -amount
        channel:<channel>:<currency>   +amount

    The line is as it was brought: it waits for what explains it. Done again, nothing changes.

    Args:
        reason: what accounts for it; kept in the trail.

    Raises:
        UnknownBankLine. TextMalformed: there is no reason.
        ItemNotOpen: the money has its place already, or something is proposed for it.

    Source: A23, A29 (undo restores both sides); I24.
    """
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    row = _locked(line)
    if row.item is None or _done(row, "take_back", instruction):
        return row
    payment = item(row.item, locked=True)
    waits = any(
        one.state in {"proposed", "returning"}
        for one in proposals_of([payment.pk]).get(payment.pk, [])
    )
    if waits or left_of(payment) != payment.amount:
        message = f"Item {payment.pk} has its place, or something is proposed for it."
        raise ItemNotOpen(message, field="line", there=str(line))
    unit = books.currencies()[payment.currency].currency
    take_refund(
        channel=payment.gateway,
        payment_number=payment.number,
        refund_number=f"{payment.number}:back",
        amount=Money(payment.amount, unit),
        notice=None,
        at=instruction.at,
        actor=instruction.actor,
    )
    row.item = None
    row.save(update_fields=["item"])
    _tell(row, "take_back", instruction, item=payment.pk, reason=why)
    return row


@books.atomic
def settle_from_line(
    *, line: int, withdrawal: int, instruction: Instruction
) -> PayoutRow | Proposal:
    """Say that a payout was made, because a line of the bank's statement proves it. Again changes nothing.

    Above the limit of the house it waits for a second person, as any answer that a person gives.

    Day and flow number are the line's; a reference that is no flow number is left out.

    Raises:
        UnknownBankLine.
        BankLineProvesNot: the line is not about this payout, or no batch waits for its answer.
        and those of ``answer_row``.

    Postings: see ``answer_payouts``.

    Source: B-36; A18, A19; I20.
    """
    row = _locked(line)
    found = [
        one
        for one in evidence_of([row.pk]).get(row.pk, [])
        if one.what == "payout" and one.number == withdrawal and row.amount < 0
    ]
    paid = PayoutRow.objects.filter(withdrawal=withdrawal, state="paid").first()
    if found and paid is not None:
        return paid
    if not found or found[0].batch is None:
        message = f"Line {row.pk} does not settle withdrawal {withdrawal}."
        there = found[0].state if found else ""
        raise BankLineProvesNot(message, field="withdrawal", there=there)
    outcome = Outcome(
        paid=True,
        reason=f"bank statement, line {row.pk} of {row.booked_on.isoformat()}",
        paid_on=row.booked_on,
        flow_number=_flow_number(row),
    )
    done = answer_row(
        number=found[0].batch, withdrawal=withdrawal, outcome=outcome, instruction=instruction
    )
    _tell(row, "settle", instruction, withdrawal=withdrawal)
    return done


def _payment_number(row: BankLine) -> str:
    """Give the number of the payment that stands in suspense for a line: another one each time it is put there."""
    plain = f"bank-line:{row.pk}"
    before = payments_numbered(plain, gateway=row.account.channel)
    return f"{plain}:{before + 1}" if before else plain


def _flow_number(row: BankLine) -> str:
    try:
        return parse_flow_number(row.reference)
    except FlowNumberMalformed:
        return ""


def _locked(line: int) -> BankLine:
    rows = BankLine.objects.select_related("account").select_for_update(no_key=True, of=("self",))
    found = rows.filter(pk=line).first() if 0 < line < 2**63 else None
    if found is None:
        raise UnknownBankLine("There is no such line.", field="line", there=str(line)[:32])
    return found


def _done(row: BankLine, verb: str, instruction: Instruction) -> bool:
    """Tell whether the key has done this already, and somebody has undone it since."""
    return audit.done_under(_key(verb, instruction), subject=_subject(row))


def _tell(row: BankLine, verb: str, instruction: Instruction, **details: object) -> None:
    audit.record(
        actor=instruction.actor,
        action=f"bank_line.{verb}",
        subject=_subject(row),
        at=instruction.at,
        details=details | {"key": _key(verb, instruction)},
    )


def _key(verb: str, instruction: Instruction) -> str:
    """Give the key as it stands for this act of this actor only."""
    return str(ledger.key_of(instruction.actor, f"bank_line.{verb}:{instruction.key}"))


def _subject(row: BankLine) -> str:
    return f"bank_line:{row.pk}"
