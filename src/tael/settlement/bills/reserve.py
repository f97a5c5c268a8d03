"""What is kept back of bills (保證金): given back on its day, and shown by day until then.

Source: peers-settlement-invest A22.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.ledger import Entry, Leg
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.bills.bill_posting import RELEASE
from tael.settlement.models import Reserve
from tael.settlement.settlement_events import announce_released
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from datetime import date, datetime

    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount

__all__ = [
    "Kept",
    "KeptDay",
    "KeptOf",
    "Reserve",
    "kept_back_now",
    "release_due_reserves",
    "reserves_of",
]

log: Final = logging.getLogger(__name__)

CHUNK: Final = 100
# A day has come when it has in the zone of the terms by which the bill was made.
_DUE: Final = """
    SELECT r.id FROM settlement_reserve AS r
    JOIN settlement_bill AS b ON b.number = r.bill LEFT JOIN settlement_terms AS t ON t.id = b.terms
    WHERE r.release_entry IS NULL AND r.release_on <= (%s::timestamptz AT TIME ZONE coalesce(t.zone, %s))::date
    ORDER BY r.id
"""
_BY_DAY: Final = """
    SELECT release_on, sum(amount), count(*) FROM settlement_reserve
    WHERE account = %s AND release_entry IS NULL GROUP BY 1 ORDER BY 1
"""


class KeptDay(NamedTuple):
    """What is given back on a day, and of how many bills."""

    day: date
    amount: Money
    bills: int


class KeptOf(NamedTuple):
    """What was kept back of a bill, until which day, and when it was given back."""

    number: int
    bill: int
    amount: Money
    release_on: date
    released_at: datetime | None


class Kept(NamedTuple):
    """What is kept back of an account's bills, and when it is given back, day by day."""

    amount: Money
    days: list[KeptDay]


def release_due_reserves(*, at: datetime, actor: str = "system", chunk: int = CHUNK) -> int:
    """Give back what was kept until now, and tell of how many bills.

        merchant reserve    -m
        merchant owed       +m

    An account that is switched off gets it back as well: it was its own. What the ledger refuses stays
    until the next time and stops no other. May run twice at once: each is given back once.

    Source: A22.
    """
    rows = books.connection().execute(_DUE, [at, str(business_zone())]).fetchall()
    numbers = [number for (number,) in rows]
    return sum(
        _release_some(numbers[place : place + chunk], actor=actor, at=at)
        for place in range(0, len(numbers), chunk)
    )


def kept_back_now(account: MerchantAccount) -> Kept:
    """Give what is kept back of an account's bills and the calendar of its release.

    The amount is the balance of the reserve account; the days add up to it.

    Source: A22.
    """
    (there,) = ledger.accounts(books.connection(), ids=[account.reserve])
    rows = Cursor(books.connection()).execute(_BY_DAY, [account.number]).fetchall()
    days = [KeptDay(day, account.money(int(amount)), bills) for day, amount, bills in rows]
    return Kept(account.money(there.balance), days)


def reserves_of(
    account: MerchantAccount, *, before: int | None = None, limit: int = 50
) -> list[KeptOf]:
    """Give what has been kept back of an account's bills, newest first, also what was given back.

    Args:
        before: only those whose number is below this one, for the next page.

    Source: A22.
    """
    rows = Reserve.objects.filter(account=account.number)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [
        KeptOf(row.pk, row.bill_id, account.money(row.amount), row.release_on, row.released_at)
        for row in rows.order_by("-pk")[:limit]
    ]


def _release_some(numbers: list[int], *, actor: str, at: datetime) -> int:
    try:
        return _release(numbers, actor=actor, at=at)
    except Refusal as refusal:
        if len(numbers) > 1:  # of one of them; alone, each is given back or stays
            return sum(_release_some([number], actor=actor, at=at) for number in numbers)
        log.warning("reserve %s stays: %s: %s", numbers[0], refusal.code, refusal.message)
        return 0


@books.atomic
def _release(numbers: list[int], *, actor: str, at: datetime) -> int:
    waiting = Reserve.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "account"
    )
    rows = list(waiting.filter(pk__in=numbers, release_entry__isnull=True).order_by("pk"))
    posted = books.post_all_now([_entry(row, actor, at) for row in rows])
    for row, done in zip(rows, posted, strict=True):
        row.released_at, row.release_entry = at, done.entry_id
    Reserve.objects.bulk_update(rows, ["released_at", "release_entry"])
    announce_released(rows, at=at)
    return len(rows)


def _entry(row: Reserve, actor: str, at: datetime) -> Entry:
    account = account_from(row.account)
    return Entry(
        kind=RELEASE,
        legs=(Leg(account.reserve, -row.amount), Leg(account.account, row.amount)),
        key=ledger.key_of(RELEASE.code, str(row.bill_id)),
        effective_at=at,
        actor=actor,
    )
