"""Finding merchant accounts, with what is on each: for the pages, the API and the command line.

Source: B-01, E-10; reliability T24.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.money import Money
from tael.parties.queries import customer_names
from tael.settlement.accounts.merchant_account import account_from, merchant_account
from tael.settlement.models import MerchantAccountRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tael.settlement.accounts.merchant_account import MerchantAccount

PAGE_MAX: Final = 200
_TOTALS: Final = """
    SELECT m.currency, count(*), coalesce(sum(a.balance) FILTER (WHERE a.balance > 0), 0),
        coalesce(sum(a.balance) FILTER (WHERE a.balance < 0), 0), coalesce(sum(r.balance), 0)
    FROM settlement_account AS m
    JOIN {book}.account AS a ON a.id = m.account JOIN {book}.account AS r ON r.id = m.reserve
    WHERE (%(owner)s::bigint IS NULL OR m.owner = %(owner)s::bigint)
        AND (%(currency)s::text = '' OR m.currency = %(currency)s::text)
        AND (%(disabled)s::boolean IS NULL OR (m.disabled_at IS NOT NULL) = %(disabled)s::boolean)
        AND (%(numbers)s::bigint[] IS NULL OR m.number = ANY(%(numbers)s::bigint[]))
    GROUP BY m.currency ORDER BY m.currency
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantAccountsWanted:
    """Which merchant accounts are wanted; what is None or empty does not matter.

    Args:
        text: a number of an account or of a merchant, or a part of the merchant's name.
        owner: the merchant's number. currency: its code. disabled: switched off, or not.
    """

    text: str = ""
    owner: int | None = None
    currency: str = ""
    disabled: bool | None = None


class MerchantAccountView(NamedTuple):
    """A merchant account with its amount (結餘), its reserve, and the merchant's name."""

    account: MerchantAccount
    merchant: str
    amount: Money
    reserve: Money
    opened_at: datetime
    disabled_at: datetime | None

    @property
    def number(self) -> int:
        """Give the account's number."""
        return self.account.number


class MerchantAccountTotal(NamedTuple):
    """What all merchant accounts of a filter hold in one currency.

    Args:
        owed: what the platform owes, of accounts above zero. owing: what merchants owe, not above zero.
        reserve: kept back of bills.
    """

    currency: str
    accounts: int
    owed: Money
    owing: Money
    reserve: Money


def merchant_accounts(
    wanted: MerchantAccountsWanted, *, limit: int = 50, after: int | None = None
) -> list[MerchantAccountView]:
    """List merchant accounts by number. Three queries, however many there are.

    Args:
        limit: at most 200. after: the number of the last one seen.

    Source: B-01, E-10.
    """
    found = MerchantAccountRow.objects.order_by("number")
    if wanted.owner is not None:
        found = found.filter(owner=wanted.owner)
    if wanted.currency:
        if wanted.currency not in books.currencies():
            return []
        found = found.filter(currency=wanted.currency)
    if wanted.disabled is not None:
        found = found.filter(disabled_at__isnull=not wanted.disabled)
    if wanted.text:
        numbers = _named(wanted.text)
        found = found.filter(number__in=numbers)
    if after is not None:
        found = found.filter(number__gt=after)
    return _views(found[: min(max(limit, 1), PAGE_MAX)])


def merchant_account_totals(wanted: MerchantAccountsWanted) -> list[MerchantAccountTotal]:
    """Add up all merchant accounts that a filter finds, by currency. At most two queries.

    Source: B-01, B-07, E-10; A39.
    """
    asked = {
        "owner": wanted.owner,
        "currency": wanted.currency,
        "disabled": wanted.disabled,
        "numbers": _named(wanted.text) if wanted.text else None,
    }
    rows = Cursor(books.connection()).execute(ledger.MAIN.sql(_TOTALS), asked).fetchall()
    units = books.currencies()
    found = []
    for currency, count, *amounts in rows:
        owed, owing, reserve = (Money(int(one), units[currency].currency) for one in amounts)
        found.append(MerchantAccountTotal(currency, count, owed, owing, reserve))
    return found


def merchant_accounts_of(owner: int) -> list[MerchantAccountView]:
    """List a merchant's accounts by number.

    Source: E-10.
    """
    return merchant_accounts(MerchantAccountsWanted(owner=owner), limit=PAGE_MAX)


def merchant_account_view(number: int) -> MerchantAccountView:
    """Give one merchant account with its figures.

    Raises:
        UnknownMerchantAccount: there is none.

    Source: B-01, E-10.
    """
    merchant_account(number)
    return _views(MerchantAccountRow.objects.filter(pk=number))[0]


def is_merchant(customer: int) -> bool:
    """Tell whether a customer has a merchant account.

    Source: B-30.
    """
    return MerchantAccountRow.objects.filter(owner=customer).exists()


def _views(rows: Iterable[MerchantAccountRow]) -> list[MerchantAccountView]:
    found = list(rows)
    names = customer_names(row.owner for row in found)
    accounts = {row.number: account_from(row) for row in found}
    wanted = [each for one in accounts.values() for each in (one.account, one.reserve)]
    stand = {each.id: each.balance for each in ledger.accounts(books.connection(), ids=wanted)}

    def view(row: MerchantAccountRow) -> MerchantAccountView:
        one = accounts[row.number]
        return MerchantAccountView(
            one,
            names.get(row.owner, ""),
            one.money(stand[one.account]),
            one.money(stand[one.reserve]),
            row.opened_at,
            row.disabled_at,
        )

    return [view(row) for row in found]


def _named(text: str) -> list[int]:
    """Find the accounts that a text names: by their number, their merchant's, or a part of his name."""
    if "\0" in text:
        return []  # in no text of the database
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    rows = books.connection().execute(
        """
        SELECT a.number FROM settlement_account AS a JOIN parties_customer AS c ON c.number = a.owner
        WHERE a.number = %(number)s OR a.owner = %(number)s OR c.name ILIKE '%%' || %(text)s || '%%'
        """,
        {"number": number, "text": escaped},
    )
    return [int(each) for (each,) in rows.fetchall()]
