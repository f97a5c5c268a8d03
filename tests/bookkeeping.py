"""A small set of books for the ledger's tests, in the words of an accountant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import psycopg

from tael import ledger
from tael.money import Currency

CNY = Currency("CNY", 2)
USD = Currency("USD", 2)
NOON = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
PAYMENT = ledger.Kind("test.payment", "Payment")
_NUMBERS = count(1)
FEE = ledger.Kind("test.fee", "Fee", mixes=True)


@dataclass(frozen=True)
class Books:
    """Accounts by their role."""

    ann: int
    ann_gift: int
    bob: int
    carl: int
    bank: int
    income: int
    unplaced: int
    ann_usd: int
    bank_usd: int


def open_books(connection: psycopg.Connection, book: ledger.Book = ledger.MAIN) -> Books:
    """Open the accounts and put 100.00 CNY into Ann's and 50.00 CNY into Bob's."""
    ledger.define_currency(connection, CNY, book=book)
    ledger.define_currency(connection, USD, book=book)
    openings = [
        ledger.Opening("ann", "CNY", "client"),
        ledger.Opening("ann:gift", "CNY", "client"),
        ledger.Opening("bob", "CNY", "client"),
        ledger.Opening("carl", "CNY", "client"),
        ledger.Opening("bank", "CNY", "custody", None),
        ledger.Opening("income", "CNY", "house", None),
        ledger.Opening("unplaced", "CNY", "suspense", None),
        ledger.Opening("ann:usd", "USD", "client"),
        ledger.Opening("bank:usd", "USD", "custody", None),
    ]
    books = Books(*ledger.open_accounts(connection, openings, book=book))
    ledger.post(
        connection,
        [pay(books.bank, books.ann, 10_000), pay(books.bank, books.bob, 5_000)],
        book=book,
        atomic=True,
    )
    return books


def pay(
    payer: int | tuple[int, ...],
    receiver: int,
    amount: int,
    *,
    key: str | None = None,
    at: datetime = NOON,
    kind: ledger.Kind = PAYMENT,
    info: str = "",
    sno: str | None = None,
) -> ledger.Entry:
    """An entry that moves fen from a payer, or from several in order, to a receiver."""
    payers = payer if isinstance(payer, tuple) else (payer,)
    return ledger.Entry(
        kind=kind,
        legs=(ledger.Draw(payers, amount), ledger.Leg(receiver, amount)),
        key=ledger.key_of("test", key or f"payment-{next(_NUMBERS)}"),
        effective_at=at,
        actor="test",
        info=info,
        sno=sno,
    )


def post_one(connection: psycopg.Connection, entry: ledger.Entry) -> ledger.Verdict:
    """Post one entry and give its verdict."""
    return ledger.post(connection, [entry])[0]


def refusal_of(verdict: ledger.Verdict) -> str:
    """The code of a refusal; fails when the entry was accepted."""
    assert isinstance(verdict, ledger.Refused), verdict
    return verdict.refusal.code
