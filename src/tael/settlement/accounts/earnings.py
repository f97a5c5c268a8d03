"""What a merchant has earned: what waits for its service, what the next bill will take, what bills have taken.

Source: B-12, B-16, B-21; peers-settlement-invest, section 4.2.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from tael import books
from tael.money import Money
from tael.settlement.models import BusinessKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from tael.money import Currency
    from tael.settlement.accounts.merchant_account import MerchantAccount

# What bills took is read off their lines: an account has a few of these where it has millions of records.
_BY_KIND: Final = """
    SELECT kind, sum(pending)::bigint, sum(unbilled)::bigint, sum(billed)::bigint, sum(records)::bigint FROM (
        SELECT kind, amount AS pending, 0 AS unbilled, 0 AS billed, 1 AS records
        FROM settlement_accrual WHERE account = ANY(%(accounts)s) AND state = 'pending'
        UNION ALL
        SELECT kind, 0, amount, 0, 1
        FROM settlement_accrual WHERE account = ANY(%(accounts)s) AND state = 'confirmed' AND bill IS NULL
        UNION ALL
        SELECT l.kind, 0, 0, l.amount, l.records
        FROM settlement_bill AS b JOIN settlement_bill_line AS l ON l.bill = b.number
        WHERE b.account = ANY(%(accounts)s) AND b.state <> 'void'
    ) AS moved GROUP BY kind ORDER BY kind
"""
_BY_DAY: Final = """
    SELECT day, coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
        coalesce(sum(amount) FILTER (WHERE amount < 0), 0)
    FROM settlement_accrual
    WHERE account = ANY(%(accounts)s) AND state = 'confirmed' AND day BETWEEN %(since)s AND %(until)s
    GROUP BY day
"""


class KindEarned(NamedTuple):
    """What business of one kind came to, by how far it has got.

    Args:
        pending: the service is still in progress. unbilled: confirmed, on no bill yet (B-16).
        billed: on a bill. records: how many, without those that failed.
    """

    kind: str
    names: Mapping[str, str]
    pending: Money
    unbilled: Money
    billed: Money
    records: int


class Earned(NamedTuple):
    """What business came to, together and by kind; all in one currency."""

    pending: Money
    unbilled: Money
    billed: Money
    kinds: list[KindEarned]


class EarnedOn(NamedTuple):
    """What was confirmed of one day: income >= 0 and expense <= 0."""

    day: date
    income: Money
    expense: Money


def earnings(accounts: Iterable[MerchantAccount]) -> Earned | None:
    """Add up the records of accounts of one currency; None without an account. Two queries.

    Source: B-12, B-16, B-21.
    """
    asked = list(accounts)
    if not asked:
        return None
    unit = _one_currency(asked)
    values = {"accounts": [one.number for one in asked]}
    rows = books.connection().execute(_BY_KIND, values).fetchall()
    names = dict(
        BusinessKind.objects.filter(pk__in=[row[0] for row in rows]).values_list("code", "names")
    )
    kinds = [
        KindEarned(
            kind,
            names[kind],
            Money(int(pending), unit),
            Money(int(unbilled), unit),
            Money(int(billed), unit),
            records,
        )
        for kind, pending, unbilled, billed, records in rows
    ]
    none = Money(0, unit)
    return Earned(
        sum((one.pending for one in kinds), none),
        sum((one.unbilled for one in kinds), none),
        sum((one.billed for one in kinds), none),
        kinds,
    )


def earned_by_day(
    accounts: Iterable[MerchantAccount], *, since: date, until: date
) -> list[EarnedOn]:
    """Give what was confirmed of each day, the days without business too, oldest first. One query.

    Args:
        accounts: at least one, all of one currency. since, until: both included.

    Source: B-12; peers-settlement-invest, section 4.2.
    """
    asked = list(accounts)
    unit = _one_currency(asked)
    values = {"accounts": [one.number for one in asked], "since": since, "until": until}
    rows = books.connection().execute(_BY_DAY, values).fetchall()
    found = {day: (int(income), int(expense)) for day, income, expense in rows}
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    return [EarnedOn(day, *(Money(each, unit) for each in found.get(day, (0, 0)))) for day in days]


def _one_currency(accounts: list[MerchantAccount]) -> Currency:
    units = {one.currency for one in accounts}
    if len(units) != 1:
        raise ValueError(f"accounts of {len(units)} currencies are not added up")
    return units.pop()
