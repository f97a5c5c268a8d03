"""Finding wallets by number, customer and name, with the totals of all that were found.

Source: E-02; reliability, T24 (pages neither lose nor double a row).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.money import Money
from tael.wallet.figures import Figures
from tael.wallet.wallet import NUMBER_MAX, Wallet

if TYPE_CHECKING:
    from datetime import datetime

    from tael.money import Currency

PAGE_MAX: Final = 200
TOTALLED_MAX: Final = 10_000
"""Wallets that are added up for one page; of more, the page says that there are more."""

State = Literal["", "on", "off", "frozen", "locked"]
STATES: Final[tuple[State, ...]] = ("on", "off", "frozen", "locked")

_WANTED: Final = """
    FROM wallet_wallet AS w
    JOIN {book}.account AS free ON free.id = w.free
    JOIN {book}.account AS locked ON locked.id = w.locked
    JOIN {book}.account AS frozen ON frozen.id = w.frozen
    JOIN parties_customer AS c ON c.number = w.owner
    WHERE (%(currency)s = '' OR w.currency = %(currency)s)
        AND (%(text)s = '' OR w.number = %(number)s OR w.owner = %(number)s
            OR w.owner IN (SELECT number FROM parties_customer WHERE name ILIKE %(like)s)
            OR (w.name <> 'default' AND w.name ILIKE %(like)s))
        AND (%(state)s <> 'on' OR w.disabled_at IS NULL)
        AND (%(state)s <> 'off' OR w.disabled_at IS NOT NULL)
        AND (%(state)s <> 'frozen' OR frozen.balance > 0)
        AND (%(state)s <> 'locked' OR locked.balance > 0)
"""
_PAGE: Final = f"""
    SELECT w.number, w.owner, w.currency, w.name, w.free, w.locked, w.frozen, w.opened_at, w.disabled_at,
        c.name, free.balance, locked.balance, frozen.balance
    {_WANTED} AND w.number > %(after)s ORDER BY w.number LIMIT %(limit)s
"""
_TOTALS: Final = f"""
    WITH found AS (
        SELECT w.currency, free.balance AS free, locked.balance AS locked, frozen.balance AS frozen
        {_WANTED} LIMIT %(totalled)s
    )
    SELECT currency, count(*), sum(free), sum(locked), sum(frozen)
    FROM found GROUP BY currency ORDER BY currency
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletsWanted:
    """Which wallets are wanted; what is empty does not matter.

    Args:
        text: the number of a wallet or a customer, or part of a customer's or a wallet's name.
        state: "on", "off", "frozen" (something is set aside) or "locked" (holds gift money).
    """

    text: str = ""
    currency: str = ""
    state: State = ""


class WalletFound(NamedTuple):
    """A wallet with its owner's name and its present figures."""

    wallet: Wallet
    owner_name: str
    figures: Figures
    opened_at: datetime
    disabled_at: datetime | None


class WalletTotal(NamedTuple):
    """What all found wallets of a currency hold together."""

    currency: Currency
    wallets: int
    figures: Figures


class WalletsFound(NamedTuple):
    """A page of wallets by number, and the totals of the whole filter.

    Args:
        after: where the next page begins; None after the last.
        totals: by currency; None when more than ``TOTALLED_MAX`` wallets were found.
    """

    wallets: list[WalletFound]
    after: int | None
    totals: list[WalletTotal] | None


def search_wallets(wanted: WalletsWanted, *, after: int = 0, limit: int = 50) -> WalletsFound:
    """Find wallets, by number, with figures and totals, in two queries.

    Args:
        after: the number of the last one seen.
        limit: at most 200.

    Source: E-02.
    """
    limit = min(max(limit, 1), PAGE_MAX)
    text = wanted.text.strip()
    digits = text.isascii() and text.isdigit() and len(text) < 19
    values: dict[str, Any] = {
        "text": text,
        "number": int(text) if digits else 0,
        "like": f"%{_literal(text)}%",
        "currency": wanted.currency,
        "state": wanted.state,
        "after": min(max(after, 0), NUMBER_MAX),
        "limit": limit + 1,
        "totalled": TOTALLED_MAX + 1,
    }
    cursor = Cursor(books.connection())
    rows = cursor.execute(ledger.MAIN.sql(_PAGE), values).fetchall()
    sums = cursor.execute(ledger.MAIN.sql(_TOTALS), values).fetchall()
    found = [_found(row) for row in rows[:limit]]
    more = found[-1].wallet.number if len(rows) > limit else None
    few = sum(row[1] for row in sums) <= TOTALLED_MAX
    return WalletsFound(found, more, [_total(row) for row in sums] if few else None)


def _found(row: tuple[Any, ...]) -> WalletFound:
    number, owner, code, name, free, locked, frozen, opened_at, disabled_at, *rest = row
    unit = books.currencies()[code].currency
    wallet = Wallet(number, owner, unit, name, free, locked, frozen)
    owner_name, *balances = rest
    return WalletFound(wallet, owner_name, _figures(unit, *balances), opened_at, disabled_at)


def _total(row: tuple[Any, ...]) -> WalletTotal:
    code, wallets, *balances = row
    unit = books.currencies()[code].currency
    return WalletTotal(unit, wallets, _figures(unit, *map(int, balances)))


def _figures(unit: Currency, free: int, locked: int, frozen: int) -> Figures:
    def money(minor: int) -> Money:
        return Money(minor, unit)

    return Figures(money(free + locked), money(locked), money(frozen))


def _literal(text: str) -> str:
    r"""Write a text so that LIKE finds it and nothing else.

    >>> _literal("50%_\\")
    '50\\%\\_\\\\'
    """
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
