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
    SELECT e.id FROM {book}.entry AS e WHERE e.id < %(before)s AND e.id >= %(after)s AND e.kind = ANY(%(kinds)s)
        AND (%(channel)s::text IS NULL OR e.channel = %(channel)s::text)
        AND (%(actor)s::text IS NULL OR e.actor = %(actor)s::text)
        AND (%(since)s::timestamptz IS NULL OR e.booked_at >= %(since)s::timestamptz)
        AND (%(until)s::timestamptz IS NULL OR e.booked_at < %(until)s::timestamptz)
"""
# The lines of one account, newest first, and no more of them than it takes: a wallet with a long history
# costs what its page costs. Those of open leaves are found along `prev`, those of full ones by their index.
_ALONG: Final = """
    WITH RECURSIVE line (entry, prev) AS (
        SELECT p.entry, p.prev FROM {{book}}.account AS a JOIN {{book}}.posting AS p ON p.id = a.last_posting
        WHERE a.id = %(account)s AND p.id >= %(indexed_below)s
        UNION ALL
        SELECT p.entry, p.prev FROM line JOIN {{book}}.posting AS p ON p.id = line.prev
        WHERE line.prev >= %(indexed_below)s AND line.entry > %(after)s
    ), lines AS (
        SELECT entry FROM line
        UNION ALL (
            SELECT entry FROM {{book}}.posting
            WHERE account = %(account)s AND id < %(indexed_below)s ORDER BY id DESC
        )
    )
    SELECT e.id FROM lines CROSS JOIN LATERAL ({wanted} AND e.id = lines.entry LIMIT 1) AS e LIMIT %(limit)s
"""
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
    bottom = first_booked(wanted.since) if wanted.wallet and wanted.since else 1
    if wanted.wallet is None:
        bottom = max(top - _scanned(wanted), 1)
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
    if wanted.wallet is None:
        found, following = _among_all(wanted, values)
    else:
        found, following = _along(wanted.wallet, wanted, values)
    if (following <= bottom and (wanted.wallet or bottom == 1)) or _older(following, wanted.since):
        return RecordPage(flow_records(found), None)
    return RecordPage(flow_records(found), following)


def _among_all(wanted: Wanted, values: dict[str, Any]) -> tuple[list[int], int]:
    """Give the entries of a page and the number below which the next begins."""
    found = _rows(f"{_wanted(wanted)}{_NEWEST_FIRST}", values)
    return found, found[-1] if len(found) == values["limit"] else values["after"]


def _along(wallet: Wallet, wanted: Wanted, values: dict[str, Any]) -> tuple[list[int], int]:
    """The same of one wallet: the newest of each of its accounts, as far down as all of them were read."""
    values |= {"indexed_below": first_unindexed(books.connection())}
    statement = _ALONG.format(wanted=_wanted(wanted)).replace("{{book}}", "{book}")
    parts = [_rows(statement, values | {"account": account}) for account in wallet.accounts]
    full = [part[-1] for part in parts if len(part) == values["limit"]]
    read_to = max(full, default=values["after"])
    found = sorted({entry for part in parts for entry in part if entry >= read_to}, reverse=True)
    found = found[: values["limit"]]
    return found, found[-1] if full or len(found) == values["limit"] else values["after"]


def _rows(statement: str, values: dict[str, Any]) -> list[int]:
    rows = Cursor(books.connection()).execute(ledger.MAIN.sql(statement), values).fetchall()
    return [entry for (entry,) in rows]


def _wanted(wanted: Wanted) -> str:
    """Write the query of the entries that are asked for."""
    return _WANTED if wanted.currency is None else f"{_WANTED}{_OF_AMOUNT}"


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
