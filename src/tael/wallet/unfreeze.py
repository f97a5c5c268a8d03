"""Unfreeze (解凍): funds that were set aside are liquid again; and the expiry of holds.

Source: F-31; seed 1, operation type 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import F, Q

from tael import books, ledger
from tael.ledger import Kind, Leg
from tael.parties import actor as actors
from tael.refusal import Refusal
from tael.wallet.booking import book_now
from tael.wallet.hold import Part, release, write_down
from tael.wallet.models import Hold
from tael.wallet.operation import Operation
from tael.wallet.permit import permit
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tael.books import Instruction
    from tael.money import Money
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

UNFREEZE: Final = Kind("wallet.unfreeze", "Unfreeze", moves=("wallet frozen -m", "wallet free +m"))
EXPIRE: Final = Kind(
    "wallet.hold_expiry", "Expiry of a hold", moves=("wallet frozen -m", "wallet free +m")
)
ACTOR: Final = actors.of_part("expiry")


class ExpiryRun(NamedTuple):
    """What a run did: the holds it expired, and those it had to leave, with the reason."""

    expired: list[int]
    parked: list[tuple[int, Refusal]]


def unfreeze(
    *,
    wallet: Wallet,
    amount: Money,
    instruction: Instruction,
    hold: int | None = None,
    purpose: str = "",
) -> Receipt:
    """Make frozen funds liquid again, of one hold or of the oldest first, wholly or in part.

        wallet frozen     -amount
        wallet free       +amount

    It is possible for a customer who has been stopped: the money stays his and stays here.

    Args:
        amount: > 0, in the wallet's currency.
        hold: the hold to release; None takes the oldest first.
        purpose: of the hold; without one, holds that are reserved are left alone.

    Raises:
        UnknownHold, HoldClosed, HoldExceeded, HoldReserved: about the named hold.
        InsufficientFunds: less is frozen; and those of ``recharge`` but CustomerDisabled.

    Source: F-31, F-39; I13.
    """
    permit(wallet=wallet, amount=amount, instruction=instruction, stopped_too=True)
    return release(
        wallet=wallet,
        amount=amount,
        hold=hold,
        kind=UNFREEZE,
        operation=Operation.UNFREEZE,
        instruction=instruction,
        purpose=purpose,
    )


def expire_due(*, at: datetime, limit: int = 1000) -> ExpiryRun:
    """Release what is left of every hold whose time has come; each in a transaction of its own.

        wallet frozen     -rest
        wallet free       +rest

    May run at any time, twice or in parallel: a hold expires once. One that cannot be released (its
    wallet is switched off) is reported and stays, and does not stop the others.

    Args:
        limit: the most holds that one run releases.

    Source: F-31; I13, I30.
    """
    run = ExpiryRun([], [])
    for number in _due(at, portion=limit):
        if len(run.expired) == limit:
            break
        try:
            if _expire(number, at=at):
                run.expired.append(number)
        except Refusal as refusal:
            run.parked.append((number, refusal))
    return run


def _due(at: datetime, *, portion: int) -> Iterator[int]:
    """Give the holds whose time has come, oldest first: all of them, or those that stay would keep out the rest."""
    # as the index of the open holds has it; by their state they are all read
    is_open = Q(captured__lt=F("amount") - F("released"))
    due = Hold.objects.filter(is_open, expires_at__lte=at).order_by("expires_at", "pk")
    behind = Q()
    while rows := list(due.filter(behind).values_list("expires_at", "pk")[:portion]):
        yield from (number for _, number in rows)
        moment, last = rows[-1]
        behind = Q(expires_at__gt=moment) | Q(expires_at=moment, pk__gt=last)


@books.atomic
def _expire(number: int, *, at: datetime) -> bool:
    rows = Hold.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    hold = rows.filter(pk=number, state="open", expires_at__lte=at).first()
    if hold is None:
        return False  # captured, released or expired by somebody else in the meantime
    wallet = find_wallet(hold.wallet_id)
    rest = wallet.money(hold.rest)
    entry = ledger.Entry(
        kind=EXPIRE,
        legs=(Leg(wallet.frozen, -rest.minor), Leg(wallet.free, rest.minor)),
        key=ledger.key_of(ACTOR, f"hold:{number}"),
        effective_at=at,
        actor=ACTOR,
        channel="System",
        info=f"hold {number} expired",
    )
    posted = book_now(entry, wallet)
    write_down([Part(hold, rest.minor)], "expire", posted.entry_id, at)
    return True
