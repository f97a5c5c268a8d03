"""The rules of an entry, evaluated in order against locked accounts. Pure: no database, no clock.

Each entry sees the accepted ones before it; a refused one leaves no trace.

Source: architecture, section 2, step 3; F-09, F-27, F-38.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tael.ledger.entry import Draw
from tael.ledger.lock import BLOCKS
from tael.ledger.refusals import (
    AccountBlocked,
    BalanceTooLarge,
    EntryUnbalanced,
    InsufficientFunds,
    PeriodClosed,
    UnknownAccount,
)
from tael.ledger.routing import check_route

if TYPE_CHECKING:
    from tael.ledger.entry import Entry, Kind
    from tael.ledger.lock import Locked, Scene
    from tael.refusal import Refusal

BALANCE_MAX: Final = 9_000_000_000_000_000_000
LEGS_MAX: Final = 10_000
LEGS_MIN: Final = 2
_OPEN: Final = BLOCKS.index("none") + 1


class Line(NamedTuple):
    """One posting of a batch, ready to be written.

    ``entry`` is the place of its entry among the accepted ones. ``prev`` is the number of the account's
    line before, or, where that line is in this same batch, ``-1 - its place`` in the batch.
    """

    entry: int
    account: int
    version: int
    amount: int
    balance: int
    prev: int


class Lines(list[Line]):
    """The postings of a batch in the order of their numbers."""

    def add(self, place: int, account: Locked, amount: int) -> None:
        """Move an account by one line of the ``place``-th accepted entry."""
        account.balance += amount
        account.version += 1
        self.append(Line(place, account.id, account.version, amount, account.balance, account.last))
        account.last = -len(self)

    def columns(self) -> list[tuple[int, ...]]:
        """Give the fields of a line, each as a column."""
        return list(zip(*self, strict=True))


def judge(entry: Entry, scene: Scene, place: int, lines: Lines) -> Refusal | None:
    """Accept one entry, adding its lines as those of entry number ``place``, or say why not."""
    if scene.closed_through is not None and entry.effective_at <= scene.closed_through:
        return _period_closed(entry, scene)
    moves = _moves(entry, scene.accounts)
    if not isinstance(moves, dict):
        return moves
    total = 0
    classes: set[int] = set()
    units: set[int] = set()
    unable = None
    for account, amount in moves.items():
        total += amount
        classes.add(account.class_)
        units.add(account.unit)
        balance = account.balance + amount
        if account.block != _OPEN or not account.floor <= balance <= BALANCE_MAX:
            unable = unable or _unable(account, amount, entry.kind)
    if total or len(units) > 1 or not LEGS_MIN <= len(moves) <= LEGS_MAX:
        refusal = _unbalanced(entry, moves)
        if refusal is not None:
            return refusal
    refusal = check_route(entry.kind, classes) or unable
    if refusal is not None:
        return refusal
    for account, amount in moves.items():
        lines.add(place, account, amount)
    return None


def moves_of(entry: Entry, accounts: dict[int, Locked]) -> dict[int, int]:
    """Tell what each account would be moved by; empty where the entry cannot be drawn."""
    moves = _moves(entry, accounts)
    return (
        {account.id: amount for account, amount in moves.items()} if isinstance(moves, dict) else {}
    )


def _moves(entry: Entry, accounts: dict[int, Locked]) -> dict[Locked, int] | Refusal:
    """Resolve draws and merge what touches the same account."""
    moves: dict[Locked, int] = {}
    for leg in entry.legs:
        if isinstance(leg, Draw):
            refusal = _draw(leg, accounts, moves)
            if refusal is not None:
                return refusal
        else:
            account = accounts.get(leg.account)
            if account is None:
                return _unknown(leg.account)
            moves[account] = moves.get(account, 0) + leg.amount
    return {account: amount for account, amount in moves.items() if amount}


def _draw(draw: Draw, accounts: dict[int, Locked], moves: dict[Locked, int]) -> Refusal | None:
    rest = draw.amount
    if rest <= 0:
        return EntryUnbalanced(
            "a draw takes more than nothing", field="amount", there=str(rest), allowed="> 0"
        )
    for number in draw.accounts:
        account = accounts.get(number)
        if account is None:
            return _unknown(number)
        available = account.available
        taken = rest if available is None else min(rest, max(available + moves.get(account, 0), 0))
        if taken:
            moves[account] = moves.get(account, 0) - taken
            rest -= taken
    if rest == 0:
        return None
    return InsufficientFunds(
        f"the accounts give {draw.amount - rest} of the {draw.amount} asked for",
        account=draw.accounts[-1],
        wanted=draw.amount,
        available=draw.amount - rest,
    )


def _unbalanced(entry: Entry, moves: dict[Locked, int]) -> Refusal | None:
    if not LEGS_MIN <= len(moves) <= LEGS_MAX:
        return EntryUnbalanced(
            f"an entry of kind {entry.kind.code} has {len(moves)} legs",
            field="legs",
            there=str(len(moves)),
            allowed=f"{LEGS_MIN} to {LEGS_MAX}",
        )
    sums: dict[int, int] = {}
    for account, amount in moves.items():
        sums[account.unit] = sums.get(account.unit, 0) + amount
    for unit, total in sums.items():
        if total:
            currency = next(account.currency for account in moves if account.unit == unit)
            return EntryUnbalanced(
                f"the legs in {currency} sum to {total}",
                field="legs",
                there=f"{total} {currency}",
                allowed="0",
            )
    return None


def _unable(account: Locked, amount: int, kind: Kind) -> Refusal | None:
    """Say why the account cannot be moved by ``amount``, if it cannot."""
    if account.block != _OPEN:
        refusal = _blocked(account, amount, kind)
        if refusal is not None:
            return refusal
    balance = account.balance + amount
    if not -BALANCE_MAX <= balance <= BALANCE_MAX:
        return BalanceTooLarge(
            f"account {account.id} would hold {balance}",
            field="amount",
            there=str(account.balance),
            allowed=f"a balance within {BALANCE_MAX} on either side",
        )
    if balance < account.floor:
        available = max(account.balance - account.floor, 0)
        return InsufficientFunds(
            f"account {account.id} gives at most {available}, not {-amount}",
            account=account.id,
            wanted=-amount,
            available=available,
        )
    return None


def _blocked(account: Locked, amount: int, kind: Kind) -> Refusal | None:
    block = BLOCKS[account.block - 1]
    if block == "closed":
        return AccountBlocked(f"account {account.id} is closed", account=account.id, there="closed")
    if not kind.gives_back and block in {"debit" if amount < 0 else "credit", "both"}:
        there = f"blocked for {block}"
        return AccountBlocked(f"account {account.id} is {there}", account=account.id, there=there)
    return None


def _unknown(number: int) -> Refusal:
    return UnknownAccount(f"there is no account {number}", field="account", there=str(number))


def _period_closed(entry: Entry, scene: Scene) -> Refusal:
    return PeriodClosed(
        f"{entry.effective_at.isoformat()} lies in a closed period",
        field="effective_at",
        there=entry.effective_at.isoformat(),
        allowed=f"after {scene.closed_through.isoformat() if scene.closed_through else ''}",
    )
