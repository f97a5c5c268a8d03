"""Fund-flow records (資金流水): every operation as the people concerned see it.

A record is an entry of the ledger, read back in the wallet's words: which of the seven operations,
whose wallet gave, whose got, what each figure was afterwards.

Source: F-22, E-03; A-F15 (a transfer shows on both wallets).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tael import books, ledger
from tael.refusal import Refusal
from tael.wallet import serial_number
from tael.wallet.figures import Figures, figures_of
from tael.wallet.kinds import OPERATIONS
from tael.wallet.refund import REFUND
from tael.wallet.wallet import wallets_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from tael.ledger import EntryRecord, Line
    from tael.money import Money
    from tael.wallet.operation import Operation
    from tael.wallet.wallet import Wallet

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What a record did to one wallet: the differences of its three figures, with their signs."""

    wallet: Wallet
    liquid: Money
    locked: Money
    frozen: Money


@dataclass(frozen=True, slots=True)
class FlowRecord:
    """One operation as it stands in the books.

    Args:
        id: the flow ID; the ledger's entry.
        operation: which of the seven; a refund is of the operation that it takes back.
        source: "liquid" or "frozen", what it drew on (the seed's ``type`` 1 or 2).
        out_of: the wallet that gave. into: the wallet that got.
        amount: what moved; of an exchange, what was given.
        received: what arrived, if that is another amount.
        payee: number of the payee account of a withdrawal.
        sno: the caller's serial number, or the one computed from the entry.
        given_sno: the caller's only. reverses: the record that this one takes back.
        data: further facts: the rate of an exchange, the order of a recharge.
    """

    id: int
    operation: Operation | None
    kind: str
    source: str
    out_of: Wallet | None
    into: Wallet | None
    amount: Money | None
    received: Money | None
    changes: tuple[Change, ...]
    payee: int | None
    channel: str
    actor: str
    sno: str
    given_sno: str | None
    pno: str | None
    code: str
    info: str
    reverses: int | None
    effective_at: datetime
    booked_at: datetime
    data: dict[str, Any]


class WalletLine(NamedTuple):
    """One record as a line of one wallet: what it changed there and what it left."""

    record: FlowRecord
    change: Change
    after: Figures


class FlowPage(NamedTuple):
    """Lines, newest first, and where the next page begins; None after the last."""

    lines: list[WalletLine]
    next: str | None


def flow_record(entry_id: int, *, owner: int | None = None) -> FlowRecord:
    """Give one record.

    Args:
        owner: only if one of this customer's wallets is concerned.

    Raises:
        UnknownEntry: there is none.

    Source: E-03.
    """
    found = flow_records([entry_id]) if 0 < entry_id < 2**63 else []
    if not found or (
        owner is not None and owner not in {change.wallet.owner for change in found[0].changes}
    ):
        message = "There is no such flow record."
        raise ledger.UnknownEntry(message, field="entry", there=str(entry_id)[:32])
    return found[0]


def flow_records(entry_ids: Collection[int]) -> list[FlowRecord]:
    """Give several records, newest first, in two queries (three with refunds).

    Source: E-03.
    """
    if not entry_ids:
        return []
    entries = ledger.read_entries(books.connection(), entry_ids)
    owners = wallets_of({leg.account for entry in entries for leg in entry.legs})
    kinds = _kinds_taken_back(entries)
    records = [_record(entry, owners, kinds) for entry in entries]
    return sorted(records, key=lambda record: record.id, reverse=True)


def wallet_flow(wallet: Wallet, *, limit: int = 50, cursor: str | None = None) -> FlowPage:
    """Give a page of a wallet's records, newest first, with its figures after each.

    Args:
        limit: at most 200.
        cursor: what the page before gave as ``next``; None begins at the newest.

    Raises:
        CursorMalformed: the cursor is not one of this wallet's pages.

    Source: F-22, E-03; X-F7 to X-F9 (figures).
    """
    limit = min(max(limit, 1), PAGE_MAX)
    lines = _newest(wallet, limit, cursor)
    taken, starts = _merge(wallet, lines, limit)
    records = {record.id: record for record in flow_records([entry for entry, _ in taken])}
    page = [
        WalletLine(record, _change_of(record, wallet), after)
        for entry, after in taken
        if (record := records.get(entry)) is not None
    ]
    return FlowPage(page, starts)


class CursorMalformed(Refusal):
    """The cursor is none that a page gave."""

    code = "cursor_malformed"
    rule = "E-03"
    remedy = "Begin without a cursor."


def newest_lines(wallet: Wallet) -> dict[int, int]:
    """Give the newest line of each of the wallet's accounts, 0 before the first, all at one moment.

    Lines that are read from there on belong together, whatever is booked meanwhile.

    Source: F-22.
    """
    accounts = ledger.accounts(books.connection(), ids=wallet.accounts)
    newest = {account.id: account.last_posting for account in accounts}
    return {account: newest[account] for account in wallet.accounts}


