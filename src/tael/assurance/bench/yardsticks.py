"""What the figures are measured against, in the same run on the same server.

The first yardstick is what the database takes to store the very same rows when nobody judges them. The
second is the ledger that a developer would have written in an afternoon.

Source: issue 2, section 6 (yardsticks a and b).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tael.assurance.bench.arena import FUNDS
from tael.assurance.bench.sample import Sample, Stopwatch
from tael.assurance.bench.traffic import ACTOR, TRANSFER, Single, Traffic, now
from tael.ledger.arrays import copy_layout, copy_rows, microseconds
from tael.ledger.leaves import make_room

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tael import ledger
    from tael.assurance.bench.arena import Arena

_COPY_ENTRY: Final = (
    "COPY {book}.entry (id, first_posting, reverses, effective_at, booked_at, legs, kind, channel, actor)"
    " FROM STDIN (FORMAT BINARY)"
)
_COPY_KEY: Final = "COPY {book}.entry_key (key, entry, digest) FROM STDIN (FORMAT BINARY)"
_NUMBERS: Final = ("id", "entry", "account", "version", "amount", "balance_after", "prev")
_COPY_POSTING: Final = f"COPY {{book}}.posting ({', '.join(_NUMBERS)}) FROM STDIN (FORMAT BINARY)"
_KEY_ROW: Final = copy_layout([("key", "V16", 16), ("entry", ">i8", 8), ("digest", "V16", 16)])
_POSTING_ROW: Final = copy_layout([(name, ">i8", 8) for name in _NUMBERS])


class BareCopy:
    """Binary COPY of the same rows into the same tables and indexes: no rules, no balances.

    The rows lie ready in memory before the clock runs. One commit a batch.
    """

    def __init__(self, arena: Arena, book: ledger.Book, traffic: Traffic, size: int) -> None:
        """Start after the highest numbers that the book has."""
        self.name = f"bare COPY, batches of {size:,}"
        self._arena, self._book, self._traffic, self._size = arena, book, traffic, size
        self._connection = arena.connect()

    def run(self, seconds: float) -> Sample:
        """Store batch after batch."""
        watch = Stopwatch(self._arena.backends)
        cursor = self._connection.cursor()
        while watch.seconds < seconds:
            entry, posting = self._numbers()
            streams = self._streams(entry, posting)
            with watch.lap(self._size):
                for statement, stream in streams:
                    with cursor.copy(self._book.sql(statement)) as copy:
                        copy.write(stream)
                self._connection.commit()
        return watch.sample()

    def _numbers(self) -> tuple[int, int]:
        """Take the batch's numbers, with room for them."""
        row = self._connection.execute(
            self._book.sql("SELECT entry_first, posting_first FROM {book}.take_ids(%s, %s)"),
            [self._size, 2 * self._size],
        ).fetchone()
        assert row is not None
        entry, posting = row
        make_room(self._connection, self._book, entry + self._size, posting + 2 * self._size)
        self._connection.commit()
        return int(entry), int(posting)

    def _streams(self, entry: int, posting: int) -> tuple[tuple[str, bytes], ...]:
        """Lay out the rows as post_columns writes them; balances and chain are made up."""
        payer, receiver, amount = self._traffic.pairs(self._size)
        place = np.arange(self._size, dtype=np.int64)
        entries = np.repeat(_entry_row(), self._size)
        entries["id"] = entry + place
        entries["first_posting"] = posting + 2 * place
        keys = np.repeat(_KEY_ROW, self._size)
        ordered = self._traffic.keys(self._size)
        keys["key"] = np.sort(ordered.view("S16")).view("V16")
        keys["entry"] = entry + place
        keys["digest"] = self._traffic.keys(self._size)
        postings = np.repeat(_POSTING_ROW, 2 * self._size)
        postings["id"] = posting + np.arange(2 * self._size)
        postings["entry"] = entry + np.repeat(place, 2)
        postings["account"] = np.stack((payer, receiver), axis=1).reshape(-1)
        postings["amount"] = np.stack((-amount, amount), axis=1).reshape(-1)
        postings["version"] = 1 + posting % 1000
        postings["balance_after"] = FUNDS
        postings["prev"] = np.maximum(postings["id"].astype(np.int64) - 5000, 0)
        return (
            (_COPY_ENTRY, copy_rows(entries)),
            (_COPY_KEY, copy_rows(keys)),
            (_COPY_POSTING, copy_rows(postings)),
        )


