"""Ledger accounts and currencies of a book: opened once, never altered, blocked and closed through one door.

Source: architecture, section 2; F-10, F-11; I4, I36.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from psycopg import Cursor

from tael.ledger.book import MAIN, Book
from tael.ledger.refusals import UnknownAccount
from tael.money import Currency
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from psycopg import Connection

AccountClass = Literal["client", "house", "custody", "suspense"]
Block = Literal["none", "debit", "credit", "both"]

_DEFINE = "INSERT INTO {book}.currency (code, exponent, kind, name) VALUES (%s, %s, %s, %s) ON CONFLICT (code) DO NOTHING"
_CURRENCIES = "SELECT code, exponent, kind, name FROM {book}.currency ORDER BY code"
_OPEN = """
    INSERT INTO {book}.account (code, currency, class, floor)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[])
    ON CONFLICT (code) DO NOTHING
"""
_READ = """
    SELECT id, code, currency, class, floor, balance, version, last_posting, blocked, opened_at, closed_at
    FROM {book}.account
"""


class CurrencyTaken(Refusal):
    """The book has this currency with another exponent or kind, and that never changes."""

    code = "currency_taken"
    because: ClassVar[Because] = "conflict"
    rule = "F-11"
    remedy = "Use another code."


class CurrencyNotInBook(Refusal):
    """The book has no such currency."""

    code = "currency_not_in_book"
    because: ClassVar[Because] = "absent"
    rule = "F-11"
    remedy = "Define the currency first."


class AccountTaken(Refusal):
    """The code belongs to an account of another currency, class or floor, and these never change."""

    code = "account_taken"
    because: ClassVar[Because] = "conflict"
    rule = "I4"
    remedy = "Use another code."


class AccountNotEmpty(Refusal):
    """Only an account that holds nothing is closed."""

    code = "account_not_empty"
    because: ClassVar[Because] = "conflict"
    rule = "F-38"
    remedy = "Move its balance elsewhere first."


class Opening(NamedTuple):
    """An account to open.

    ``floor`` is the least balance in minor units; None means that it may go below zero without bound.
    """

    code: str
    currency: str
    class_: AccountClass
    floor: int | None = 0


class Account(NamedTuple):
    """A ledger account as it stands."""

    id: int
    code: str
    currency: str
    class_: AccountClass
    floor: int | None
    balance: int
    version: int
    last_posting: int
    blocked: Block
    opened_at: datetime
    closed_at: datetime | None


def define_currency(connection: Connection, currency: Currency, *, book: Book = MAIN) -> None:
    """Add a currency to the book; the same one again changes nothing.

    Raises:
        CurrencyTaken: the code has another exponent or kind.
    """
    values = [currency.code, currency.exponent, currency.kind, currency.name]
    Cursor(connection).execute(book.sql(_DEFINE), values)
    there = currencies(connection, book=book)[currency.code]
    if (there.exponent, there.kind) != (currency.exponent, currency.kind):
        raise CurrencyTaken(
            f"{currency.code} has {there.exponent} decimals here",
            field="exponent",
            there=f"{there.exponent} decimals, {there.kind}",
        )


def currencies(connection: Connection, *, book: Book = MAIN) -> dict[str, Currency]:
    """Read the currencies of the book by code."""
    rows = Cursor(connection).execute(book.sql(_CURRENCIES)).fetchall()
    return {code: Currency(code, exponent, kind, name) for code, exponent, kind, name in rows}


def open_account(
    connection: Connection,
    *,
    code: str,
    currency: str,
    class_: AccountClass,
    floor: int | None = 0,
    book: Book = MAIN,
) -> int:
    """Open one account and give its number; one that is there already is given back. See ``open_accounts``."""
    return open_accounts(connection, [Opening(code, currency, class_, floor)], book=book)[0]


def open_accounts(
    connection: Connection, openings: Sequence[Opening], *, book: Book = MAIN
) -> list[int]:
    """Open accounts and give their numbers, in order; the caller commits.

    Twenty requests that open the same code at once end in one account.

    Raises:
        CurrencyNotInBook: a currency is not defined in this book.
        AccountTaken: a code belongs to an account of another currency, class or floor.
    """
    known = currencies(connection, book=book)
    for opening in openings:
        if opening.currency not in known:
            message = f"the book has no currency {opening.currency}"
            raise CurrencyNotInBook(message, field="currency", allowed=", ".join(known))
    columns = zip(*sorted(openings), strict=True) if openings else ([], [], [], [])
    Cursor(connection).execute(book.sql(_OPEN), [list(column) for column in columns])
    there = {
        account.code: account
        for account in accounts(connection, codes=[o.code for o in openings], book=book)
    }
    for opening in openings:
        account = there[opening.code]
        if (account.currency, account.class_, account.floor) != opening[1:]:
            message = f"{opening.code} is a {account.class_} account in {account.currency}"
            raise AccountTaken(message, field="code", there=f"{account.currency}, {account.class_}")
    return [there[opening.code].id for opening in openings]


def accounts(
    connection: Connection,
    *,
    ids: Iterable[int] | None = None,
    codes: Iterable[str] | None = None,
    book: Book = MAIN,
) -> list[Account]:
    """Read accounts by number or by code, or all of them, in the order of their numbers."""
    if ids is not None:
        rows = Cursor(connection).execute(
            book.sql(_READ + " WHERE id = ANY(%s) ORDER BY id"), [list(ids)]
        )
    elif codes is not None:
        rows = Cursor(connection).execute(
            book.sql(_READ + " WHERE code = ANY(%s) ORDER BY id"), [list(codes)]
        )
    else:
        rows = Cursor(connection).execute(book.sql(_READ + " ORDER BY id"))
    return [Account(*row) for row in rows.fetchall()]


def account(connection: Connection, number: int, *, book: Book = MAIN) -> Account:
    """Read one account.

    Raises:
        UnknownAccount: the book has none of this number.
    """
    found = accounts(connection, ids=[number], book=book)
    if not found:
        raise UnknownAccount(f"there is no account {number}", field="account", there=str(number))
    return found[0]


def block(connection: Connection, number: int, what: Block, *, book: Book = MAIN) -> None:
    """Stop debits, credits or both, or lift the block with "none"; in force from the caller's commit.

    Raises:
        UnknownAccount: the book has none of this number.
    """
    done = (
        Cursor(connection)
        .execute(book.sql("SELECT {book}.block_account(%s, %s)"), [number, what])
        .fetchone()
    )
    if done is None or done[0] is None:
        raise UnknownAccount(f"there is no account {number}", field="account", there=str(number))


def close_account(connection: Connection, number: int, *, book: Book = MAIN) -> None:
    """Close an account for good.

    Raises:
        UnknownAccount: the book has none of this number.
        AccountNotEmpty: it holds something, or has been closed before.
    """
    done = (
        Cursor(connection).execute(book.sql("SELECT {book}.close_account(%s)"), [number]).fetchone()
    )
    if done is None or done[0] is None:
        there = account(connection, number, book=book)
        message = f"account {number} is not empty or was closed before"
        raise AccountNotEmpty(message, field="account", there=str(there.balance), allowed="0")
