"""Above which amount a withdrawal needs two people: set by the operator for each currency, kept as a history.

Source: reliability I32, section 3a (roles: finance maker and finance checker).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from django.db import transaction

from tael import books
from tael.books.models import RegisteredCurrency
from tael.parties import audit
from tael.payouts.models import CheckLimit
from tael.refusal import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from tael.money import Money

__all__ = ["CheckLimit", "CheckLimitMalformed", "in_force", "set_check_limit"]

_COLUMNS: Final = ("id", "currency", "amount", "set_at", "set_by", "written_at")
_IN_FORCE: Final = f"""
    SELECT {", ".join(_COLUMNS)} FROM payouts_check_limit WHERE currency = %s ORDER BY id DESC LIMIT 1
"""


class CheckLimitMalformed(Refusal):
    """A check limit is below zero, or of another currency."""

    code = "check_limit_malformed"
    rule: ClassVar[str] = "I32"
    remedy = (
        "Send an amount of zero or more in the currency itself; leave it away to lift the limit."
    )


@transaction.atomic
def set_check_limit(
    *, currency: str, amount: Money | None, actor: str, at: datetime
) -> CheckLimit | None:
    """Let withdrawals of more than an amount be confirmed by a second person, from now on.

    What one person has approved already stays approved. Setting what is in force changes nothing.

    Args:
        amount: >= 0, in the currency; zero asks for two people every time. None lifts the limit.

    Returns:
        What is in force now; None if there never was a limit.

    Raises:
        UnknownCurrency: it is not registered.
        CheckLimitMalformed: the amount is negative or of another currency.

    Source: I32.
    """
    if currency not in books.currencies():
        message = "This is no registered currency."
        raise books.UnknownCurrency(message, field="currency", there=currency[:20])
    if amount is not None and (amount.currency.code != currency or amount.minor < 0):
        message = "The limit is zero or more of its own currency."
        raise CheckLimitMalformed(message, field="amount", there=str(amount))
    # whoever sets a limit of the currency waits here, so that each finds what the one before set
    list(RegisteredCurrency.objects.select_for_update(no_key=True).filter(pk=currency))
    wanted = None if amount is None else amount.minor
    before = in_force(currency)
    if (None if before is None else before.amount) == wanted:
        return before
    entered = CheckLimit.objects.create(currency=currency, amount=wanted, set_at=at, set_by=actor)
    audit.record(
        actor=actor,
        action="check_limit.set",
        subject=f"check_limit:{currency}",
        at=at,
        details={
            "before": None if before is None else before.amount,
            "after": wanted,
            "limit": entered.pk,
        },
    )
    return entered


def in_force(currency: str) -> CheckLimit | None:
    """Give the newest limit of a currency, also one that says there is none; None if none was set.

    Source: I32.
    """
    row = books.connection().execute(_IN_FORCE, [currency]).fetchone()
    return None if row is None else CheckLimit.from_db("default", _COLUMNS, row)
