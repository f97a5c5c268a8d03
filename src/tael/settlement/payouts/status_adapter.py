"""Asking a channel what became of payouts: one signed GET for up to fifty of them, each answered by its reference.

What it says of a payout is written as a row of a result file would have it, and judged by the same rules.

Source: B-36; peers-settlement-invest A7; reliability T25; OWASP API10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tael import books
from tael.refusal import Because, Refusal
from tael.settlement.asking.signed_ask import SECONDS, AnswerMalformed, NoAnswer, SignedAsk, utc_now
from tael.sheets import Cell, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tael.settlement.models import StatusService

REFERENCES_MAX: Final = 50
TEXT_MAX: Final = 500
STATUSES: Final = ("paid", "failed", "pending", "unknown")
# What the answer calls a fact, and the heading of a result file that it stands for.
FIELDS: Final = {
    "status": "payout_status",
    "amount": "amount",
    "payee_account": "payee_account",
    "flow_number": "flow_number",
    "paid_on": "paid_on",
    "reason": "reason",
}
DECIDING: Final = ("paid", "failed")


class StatusUnanswered(Refusal):
    """The channel gave no answer: it cannot be reached, takes too long, or answers with an error."""

    code = "status_unanswered"
    because: ClassVar[Because] = "busy"
    rule = "A7"
    remedy = "Nothing: it is asked again on its plan, and then a person looks."
    retry = True


class StatusMalformed(Refusal):
    """What the channel gave is no answer to what was asked."""

    code = "status_malformed"
    rule = "A7"
    remedy = "Let the channel answer as docs/payout-status.md describes."


def reference_of(batch: str, withdrawal: int) -> str:
    """Give the name of a payout in questions and answers: as in the file, the batch and the withdrawal.

    >>> reference_of("P20261103A1B2C3D4E5F6", 12)
    'P20261103A1B2C3D4E5F6-12'
    """
    return f"{batch}-{withdrawal}"


def ask_status(
    service: StatusService,
    references: Sequence[str],
    *,
    clock: Callable[[], datetime] = utc_now,
    seconds: float = SECONDS,
) -> dict[str, list[dict[str, Any]]]:
    """Ask for some payouts; gives what was said of each, by reference. Not inside a transaction.

    A payout that is left out is in no entry; one that is named twice has two.

    Raises:
        StatusUnanswered, StatusMalformed: nothing can be said about any of them.

    Source: A7; T25.
    """
    assert not books.in_transaction(), "a channel is never asked inside a transaction"
    asking = SignedAsk(
        service.channel, service.address, service.secret, seconds=seconds, clock=clock
    )
    try:
        told = asking.ask({"references": ",".join(references)})
    except AnswerMalformed as why:
        raise _malformed(f"The answer is {why}.", "") from None
    except NoAnswer as ended:
        message = ended.barred or f"{service.channel} gave no answer."
        raise StatusUnanswered(message, field="channel", there=ended.there) from None
    payouts = told.get("payouts")
    if not isinstance(payouts, list):
        raise _malformed("The answer has no list `payouts`.", "")
    said: dict[str, list[dict[str, Any]]] = {}
    for one in payouts:
        reference = one.get("reference") if isinstance(one, dict) else None
        if reference not in references:
            raise _malformed("The answer is about something else.", str(reference)[:60])
        said.setdefault(str(reference), []).append(one)
    return said


def row_said(said: dict[str, Any], *, batch: str, withdrawal: int, currency: str) -> Row:
    """Write what was said of a payout as a row of a result file.

    Raises:
        StatusMalformed: a fact is no text or too long, the status is none, a decided one has no amount.

    Source: A7.
    """
    cells = {"batch": Cell(batch), "withdrawal": Cell(str(withdrawal))}
    for name, heading in FIELDS.items():
        text = _text(said, name)
        if text:
            cells[heading] = Cell(text)
    status = _text(said, "status")
    if status not in STATUSES:
        raise _malformed(f"status is none of {', '.join(STATUSES)}.", status[:40])
    if status in DECIDING and not (_text(said, "amount") and _text(said, "currency")):
        raise _malformed("It says an outcome without its amount and currency.", status)
    if _text(said, "currency") not in {"", currency}:
        raise _malformed(f"currency is not {currency}.", _text(said, "currency")[:20])
    return Row(1, False, cells)


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > TEXT_MAX:
        raise _malformed(f"{name} is no text of up to {TEXT_MAX} characters.", str(value)[:40])
    return value.strip()


def _malformed(message: str, there: str) -> StatusMalformed:
    return StatusMalformed(message, field="channel", there=there)
