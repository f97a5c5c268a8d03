"""Finding fund-flow records by their numbers, and going through all of them by kind and time.

Source: F-20, F-22, E-03; A-F2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.ledger.leaves import first_unindexed
from tael.wallet import serial_number
from tael.wallet.flow import PAGE_MAX, FlowRecord, flow_records
from tael.wallet.kinds import OPERATIONS, kinds_of
from tael.wallet.models import GatewayPayment
from tael.wallet.refund import REFUND
from tael.wallet.wallet_lines import LINES, WHOLE

if TYPE_CHECKING:
    from datetime import datetime

    from tael.wallet.operation import Operation
    from tael.wallet.wallet import Wallet

SCANNED_MAX: Final = 100_000
"""Entries that one page looks at, so that a rare kind in a long history cannot hold the database."""
WEIGHED_MAX: Final = 10_000
"""The same where the amount of each has to be looked at."""

_BY_SNO: Final = "SELECT entry FROM {book}.entry_note WHERE sno = %s ORDER BY entry DESC LIMIT %s"
_BY_PNO: Final = "SELECT entry FROM {book}.entry_note WHERE pno = %s ORDER BY entry DESC LIMIT %s"
_WANTED: Final = """
    SELECT e.id FROM {book}.entry AS e
    WHERE e.id < %(before)s AND e.id >= %(after)s AND e.kind = ANY(%(kinds)s)
        AND (%(channel)s::text IS NULL OR e.channel = %(channel)s::text)
        AND (%(actor)s::text IS NULL OR e.actor = %(actor)s::text)
        AND (%(since)s::timestamptz IS NULL OR e.booked_at >= %(since)s::timestamptz)
        AND (%(until)s::timestamptz IS NULL OR e.booked_at < %(until)s::timestamptz)
"""
_OF_WALLET: Final = " AND e.id IN (SELECT entry FROM lines)"
# What a record moved is what its legs into accounts of the currency add up to, of whatever kind it is.
_OF_AMOUNT: Final = """
    AND (SELECT sum(p.amount) FROM {book}.posting AS p JOIN {book}.account AS a ON a.id = p.account
        WHERE p.id >= e.first_posting AND p.id < e.first_posting + e.legs AND p.amount > 0
            AND a.currency = %(currency)s) BETWEEN %(least)s AND %(most)s
"""
_NEWEST_FIRST: Final = " ORDER BY e.id DESC LIMIT %(limit)s"
_NEWEST: Final = "SELECT coalesce(max(id), 0) FROM {book}.entry"
_NEXT: Final = "SELECT id, booked_at FROM {book}.entry WHERE id >= %s ORDER BY id LIMIT 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which records of all are wanted; what is None does not matter.

    Args:
        since: booked at or after. until: booked before.
        wallet: records that concern this wallet.
        currency: records that move it. least, most: bounds of what they move, in its minor units.
    """

    operation: Operation | None = None
    kind: str | None = None
    channel: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    wallet: Wallet | None = None
    currency: str | None = None
    least: int = 1
    most: int = 2**63 - 1


class RecordPage(NamedTuple):
    """Records, newest first. ``before`` begins the next page; a page may be short and not the last."""

    records: list[FlowRecord]
    before: int | None


def find_by_sno(sno: str, *, limit: int = 50) -> list[FlowRecord]:
    """Find the records of a serial number, given by the caller or generated.

    Source: F-20, A-F2.
    """
    found = _ids(_BY_SNO, sno, limit)
    meant = serial_number.entry_meant(sno)
    records = flow_records(found if meant is None else [*found, meant])
    return [record for record in records if record.sno == sno]


def find_by_pno(pno: str, *, limit: int = 50) -> list[FlowRecord]:
    """Find the records of an outside transaction number (交易號).

    Source: F-19 (pno), F-22.
    """
    return flow_records(_ids(_BY_PNO, pno, limit))