def _entry_row() -> NDArray[Any]:
    """Lay out an entry of a plain transfer."""
    words = (("kind", TRANSFER.code.encode()), ("channel", b""), ("actor", ACTOR.encode()))
    row = copy_layout(
        [
            ("id", ">i8", 8),
            ("first_posting", ">i8", 8),
            ("reverses", "", 0),
            ("effective_at", ">i8", 8),
            ("booked_at", ">i8", 8),
            ("legs", ">i2", 2),
            *((name, f"V{len(word)}", len(word)) for name, word in words),
        ]
    )
    row["effective_at"] = row["booked_at"] = microseconds(now())
    row["legs"] = 2
    for name, word in words:
        if word:
            row[name] = np.frombuffer(word, dtype=f"V{len(word)}")[0]
    return row


_NAIVE_TABLES: Final = """
    CREATE SCHEMA naive;
    CREATE TABLE naive.account (
        id bigint PRIMARY KEY,
        balance bigint NOT NULL CHECK (balance >= 0)
    );
    CREATE TABLE naive.transfer (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key uuid NOT NULL UNIQUE,
        booked_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE naive.line (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        transfer bigint NOT NULL REFERENCES naive.transfer,
        account bigint NOT NULL REFERENCES naive.account,
        amount bigint NOT NULL
    );
"""


# Every account has a line already: checked against empty tables, the foreign keys would get bad plans.
_NAIVE_OPENING: Final = """
    WITH opened AS (
        INSERT INTO naive.account SELECT n, %(funds)s FROM generate_series(1, %(accounts)s) AS n
        RETURNING id, balance
    ), transfer AS (
        INSERT INTO naive.transfer (key) SELECT gen_random_uuid() FROM opened RETURNING id
    )
    INSERT INTO naive.line (transfer, account, amount)
    SELECT t.id, o.id, o.balance
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM transfer) AS t
    JOIN (SELECT *, row_number() OVER (ORDER BY id) AS n FROM opened) AS o USING (n)
"""


class Naive:
    """The afternoon ledger: a transaction of two updates and two inserts for each transfer, one client."""

    name = "naive ledger, one client"

    def __init__(self, arena: Arena, *, seed: int) -> None:
        """Make its tables, with primary keys, foreign keys and a check of the balance."""
        self._arena = arena
        with arena.connect() as connection:
            connection.execute(_NAIVE_TABLES)
            connection.execute(_NAIVE_OPENING, {"accounts": arena.accounts, "funds": FUNDS})
        arena.tidy()
        self._connection = arena.connect()
        self._singles = Traffic(range(1, arena.accounts + 1), seed=seed).singles()

    def run(self, seconds: float) -> Sample:
        """Transfer one after the other, each with its own commit."""
        watch = Stopwatch(self._arena.backends)
        while watch.seconds < seconds:
            with watch.lap(100):
                for single in islice(self._singles, 100):
                    self._transfer(single)
        return watch.sample()

    def _transfer(self, transfer: Single) -> None:
        key, payer, receiver, amount = transfer
        execute = self._connection.execute
        move = "UPDATE naive.account SET balance = balance + %s WHERE id = %s"
        execute(move, [-amount, payer])
        execute(move, [amount, receiver])
        row = execute("INSERT INTO naive.transfer (key) VALUES (%s) RETURNING id", [key]).fetchone()
        assert row is not None
        execute(
            "INSERT INTO naive.line (transfer, account, amount) VALUES (%s, %s, %s), (%s, %s, %s)",
            [row[0], payer, -amount, row[0], receiver, amount],
        )
        self._connection.commit()
