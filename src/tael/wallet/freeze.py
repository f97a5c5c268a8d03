"""Freeze (凍結): liquid funds are set aside before they are charged or paid out.

Source: F-30; seed 1, operation type 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from psycopg import Cursor

from tael import books
from tael.ledger import Kind, Leg
from tael.parties.text import parse_text
from tael.refusal import Refusal
from tael.wallet.booking import already_done, book_now, entry_for, receipt_for
from tael.wallet.models import Hold
from tael.wallet.operation import Operation
from tael.wallet.permit import permit

if TYPE_CHECKING:
    from datetime import datetime

    from tael.books import Instruction
    from tael.money import Money
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

REASON_MAX: Final = 1000

# Said in SQL: the ORM takes longer to say it than the database to do it.
_OPEN: Final = """
    INSERT INTO wallet_hold (wallet, currency, amount, captured, released, expired, purpose, reason, expires_at,
        opened_at, opened_by, entry)
    VALUES (%(wallet)s, %(currency)s, %(amount)s, 0, 0, false, %(purpose)s, %(reason)s, %(expires_at)s,
        %(opened_at)s, %(opened_by)s, %(entry)s)
    RETURNING id
"""

FREEZE: Final = Kind("wallet.freeze", "Freeze", moves=("wallet free -m", "wallet frozen +m"))


class ExpiryPassed(Refusal):
    """The hold would have expired before it begins."""

    code = "expiry_passed"
    rule: ClassVar[str] = "F-30"
    remedy = "Name a moment after the operation takes effect, or none."


@books.atomic
def freeze(
    *,
    wallet: Wallet,
    amount: Money,
    instruction: Instruction,
    reason: str = "",
    expires_at: datetime | None = None,
    purpose: str = "",
) -> Receipt:
    """Set funds aside; the receipt names the hold.

        wallet free       -amount
        wallet frozen     +amount

    Only what may leave can be frozen: locked funds stay where they are.

    Args:
        amount: > 0, in the wallet's currency.
        reason: what it is held for; the instruction's ``info`` if empty.
        expires_at: from this moment the rest goes back; None never.
        purpose: the sort of business record that alone may draw on the hold, for example
            "withdrawal"; nothing for a hold that anybody in charge may.

    Raises:
        InsufficientFunds: there is less; LockedFunds: it is there, but locked.
        ExpiryPassed: ``expires_at`` is not after the operation; and those of ``recharge``.

    Source: F-30, F-39; A-F6; I13.
    """
    permit(wallet=wallet, amount=amount, instruction=instruction)
    why = parse_text(reason, field="reason", longest=REASON_MAX, may_be_empty=True)
    if (
        expires_at is not None
        and expires_at <= instruction.at
        and not already_done(instruction)  # the repetition of a hold that has since expired
    ):
        message = "The hold would expire before it begins."
        raise ExpiryPassed(message, field="expires_at", there=expires_at.isoformat())
    entry = entry_for(
        kind=FREEZE,
        operation=Operation.FREEZE,
        legs=(Leg(wallet.free, -amount.minor), Leg(wallet.frozen, amount.minor)),
        instruction=instruction,
        content=("freeze", wallet.number, amount.minor, why, str(expires_at), purpose),
    )
    posted = book_now(entry, wallet)
    if posted.replayed:
        number = Hold.objects.only("id").get(entry=posted.entry_id).pk
    else:
        values = {
            "wallet": wallet.number,
            "currency": wallet.currency.code,
            "amount": amount.minor,
            "purpose": purpose,
            "reason": why or instruction.info,
            "expires_at": expires_at,
            "opened_at": instruction.at,
            "opened_by": instruction.actor,
            "entry": posted.entry_id,
        }
        row = Cursor(books.connection()).execute(_OPEN, values).fetchone()
        assert row is not None, "an INSERT that returns gives its row"
        number = row[0]
    return receipt_for(posted, Operation.FREEZE, instruction, wallet, amount=amount, hold=number)