def find_by_gateway_number(number: str, *, limit: int = 50) -> list[FlowRecord]:
    """Find what was booked for a gateway's payment or refund number.

    Source: E-03, A-F10.
    """
    payments = GatewayPayment.objects.filter(number=number).order_by("-pk")[:limit]
    found = {entry for payment in payments for entry in payment.entries}
    refunds = GatewayPayment.objects.filter(of_payment__in=[payment.pk for payment in payments])
    found |= {entry for refund in refunds for entry in refund.entries}
    return flow_records(found)


def all_records(wanted: Wanted, *, limit: int = 50, before: int | None = None) -> RecordPage:
    """Go through the records of all wallets, newest first.

    A page looks at a bounded number of entries and may therefore be short; it is the last one only
    when ``before`` is None.

    Args:
        limit: at most 200.
        before: what the page before gave; None begins at the newest.

    Source: F-22, E-03.
    """
    limit = min(max(limit, 1), PAGE_MAX)
    top = first_booked(wanted.until) if before is None else min(before, first_booked(None))
    bottom = 1 if wanted.wallet else max(top - _scanned(wanted), 1)
    values = {
        "before": top,
        "after": bottom,
        "kinds": _kinds(wanted),
        "channel": wanted.channel,
        "actor": wanted.actor,
        "since": wanted.since,
        "until": wanted.until,
        "currency": wanted.currency,
        "least": wanted.least,
        "most": wanted.most,
        "limit": limit,
    }
    statement = ledger.MAIN.sql(_statement(wanted, values))
    rows = Cursor(books.connection()).execute(statement, values).fetchall()
    found = [entry for (entry,) in rows]
    following = found[-1] if len(found) == limit else bottom
    if following <= 1 or _older(following, wanted.since):
        return RecordPage(flow_records(found), None)
    return RecordPage(flow_records(found), following)


def _statement(wanted: Wanted, values: dict[str, Any]) -> str:
    """Write the query, with the parts that are asked for, and add their values."""
    parts = [_WANTED]
    if wanted.wallet is not None:
        parts = [f"WITH RECURSIVE {WHOLE}, {LINES}", _WANTED, _OF_WALLET]
        values["accounts"] = list(wanted.wallet.accounts)
        values["indexed_below"] = first_unindexed(books.connection())
    if wanted.currency is not None:
        parts.append(_OF_AMOUNT)
    return "".join([*parts, _NEWEST_FIRST])


def _scanned(wanted: Wanted) -> int:
    return SCANNED_MAX if wanted.currency is None else WEIGHED_MAX


def _kinds(wanted: Wanted) -> list[str]:
    kinds = [*OPERATIONS, REFUND.code] if wanted.operation is None else kinds_of(wanted.operation)
    return kinds if wanted.kind is None else [kind for kind in kinds if kind == wanted.kind]


def _ids(statement: str, number: str, limit: int) -> list[int]:
    limit = min(max(limit, 1), PAGE_MAX)
    rows = Cursor(books.connection()).execute(ledger.MAIN.sql(statement), [number, limit])
    return [entry for (entry,) in rows.fetchall()]


def first_booked(until: datetime | None) -> int:
    """Give the first entry number booked at or after a moment: numbers grow with time.

    Args:
        until: None means after all that there is.

    Source: architecture, section 2.
    """
    cursor = Cursor(books.connection())
    row = cursor.execute(ledger.MAIN.sql(_NEWEST)).fetchone()
    low, high = 1, int(row[0]) + 1 if row else 1
    if until is None:
        return high
    while low < high:
        middle = (low + high) // 2
        found = cursor.execute(ledger.MAIN.sql(_NEXT), [middle]).fetchone()
        if found is None or found[1] >= until:
            high = middle
        else:
            low = int(found[0]) + 1
    return low


def _older(entry: int, since: datetime | None) -> bool:
    """Tell whether everything before an entry was booked before ``since``."""
    if since is None:
        return False
    cursor = Cursor(books.connection())
    found = cursor.execute(ledger.MAIN.sql(_NEXT), [entry]).fetchone()
    return found is not None and bool(found[1] < since)
