"""Above which amount an act takes two people: set by the operator for each act and currency, kept as a history.

Source: I32; peers-settlement-invest A36.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tael import books
from tael.approvals.command import command_named
from tael.approvals.models import ApprovalLimit
from tael.parties import audit
from tael.refusal import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from tael.money import Money

__all__ = [
    "ApprovalLimit",
    "ApprovalLimitMalformed",
    "limit_in_force",
    "needs_two",
    "set_approval_limit",
]


class ApprovalLimitMalformed(Refusal):
    """An approval limit is below zero, or of another currency."""

    code = "approval_limit_malformed"
    rule: ClassVar[str] = "I32"
    remedy = (
        "Send an amount of zero or more in the currency itself; leave it away to lift the limit."
    )


@books.atomic
def set_approval_limit(
    *, command: str, currency: str, amount: Money | None, actor: str, at: datetime
) -> ApprovalLimit | None:
    """Let an act above an amount be decided by a second person, from now on.

    What has been proposed stays proposed. Setting what is in force changes nothing.

    Args:
        command: the act's code. currency: the code of a registered one.
        amount: >= 0, in the currency; zero asks for two people every time. None lifts the limit.

    Returns:
        What is in force now; None if there never was a limit.

    Raises:
        UnknownCommand: there is no such act.
        UnknownCurrency: it is not registered.
        ApprovalLimitMalformed: the amount is negative or of another currency.

    Source: I32; A36.
    """
    command_named(command)
    if currency not in books.currencies():
        message = "This is no registered currency."
        raise books.UnknownCurrency(message, field="currency", there=currency[:20])
    if amount is not None and (amount.currency.code != currency or amount.minor < 0):
        message = "The limit is zero or more of its own currency."
        raise ApprovalLimitMalformed(message, field="amount", there=str(amount))
    # whoever sets a limit of the act waits here, so that each finds what the one before set
    books.connection().execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
        [_lock(command, currency)],
    )
    wanted = None if amount is None else amount.minor
    before = limit_in_force(command, currency)
    if (None if before is None else before.amount) == wanted:
        return before
    entered = ApprovalLimit.objects.create(
        command=command, currency=currency, amount=wanted, set_at=at, set_by=actor
    )
    audit.record(
        actor=actor,
        action="approval_limit.set",
        subject=f"approval_limit:{command}:{currency}",
        at=at,
        details={"before": None if before is None else before.amount, "after": wanted},
    )
    return entered


def limit_in_force(command: str, currency: str) -> ApprovalLimit | None:
    """Give the newest limit of an act in a currency, also one that says there is none.

    Source: I32.
    """
    return ApprovalLimit.objects.filter(command=command, currency=currency).order_by("-id").first()


def needs_two(command: str, currency: str, amount: Money | None) -> bool:
    """Tell whether an act takes two people.

    Args:
        amount: what it moves, taken without its sign; None for an act without an amount, which takes two
            wherever there is a limit.

    Source: I32; A36.
    """
    # until this transaction ends nobody changes the limit, so that what is booked now is booked under it
    books.connection().execute(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [_lock(command, currency)]
    )
    limit = limit_in_force(command, currency)
    if limit is None or limit.amount is None:
        return False
    return amount is None or abs(amount.minor) > limit.amount


def _lock(command: str, currency: str) -> str:
    return f"tael:approval_limit:{command}:{currency}"
