"""Holds (凍結): money set aside in a wallet, each a record of its own with a rest that only shrinks.

The hold's row is locked first, always in the order of the numbers; the money moves last. Frozen funds
of a wallet are the rests of its open holds, to the unit.

Source: F-07, F-30, F-31; A-F6, A-F8; peers-ledger, section 3 (holds); I13.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple

from django.db.models import F, Sum
from psycopg import Cursor

from tael import books
from tael.ledger import Leg
from tael.refusal import Because, Refusal
from tael.wallet.booking import already_done, book_now, entry_for, receipt_for, shortage
from tael.wallet.models import Hold, HoldMove, WalletRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from django.db.models import QuerySet

    from tael.books import Instruction
    from tael.ledger import Entry, Kind, Posted, Replayed
    from tael.money import Money
    from tael.wallet.operation import Operation
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

__all__ = [
    "Capture",
    "Hold",
    "HoldClosed",
    "HoldExceeded",
    "HoldExpired",
    "HoldReserved",
    "UnknownHold",
    "capture",
    "hold_of",
    "release",
]

Event = Literal["capture", "release", "expire"]
CHUNK: Final = 16
# On the way of every freeze and unfreeze: said in SQL, because the ORM takes longer to say it than the
# database to do it.
_COLUMNS: Final = ("id", "amount", "captured", "released", "purpose", "expires_at", "state")
_LOCK_NAMED: Final = f"""
    SELECT {", ".join(_COLUMNS)} FROM wallet_hold WHERE id = %s AND wallet = %s FOR NO KEY UPDATE
"""
_WRITE_DOWN: Final = """
    WITH part AS (
        SELECT hold, amount FROM unnest(%(holds)s::bigint[], %(amounts)s::bigint[]) AS p (hold, amount)
    ), given AS (
        UPDATE wallet_hold AS h
        SET captured = h.captured + CASE WHEN %(event)s = 'capture' THEN part.amount ELSE 0 END,
            released = h.released + CASE WHEN %(event)s = 'capture' THEN 0 ELSE part.amount END,
            expired = (%(event)s = 'expire')
        FROM part WHERE h.id = part.hold
    )
    INSERT INTO wallet_hold_move (hold, event, amount, entry, at)
    SELECT hold, %(event)s, amount, %(entry)s, %(at)s FROM part
