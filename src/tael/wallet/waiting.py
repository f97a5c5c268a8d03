"""What of the wallets waits for a person: orders that came to no end, money in suspense, holds that end.

Source: peers-settlement-invest, section 4.1 (home); F-25, F-30; reliability, section 3a (suspense).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg import Cursor

from tael import books
from tael.money import Money
from tael.wallet.models import Hold
from tael.wallet.wallet import wallet_from

if TYPE_CHECKING:
    from datetime import datetime

    from tael.wallet.wallet import Wallet

PAGE_MAX: Final = 200
NUMBER_MAX: Final = 2**63 - 1
SILENT_AFTER: Final = timedelta(minutes=30)
"""An order of which its gateway has said nothing for so long is looked after by a person."""

_SILENT: Final = """
    FROM wallet_recharge_order AS o WHERE o.state = 'created' AND o.created_at < %(silent)s
        AND (o.expires_at IS NULL OR o.expires_at > %(at)s)
        AND NOT EXISTS (SELECT FROM wallet_gateway_payment AS p WHERE p."order" = o.id)
"""
_COUNTS: Final = f"""
    SELECT
        (SELECT count(*) FROM wallet_recharge_order WHERE state = 'partial'),
        (SELECT count(*) {_SILENT}),
        (SELECT count(*) FROM wallet_hold
            WHERE captured < amount - released AND expires_at IS NOT NULL AND expires_at < %(until)s)
"""
_SILENT_PAGE: Final = f"""
    SELECT o.id, o.wallet, o.owner, o.currency, o.amount, o.channel, o.created_at, o.expires_at
    {_SILENT} AND o.id < %(before)s ORDER BY o.id DESC LIMIT %(limit)s
"""
_SUSPENSE: Final = """
    SELECT currency, count(*), sum(amount - refunded)::bigint FROM wallet_gateway_payment
    WHERE movement = 'paid' AND wallet IS NULL AND refunded < amount GROUP BY currency ORDER BY currency
"""


@dataclass(frozen=True, slots=True)
class InSuspense:
    """How many payments are in suspense, and how much in each currency; the books hold the same (I24)."""

    count: int
    amounts: list[Money]


class Waiting(NamedTuple):
    """How much waits.

    Args:
        partly_paid: orders that were paid in part. silent: those of which nothing has been heard.
        holds_ending: open holds that end before the moment asked.
        in_suspense: money that came in and belongs to nobody known.
    """

    partly_paid: int
    silent: int
    holds_ending: int
    in_suspense: InSuspense


class EndingHold(NamedTuple):
    """An open hold with its end, and what is left of it."""

    hold: Hold
    wallet: Wallet
    rest: Money


def waiting(*, at: datetime, until: datetime) -> Waiting:
    """Count what waits for a person, in two queries.

    Args:
        at: now.
        until: holds that end before this moment count.

    Source: peers-settlement-invest, section 4.1.
    """
    cursor = Cursor(books.connection())
    values = {"at": at, "silent": at - SILENT_AFTER, "until": until}
    row = cursor.execute(_COUNTS, values).fetchone() or (0, 0, 0)
    partly_paid, silent, ending = row
    return Waiting(partly_paid, silent, ending, in_suspense())


def in_suspense() -> InSuspense:
    """Add up the money in suspense, payment by payment, as the list of it shows them.

    Source: reliability, section 3a (suspense); I24.
    """
    known = books.currencies()
    rows = Cursor(books.connection()).execute(_SUSPENSE).fetchall()
    amounts = [Money(minor, known[code].currency) for code, _, minor in rows]
    return InSuspense(sum(count for _, count, _ in rows), amounts)


class SilentOrder(NamedTuple):
    """An order that should have been paid and of which nothing has been heard."""

    number: int
    wallet: int
    owner: int
    amount: Money
    channel: str
    created_at: datetime
    expires_at: datetime | None


def silent_orders(*, at: datetime, before: int | None = None, limit: int = 50) -> list[SilentOrder]:
    """List the orders of which nothing has been heard, newest first.

    Args:
        at: now.
        before: the number of the last one seen.
        limit: at most 200.

    Source: F-25; peers-settlement-invest, section 4.1.
    """
    values = {
        "at": at,
        "silent": at - SILENT_AFTER,
        "before": NUMBER_MAX if before is None else before,
        "limit": min(max(limit, 1), PAGE_MAX),
    }
    known = books.currencies()
    return [
        SilentOrder(number, wallet, owner, Money(amount, known[code].currency), *rest)
        for number, wallet, owner, code, amount, *rest in Cursor(books.connection())
        .execute(_SILENT_PAGE, values)
        .fetchall()
    ]


def ending_holds(
    *, until: datetime | None = None, after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[EndingHold]:
    """List the open holds that have an end, those that end first before the others.

    Args:
        until: only those that end before.
        after: end and number of the last one seen.
        limit: at most 200.

    Source: F-30; I13.
    """
    rows = Hold.objects.filter(state="open", expires_at__isnull=False).select_related("wallet")
    if until is not None:
        rows = rows.filter(expires_at__lt=until)
    if after is not None:
        moment, number = after
        rows = rows.filter(expires_at__gte=moment).exclude(expires_at=moment, pk__lte=number)
    ordered = rows.order_by("expires_at", "pk")[: min(max(limit, 1), PAGE_MAX)]
    return [
        EndingHold(hold, wallet, wallet.money(hold.rest))
        for hold in ordered
        for wallet in [wallet_from(hold.wallet)]
    ]