def _newest(wallet: Wallet, limit: int, cursor: str | None) -> dict[int, list[Line]]:
    """Read as many lines of each of the three accounts as one page can need."""
    connection = books.connection()
    if cursor is None:
        starts = list(newest_lines(wallet).values())
    else:
        parts = cursor.split(".")
        if len(parts) != len(wallet.accounts) or not all(
            part.isascii() and part.isdigit() and len(part) < 19 for part in parts
        ):
            message = "This is no cursor of a page."
            raise CursorMalformed(message, field="cursor", there=cursor[:40])
        starts = [int(part) for part in parts]
    return {
        account: []
        if start == 0
        else ledger.last_lines(connection, account, limit=limit, before=start)
        for account, start in zip(wallet.accounts, starts, strict=True)
    }


def _merge(
    wallet: Wallet, lines: dict[int, list[Line]], limit: int
) -> tuple[list[tuple[int, Figures]], str | None]:
    """Put the lines of the three accounts together by entry, each with the figures after it."""
    place = dict.fromkeys(lines, 0)
    balances = {account: of[0].balance if of else 0 for account, of in lines.items()}
    following = {account: of[0].posting if of else 0 for account, of in lines.items()}
    taken: list[tuple[int, Figures]] = []
    while len(taken) < limit:
        heads = [of[place[account]] for account, of in lines.items() if place[account] < len(of)]
        if not heads:
            break
        entry = max(line.entry for line in heads)
        taken.append((entry, figures_of(wallet, balances)))
        for account, of in lines.items():
            if place[account] < len(of) and of[place[account]].entry == entry:
                line = of[place[account]]
                place[account] += 1
                balances[account] = line.balance - line.amount
                following[account] = line.prev
    more = any(following.values())
    return taken, ".".join(map(str, following.values())) if more else None


def _kinds_taken_back(entries: Iterable[EntryRecord]) -> dict[int, str]:
    originals = [entry.reverses for entry in entries if entry.reverses is not None]
    if not originals:
        return {}
    return {
        entry.entry_id: entry.kind for entry in ledger.read_entries(books.connection(), originals)
    }


def _record(entry: EntryRecord, owners: dict[int, Wallet], kinds: dict[int, str]) -> FlowRecord:
    changes = _changes(entry, owners)
    out_of, into, amount, received = _who_and_how_much(entry, owners)
    kind = entry.kind
    if kind == REFUND.code and entry.reverses is not None:
        kind = kinds.get(entry.reverses, kind)
    operation = OPERATIONS.get(kind)
    data = entry.data or {}
    return FlowRecord(
        id=entry.entry_id,
        operation=operation,
        kind=entry.kind,
        source="frozen" if kind.endswith("_frozen") else "liquid",
        out_of=out_of,
        into=into,
        amount=amount,
        received=received,
        changes=changes,
        payee=data.get("payee"),
        channel=entry.channel,
        actor=entry.actor,
        sno=entry.sno or _number(entry, operation),
        given_sno=entry.sno,
        pno=entry.pno,
        code=entry.code,
        info=entry.info,
        reverses=entry.reverses,
        effective_at=entry.effective_at,
        booked_at=entry.booked_at,
        data=data,
    )


def _number(entry: EntryRecord, operation: Operation | None) -> str:
    if operation is None:
        return ""
    return serial_number.generated(
        operation=operation, at=entry.effective_at, entry_id=entry.entry_id
    )


def _changes(entry: EntryRecord, owners: dict[int, Wallet]) -> tuple[Change, ...]:
    sums: dict[Wallet, dict[int, int]] = {}
    for leg in entry.legs:
        if leg.account in owners:
            sums.setdefault(owners[leg.account], {})[leg.account] = leg.amount
    changes = []
    for wallet, amounts in sums.items():
        free, locked, frozen = (amounts.get(account, 0) for account in wallet.accounts)
        changes.append(
            Change(wallet, wallet.money(free + locked), wallet.money(locked), wallet.money(frozen))
        )
    return tuple(changes)


def _change_of(record: FlowRecord, wallet: Wallet) -> Change:
    return next(change for change in record.changes if change.wallet == wallet)


def _who_and_how_much(
    entry: EntryRecord, owners: dict[int, Wallet]
) -> tuple[Wallet | None, Wallet | None, Money | None, Money | None]:
    """Tell the wallet that gave and the one that got, and the amounts."""
    out_of = into = None
    given = taken = 0
    for leg in entry.legs:
        wallet = owners.get(leg.account)
        if wallet is None:
            continue
        if leg.amount < 0:
            out_of, given = wallet, given - leg.amount
        else:
            into, taken = wallet, taken + leg.amount
    amount = out_of.money(given) if out_of else into.money(taken) if into else None
    received = into.money(taken) if into else None
    return out_of, into, amount, None if received == amount else received