"""
_LEFT: Final = F("amount") - F("released")
NUMBER_MAX: Final = 2**63 - 1


class UnknownHold(Refusal):
    """The wallet has no hold of this number."""

    code = "unknown_hold"
    because: ClassVar[Because] = "absent"
    rule = "F-31"
    remedy = "Use the number of one of the wallet's holds."


class HoldClosed(Refusal):
    """Nothing is left of the hold: it has been captured, released or expired."""

    code = "hold_closed"
    because: ClassVar[Because] = "conflict"
    rule = "I13"
    remedy = "Look at the hold's history; freeze anew if need be."


class HoldExpired(Refusal):
    """The hold has expired; what is left of it goes back and can no longer be captured."""

    code = "hold_expired"
    because: ClassVar[Because] = "conflict"
    rule = "I13"
    remedy = "Freeze anew, or charge the liquid funds."


class HoldExceeded(Refusal):
    """More was asked of the hold than is left of it."""

    code = "hold_exceeded"
    because: ClassVar[Because] = "conflict"
    rule = "F-39"
    remedy = "Ask for no more than the rest of the hold."


class HoldReserved(Refusal):
    """The hold belongs to an application or another business record, and moves with that only."""

    code = "hold_reserved"
    because: ClassVar[Because] = "forbidden"
    rule = "A-F27"
    remedy = "Approve, refuse or cancel what the hold was made for."


class Part(NamedTuple):
    """So many minor units of one hold."""

    hold: Hold
    amount: int


@dataclass(frozen=True, slots=True)
class Capture:
    """What captured money becomes.

    Args:
        into: the ledger account that gets it.
        data: facts to keep with the entry.
        purpose: of the hold that is drawn on; without one, reserved holds are left alone.
    """

    kind: Kind
    operation: Operation
    into: int
    data: Mapping[str, Any] | None = None
    purpose: str = ""


def hold_of(wallet: Wallet, number: int) -> Hold:
    """Give a wallet's hold as it stands.

    Raises:
        UnknownHold: there is none, or it is another wallet's.

    Source: F-30.
    """
    found = None
    if 0 < number <= NUMBER_MAX:
        found = Hold.objects.filter(pk=number, wallet=wallet.number).first()
    if found is None:
        raise _unknown(number)
    return found


@books.atomic
def capture(
    *, wallet: Wallet, amount: Money, hold: int | None, what: Capture, instruction: Instruction
) -> Receipt:
    """Take frozen funds out of the wallet: of one hold, or of the oldest first.

        wallet frozen     -amount
        what.into         +amount

    Never a unit of it comes from liquid funds, and a hold that has expired gives nothing.

    Raises:
        UnknownHold, HoldClosed, HoldExpired, HoldExceeded, HoldReserved: about the named hold.
        InsufficientFunds: the open holds together are less than the amount.

    Source: F-26, F-33, A-F8; I13.
    """
    entry = entry_for(
        kind=what.kind,
        operation=what.operation,
        legs=(Leg(wallet.frozen, -amount.minor), Leg(what.into, amount.minor)),
        instruction=instruction,
        data=what.data,
        content=("capture", wallet.number, amount.minor, what.into, hold, what.data),
    )
    wish = _Wish(wallet, amount, hold, "capture", what.purpose)
    posted, drawn = _draw_on_holds(wish, entry, instruction)
    return receipt_for(posted, what.operation, instruction, wallet, amount=amount, hold=drawn)


@books.atomic
def release(
    *,
    wallet: Wallet,
    amount: Money,
    hold: int | None,
    kind: Kind,
    operation: Operation,
    instruction: Instruction,
    purpose: str = "",
) -> Receipt:
    """Make frozen funds liquid again: of one hold, or of the oldest first.

        wallet frozen     -amount
        wallet free       +amount

    Raises:
        UnknownHold, HoldClosed, HoldExceeded, HoldReserved: about the named hold.
        InsufficientFunds: less is frozen.

    Source: F-31; I13.
    """
    entry = entry_for(
        kind=kind,
        operation=operation,
        legs=(Leg(wallet.frozen, -amount.minor), Leg(wallet.free, amount.minor)),
        instruction=instruction,
        content=("release", wallet.number, amount.minor, hold),
    )
    wish = _Wish(wallet, amount, hold, "release", purpose)
    posted, drawn = _draw_on_holds(wish, entry, instruction)
    return receipt_for(posted, operation, instruction, wallet, amount=amount, hold=drawn)


def _draw_on_holds(
    wish: _Wish, entry: Entry, instruction: Instruction
) -> tuple[Posted | Replayed, int | None]:
    """Lock the holds, take the parts, move the money, and write down which hold gave what.

    Gives the hold as well, if it was one.
    """
    try:
        parts = _parts(wish, instruction.at)
    except Refusal:
        # A repetition of what has been done finds the holds spent by the first request.
        if not already_done(instruction):
            raise
        parts = []
    posted = book_now(entry, wish.wallet)
    if posted.replayed:
        moves = HoldMove.objects.filter(entry=posted.entry_id)
        holds = list(moves.values_list("hold_id", flat=True)[:2])
    else:
        write_down(parts, wish.event, posted.entry_id, instruction.at)
        holds = [part.hold.pk for part in parts]
    return posted, holds[0] if len(holds) == 1 else None


def write_down(parts: list[Part], event: Event, entry_id: int, at: datetime) -> None:
    """Keep what each hold gave, on its row and as a line of its history. The rows are locked.

    Source: I13.
    """
    values = {
        "holds": [part.hold.pk for part in parts],
        "amounts": [part.amount for part in parts],
        "event": event,
        "entry": entry_id,
        "at": at,
    }
    Cursor(books.connection()).execute(_WRITE_DOWN, values)


def _parts(wish: _Wish, at: datetime) -> list[Part]:
    return _oldest_first(wish, at) if wish.hold is None else [_named_part(wish, wish.hold, at)]


def _named_part(wish: _Wish, number: int, at: datetime) -> Part:
    row = None
    if 0 < number <= NUMBER_MAX:
        cursor = Cursor(books.connection())
        row = cursor.execute(_LOCK_NAMED, [number, wish.wallet.number]).fetchone()
    if row is None:
        raise _unknown(number)
    hold = Hold.from_db("default", _COLUMNS, row)
    if hold.purpose != wish.purpose:
        message = f"Hold {number} is made for a {hold.purpose}."
        raise HoldReserved(message, field="hold", there=hold.purpose)
    if hold.rest == 0:
        message = f"Hold {number} is {hold.state}."
        raise HoldClosed(message, field="hold", there=hold.state)
    if wish.event == "capture" and hold.expires_at is not None and hold.expires_at <= at:
        message = f"Hold {number} has expired."
        raise HoldExpired(message, field="hold", there=hold.expires_at.isoformat())
    rest = wish.wallet.money(hold.rest)
    if wish.amount > rest:
        message = f"{rest} is left of hold {number}."
        raise HoldExceeded(message, field="amount", there=str(rest), allowed=f"at most {rest}")
    return Part(hold, wish.amount.minor)


def _oldest_first(wish: _Wish, at: datetime) -> list[Part]:
    """Lock as many open holds as the amount needs, in the order of their numbers.

    The wallet's row is locked before, so that two of these follow each other. A statement that has
    waited for a hold still sees the holds as they were when it began; before anybody is told that
    there are too few, those made since are counted.
    """
    WalletRow.objects.select_for_update(no_key=True).get(pk=wish.wallet.number)
    while True:
        parts = _first_holds(wish, at)
        if sum(part.amount for part in parts) == wish.amount.minor:
            return parts
        rest = _open_holds(wish, at).aggregate(rest=Sum(_LEFT - F("captured")))["rest"]
        there = wish.wallet.money(int(rest or 0))
        if there < wish.amount:
            account = wish.wallet.frozen
            raise shortage(wish.wallet, wish.amount, account=account, available=there)


def _first_holds(wish: _Wish, at: datetime) -> list[Part]:
    """Lock open holds until the amount is reached or there are no more."""
    parts: list[Part] = []
    missing, last, more = wish.amount.minor, 0, True
    while missing and more:
        rows = _open_holds(wish, at).filter(pk__gt=last).order_by("pk")
        chunk = list(rows.select_for_update(no_key=True, of=("self",))[:CHUNK])
        for hold in chunk:
            last = hold.pk
            part = min(missing, hold.rest)
            if part:
                parts.append(Part(hold, part))
                missing -= part
        more = len(chunk) == CHUNK
    return parts


def _open_holds(wish: _Wish, at: datetime) -> QuerySet[Hold]:
    rows = Hold.objects.filter(wallet=wish.wallet.number, purpose="", captured__lt=_LEFT)
    return rows.exclude(expires_at__lte=at) if wish.event == "capture" else rows


class _Wish(NamedTuple):
    """What is wanted of the holds of a wallet."""

    wallet: Wallet
    amount: Money
    hold: int | None
    event: Event
    purpose: str


def _unknown(number: int) -> UnknownHold:
    message = "The wallet has no such hold."
    return UnknownHold(message, field="hold", there=str(number)[:32])
