"""Random histories of a book, with everything in them that could confuse a reader of its export."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tael import ledger
from tael.money import Currency

if TYPE_CHECKING:
    import psycopg

    from tael.ledger.account import AccountClass

UNITS = (
    Currency("CNY", 2, "money", "人民幣"),
    Currency("JPY", 0),
    Currency("XBT", 8),
    Currency("PT2", 0, "points"),
    Currency("NULL", 3, "points"),  # a word of beancount's own
)
CODES = (
    "wallet:{n}:free",
    "gate:Alipay:{n}",
    "gate:alipay:{n}",
    "two  spaces;{n}",
    "TWO  spaces;{n}",
    "(virtual{n})",
    "[balanced{n}]",
    "a::b{n}",
    "{n}:",
    "微信:{n}",
    "X微{n}",
    "tab\t{n}",
    "line\n{n}",
    "* {n}",
    'quote"{n}',
)
CLASSES: tuple[AccountClass, ...] = ("client", "house", "custody", "suspense")
HOSTILE = (
    "",
    "rent for March",
    "; a comment",
    "two\nlines\n2020-01-01 * injected\n  client:evil  1 CNY",
    '" 1.00 CNY\n2020-01-01 open Assets:Evil',
    "back\\slash \\n not a line",
    "(code) * ! status",
    "=1+1",
    "-1",
    "@SUM(A1)",
    "'quoted",
    "｜ | bar ;",
    "date:2020-99-99, [2020-99-99]",
    "\u2028line\u2029paragraph\u0085next\x0bvt",
    "\u202eright to left\u200b",
    "轉賬 🧧 é e\u0301",
    "\r\n\t\x07\x1b[31m",
    "{} %s #tag ^link",
    ",,,",
    "~ 0 CNY",
)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
KIND = ledger.Kind("test.movement", "Movement", mixes=True)


def random_history(
    connection: psycopg.Connection,
    seed: int,
    *,
    entries: int = 150,
    book: ledger.Book = ledger.MAIN,
) -> None:
    """Post random entries: one or two currencies, many legs, any text, dates in any order, some taken back."""
    chance = random.Random(seed)
    accounts = _open(connection, chance, book)
    for number in range(entries):
        legs: list[ledger.Leg] = []
        for unit in chance.sample(list(accounts), chance.choice((1, 1, 2))):
            chosen = chance.sample(accounts[unit], chance.randint(2, 4))
            amounts = [chance.randint(1, 10 ** chance.randint(1, 15)) for _ in chosen[1:]]
            legs += [ledger.Leg(*leg) for leg in zip(chosen[1:], amounts, strict=True)]
            legs.append(ledger.Leg(chosen[0], -sum(amounts)))
        chance.shuffle(legs)
        entry = ledger.Entry(
            kind=KIND,
            legs=tuple(legs),
            key=ledger.key_of("history", f"{seed}-{number}"),
            effective_at=BEGIN + timedelta(hours=chance.randint(-20_000, 20_000)),
            actor="user:10000",
            channel=chance.choice(("Alipay", "Ali,pay", "Admin")),
            sno=chance.choice((None, "1,2:3", "[2020-99-99]")),
            pno=chance.choice((None, "date:2020-99-99", '"pno"')),
            code=chance.choice(("", "AdminRecharge")),
            info=chance.choice(HOSTILE),
            data=chance.choice((None, {"text": chance.choice(HOSTILE), "number": 1})),
        )
        (verdict,) = ledger.post(connection, [entry], book=book)
        assert isinstance(verdict, ledger.Posted), verdict
        if chance.random() < 0.1:
            ledger.reverse(
                connection,
                verdict.entry_id,
                key=ledger.key_of("history", f"back-{seed}-{number}"),
                actor="user:1",
                effective_at=entry.effective_at,
                info=chance.choice(HOSTILE),
                book=book,
            )


def _open(
    connection: psycopg.Connection, chance: random.Random, book: ledger.Book
) -> dict[str, list[int]]:
    accounts: dict[str, list[int]] = {}
    for unit in UNITS:
        ledger.define_currency(connection, unit, book=book)
        accounts[unit.code] = ledger.open_accounts(
            connection,
            [
                ledger.Opening(code.format(n=unit.code), unit.code, CLASSES[place % 4], None)
                for place, code in chance.sample(list(enumerate(CODES)), 8)
            ],
            book=book,
        )
    return accounts


def stored(
    connection: psycopg.Connection, book: ledger.Book = ledger.MAIN
) -> dict[str, tuple[str, str, int]]:
    """What each account holds as the ledger has it: code to (class, currency, minor units)."""
    return {
        account.code: (account.class_, account.currency, account.balance)
        for account in ledger.accounts(connection, book=book)
    }
