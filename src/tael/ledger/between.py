"""Money from one book to another: two entries in one transaction, each book balanced on its own.

Source: architecture, section 6.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.ledger.account import CurrencyTaken, account, currencies, open_account
from tael.ledger.entry import Draw, Entry, Kind, Leg, Refused
from tael.ledger.post import post

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from psycopg import Connection

    from tael.ledger.book import Book
    from tael.ledger.entry import Verdict

BETWEEN_BOOKS: Final = Kind(
    "ledger.between_books",
    "Transfer between two books",
    moves=(
        "payer -m, clearing with the other book +m",
        "in the other book: clearing -m, receiver +m",
    ),
)


def transfer_between(
    connection: Connection,
    *,
    payer: tuple[Book, int],
    receiver: tuple[Book, int],
    amount: int,
    key: UUID,
    effective_at: datetime,
    actor: str,
    info: str = "",
) -> tuple[Verdict, Verdict]:
    """Move ``amount`` minor units from an account of one book to an account of another; the caller commits.

        in the payer's book       payer -amount        clearing:<receiver's book>:<currency> +amount
        in the receiver's book    receiver +amount     clearing:<payer's book>:<currency> -amount

    The two clearing accounts mirror each other. Books are taken in the order of their names, so that two
    transfers in opposite directions wait for each other and never in a circle.

    Raises:
        CurrencyTaken: the receiver's book counts the currency in another smallest unit.
        Refusal: what either book refuses; then neither has changed, once the caller rolls back.
    """
    (from_book, from_account), (to_book, to_account) = payer, receiver
    if from_book == to_book:
        message = "a transfer between books needs two of them"
        raise ValueError(message)
    currency = account(connection, from_account, book=from_book).currency
    _check_same_unit(connection, currency, from_book, to_book)
    in_order = sorted((from_book, to_book), key=lambda book: book.name)
    # the clearing accounts too are opened in that order, or two first transfers would wait in a circle
    clearing = {
        book: _clearing(connection, book, to_book if book == from_book else from_book, currency)
        for book in in_order
    }
    sides: dict[Book, tuple[Leg | Draw, ...]] = {
        from_book: (Draw((from_account,), amount), Leg(clearing[from_book], amount)),
        to_book: (Leg(to_account, amount), Leg(clearing[to_book], -amount)),
    }
    verdicts: dict[Book, Verdict] = {}
    for book in in_order:
        entry = Entry(
            kind=BETWEEN_BOOKS,
            legs=sides[book],
            key=key,
            effective_at=effective_at,
            actor=actor,
            info=info,
            content=(from_book.name, from_account, to_book.name, to_account, amount),
        )
        verdicts[book] = post(connection, [entry], book=book)[0]
        verdict = verdicts[book]
        if isinstance(verdict, Refused):
            raise verdict.refusal
    return verdicts[from_book], verdicts[to_book]


def _check_same_unit(connection: Connection, code: str, one: Book, other: Book) -> None:
    """Refuse to count yen of one book as hundredths of a yen of another."""
    here = currencies(connection, book=one)[code]
    there = currencies(connection, book=other).get(
        code, here
    )  # one without it refuses an account in it
    if here != there:
        raise CurrencyTaken(
            f"{code} has {there.exponent} decimals in {other.name}, and {here.exponent} in {one.name}",
            field="currency",
            there=f"{there.exponent} decimals, {there.kind}",
            allowed=f"{here.exponent} decimals, {here.kind}",
        )


def _clearing(connection: Connection, book: Book, other: Book, currency: str) -> int:
    code = f"clearing:{other.name}:{currency}"
    return open_account(
        connection, code=code, currency=currency, class_="suspense", floor=None, book=book
    )
