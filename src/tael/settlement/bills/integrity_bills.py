"""Proving bills, their records, their lines and what is kept back of them against each other and the ledger.

Source: reliability, section 2: I3, I17, I18, I30.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import ledger
from tael.settlement.lifecycles import BILL
from tael.wallet.integrity import run

if TYPE_CHECKING:
    from psycopg import Connection

    from tael.ledger import Book
    from tael.ledger.integrity import Violation

# What a record adds to a line of its bill.
_SUMS: Final = """
    SELECT bill, kind, sum(CASE type WHEN 'reversal' THEN -quantity ELSE quantity END) AS quantity, sum(amount) AS amount,
        coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS income,
        coalesce(sum(amount) FILTER (WHERE amount < 0), 0) AS expense, count(*) AS records
    FROM settlement_accrual WHERE bill IS NOT NULL GROUP BY bill, kind
"""
_LINES: Final = """
    SELECT bill, kind, sum(quantity) AS quantity, sum(amount) AS amount, sum(income) AS income,
        sum(expense) AS expense, sum(records) AS records
    FROM settlement_bill_line GROUP BY bill, kind
"""
# invariant, message, SQL that gives (subject, detail) for each violation
OF_BILLS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I17",
        "bill {} is of {}",
        """
        SELECT b.number::text, b.total || ' by ' || b.records || ' records, its lines say ' || coalesce(l.amount, 0)
            || ' by ' || coalesce(l.records, 0)
        FROM settlement_bill AS b LEFT JOIN (
            SELECT bill, sum(amount) AS amount, sum(records) AS records FROM settlement_bill_line GROUP BY bill
        ) AS l ON l.bill = b.number
        WHERE (b.total, b.records::bigint) IS DISTINCT FROM (l.amount, l.records)
        """,
    ),
    (
        "I17",
        "bill {} has the line {}",
        f"""
        SELECT coalesce(l.bill, r.bill)::text, coalesce(l.kind, r.kind) || ' of ' || coalesce(l.amount, 0)
            || ' by ' || coalesce(l.records, 0) || ', its records come to ' || coalesce(r.amount, 0) || ' by '
            || coalesce(r.records, 0)
        FROM ({_LINES}) AS l JOIN settlement_bill AS b ON b.number = l.bill AND b.state <> 'void'
        FULL JOIN ({_SUMS}) AS r ON (r.bill, r.kind) = (l.bill, l.kind)
        WHERE (l.amount, l.income, l.expense, l.records) IS DISTINCT FROM (r.amount, r.income, r.expense, r.records)
            OR coalesce(l.quantity, 0) <> coalesce(r.quantity, 0)
        """,
    ),
    (
        "I17",
        "record {} is on bill {}",
        """
        SELECT a.id::text, a.bill || coalesce(', which is ' || b.state || ', of account ' || b.account || ' to '
            || b.last_day, ', which is not there') || '; it is ' || a.state || ', of ' || a.account || ' and ' || a.day
        FROM settlement_accrual AS a LEFT JOIN settlement_bill AS b ON b.number = a.bill
        WHERE a.bill IS NOT NULL AND (
            b.number IS NULL OR b.state = 'void' OR b.account <> a.account OR a.day > b.last_day OR a.state <> 'confirmed'
        )
        """,
    ),
    (
        "I17",
        "void bill {} has {}",
        """
        SELECT b.number::text, count(s.number) || ' successors' FROM settlement_bill AS b
        LEFT JOIN settlement_bill AS s ON s.replaces = b.number
            AND (s.account, s.first_day, s.last_day) = (b.account, b.first_day, b.last_day)
        GROUP BY b.number, b.state HAVING count(s.number) <> CASE b.state WHEN 'void' THEN 1 ELSE 0 END
        """,
    ),
    (
        "I17",
        "period {} was billed by {}",
        """
        SELECT i.id::text, i.bill || coalesce(', of account ' || b.account || ' to ' || b.last_day, ', which is not there')
        FROM settlement_bill_run_item AS i LEFT JOIN settlement_bill AS b ON b.number = i.bill
        WHERE i.bill IS NOT NULL AND (b.account, b.first_day, b.last_day) IS DISTINCT FROM (i.account, i.first_day, i.last_day)
        """,
    ),
    (
        "I18",
        "bill {} was posted by {}",
        """
        SELECT b.number::text, 'entry ' || coalesce(b.entry::text, 'none') || ', a ' || coalesce(e.kind, 'missing one')
            || ' of ' || coalesce(p.amount, 0) || '; it is ' || b.state || ', of ' || b.total
        FROM settlement_bill AS b JOIN settlement_account AS m ON m.number = b.account
        LEFT JOIN {book}.entry AS e ON e.id = b.entry AND e.legs = 2
        LEFT JOIN {book}.posting AS p ON p.entry = b.entry AND p.account = m.account
        LEFT JOIN {book}.account AS h ON h.code = 'house:settlement:' || m.currency
        LEFT JOIN {book}.posting AS o ON o.entry = b.entry AND o.account = h.id
        WHERE CASE
            WHEN b.entry IS NULL THEN b.state = 'issued' AND b.total <> 0
            ELSE b.state NOT IN ('issued', 'void') OR b.total = 0
                OR (e.kind, p.amount, o.amount) IS DISTINCT FROM ('settlement.bill', b.total, -b.total)
        END
        """,
    ),
    (
        "I18",
        "void bill {} was taken back by {}",
        """
        SELECT b.number::text, 'entry ' || coalesce(b.void_entry::text, 'none') || ', a ' || coalesce(e.kind, 'missing one')
            || ' of ' || coalesce(p.amount, 0) || '; it had been entered by ' || coalesce(b.entry::text, 'none')
        FROM settlement_bill AS b JOIN settlement_account AS m ON m.number = b.account
        LEFT JOIN {book}.entry AS e ON e.id = b.void_entry
        LEFT JOIN {book}.posting AS p ON p.entry = b.void_entry AND p.account = m.account
        WHERE (b.state = 'void' AND b.entry IS NOT NULL OR b.void_entry IS NOT NULL)
            AND (e.kind, e.reverses, p.amount) IS DISTINCT FROM ('settlement.bill_void', b.entry, -b.total)
        """,
    ),
    (
        "I18",
        "entry {} enters no bill, though it is a {}",
        """
        SELECT e.id::text, e.kind FROM {book}.entry AS e
        LEFT JOIN settlement_bill AS b ON e.id IN (b.entry, b.void_entry)
        WHERE e.kind IN ('settlement.bill', 'settlement.bill_void') AND b.number IS NULL
        """,
    ),
    (
        "I30",
        "bill {} is {}, which no bill can be",
        f"SELECT number::text, coalesce(state, 'none') FROM settlement_bill WHERE ({BILL.check_sql('state')}) IS NOT TRUE",
    ),
)
OF_RESERVES: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I3",
        "merchant account {} has a reserve of {}",
        """
        SELECT m.number::text, coalesce(a.balance, 0) || ', kept back of its bills is ' || coalesce(r.amount, 0)
        FROM settlement_account AS m LEFT JOIN {book}.account AS a ON a.id = m.reserve LEFT JOIN (
            SELECT account, sum(amount) AS amount FROM settlement_reserve WHERE release_entry IS NULL GROUP BY account
        ) AS r ON r.account = m.number
        WHERE a.balance IS DISTINCT FROM coalesce(r.amount, 0)
        """,
    ),
    (
        "I3",
        "what is kept back of bill {} was moved by {}",
        """
        SELECT r.bill::text, 'entry ' || moved.entry || ', a ' || coalesce(e.kind, 'missing one') || ' of '
            || coalesce(p.amount, 0) || ', not ' || moved.amount
        FROM settlement_reserve AS r JOIN settlement_account AS m ON m.number = r.account
        JOIN settlement_bill AS b ON b.number = r.bill
        CROSS JOIN LATERAL (VALUES
            (r.entry, r.amount, ARRAY['settlement.reserve']),
            (r.release_entry, -r.amount, ARRAY['settlement.reserve_release', 'settlement.reserve_back'])
        ) AS moved (entry, amount, kinds)
        LEFT JOIN {book}.entry AS e ON e.id = moved.entry
        LEFT JOIN {book}.posting AS p ON p.entry = moved.entry AND p.account = m.reserve
        WHERE moved.entry IS NOT NULL AND (
            p.amount IS DISTINCT FROM moved.amount OR (e.kind = ANY(moved.kinds)) IS NOT TRUE OR b.account <> r.account
            OR (e.kind = 'settlement.reserve_back' AND b.state <> 'void')
        )
        """,
    ),
)
OF_ACCOUNTS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I3",
        "merchant account {} has a line that is {}",
        """
        SELECT m.number::text, 'in entry ' || e.id || ', a ' || e.kind FROM settlement_account AS m
        JOIN {book}.posting AS p ON p.account IN (m.account, m.reserve)
        JOIN {book}.entry AS e ON e.id = p.entry
        WHERE e.kind NOT LIKE 'settlement.%' AND e.kind <> 'wallet.collect'
        """,
    ),
    (
        "I3",
        "merchant account {} holds {}",
        """
        SELECT m.number::text, coalesce(sum(p.amount), 0) || ' of bills, these come to ' || coalesce(b.total, 0)
        FROM settlement_account AS m LEFT JOIN (
            SELECT account, sum(total) AS total FROM settlement_bill WHERE state = 'issued' GROUP BY account
        ) AS b ON b.account = m.number
        LEFT JOIN ({book}.posting AS p JOIN {book}.entry AS e ON e.id = p.entry
            AND e.kind IN ('settlement.bill', 'settlement.bill_void')) ON p.account = m.account
        GROUP BY m.number, b.total HAVING coalesce(sum(p.amount), 0) <> coalesce(b.total, 0)
        """,
    ),
)
CHECKS: Final = OF_BILLS + OF_RESERVES + OF_ACCOUNTS


def check(connection: Connection, book: Book = ledger.MAIN, *, limit: int = 20) -> list[Violation]:
    """Compare bills with records, lines and ledger; nothing when all is right.

    Source: reliability, section 2 (I17, I18).
    """
    return run(CHECKS, connection, book, limit)
