"""Making bills (賬單): taking every unsettled confirmed record up to a day, once, and adding it up.

Source: B-17, B-18, B-21 to B-23, B-26; A-B10, A-B11, A-B15; peers-settlement-invest A5, A8, A12.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books
from tael.settlement.models import BillLine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

# Taken and added up in one statement: what is not in the sums is not taken, and the other way round.
# Accounts are locked by their run item or bill, so that two makers never want the same records.
_TAKE: Final = """
    WITH bill AS (
        SELECT * FROM unnest(%(numbers)s::bigint[], %(accounts)s::bigint[], %(until)s::date[], %(blue)s::bool[])
            AS b (number, account, until, blue)
    ), taken AS (
        UPDATE settlement_accrual AS a SET bill = b.number FROM bill AS b
        WHERE a.account = b.account AND a.state = 'confirmed' AND a.bill IS NULL AND a.day <= b.until
        RETURNING b.number, a.kind, b.blue AND a.type = 'reversal' AS apart, a.amount,
            CASE a.type WHEN 'reversal' THEN -a.quantity ELSE a.quantity END AS quantity
    )
    SELECT number, kind, CASE WHEN apart THEN 'reversal' ELSE 'net' END, sum(quantity), sum(amount)::bigint,
        coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint,
        coalesce(sum(amount) FILTER (WHERE amount < 0), 0)::bigint, count(*)
    FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_NUMBERS: Final = "SELECT nextval('settlement_bill_number') FROM generate_series(1, %s)"
_ENTER_BILLS: Final = """
    INSERT INTO settlement_bill (number, account, first_day, last_day, state, total, records, terms, replaces,
        made_at, made_by, void_reason)
    SELECT *, '' FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::date[], %s::text[], %s::bigint[],
        %s::int[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[])
"""
_ENTER_LINES: Final = """
    INSERT INTO settlement_bill_line AS line (bill, kind, style, quantity, amount, income, expense, records)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::numeric[], %s::bigint[], %s::bigint[],
        %s::bigint[], %s::int[])
    ON CONFLICT (bill, kind, style) DO UPDATE SET
        quantity = CASE WHEN line.quantity IS NULL THEN excluded.quantity
            ELSE line.quantity + coalesce(excluded.quantity, 0) END,
        amount = line.amount + excluded.amount, income = line.income + excluded.income,
        expense = line.expense + excluded.expense, records = line.records + excluded.records
"""


class Due(NamedTuple):
    """A period of an account that is to be billed.

    Args:
        terms: the number of the terms in force, 0 where none were agreed on. blue: reversals have lines
            of their own.
    """

    account: int
    first: date
    last: date
    terms: int
    blue: bool


class Made(NamedTuple):
    """A bill that was made, as a draft.

    Args:
        total: signed minor units.
    """

    number: int
    account: int
    total: int
    records: int


def make_bills(
    due: Sequence[Due], *, actor: str, at: datetime, replaces: int | None = None
) -> dict[int, Made]:
    """Make the bills of some periods as drafts, inside the caller's transaction; nothing is posted.

    Each takes every confirmed record of its account that no bill has and whose day is not after the
    period, also older ones that were confirmed late. A period without records gets no bill.

    Args:
        due: at most one period per account; the caller has locked them.
        replaces: the bill whose successor the only one is.

    Returns:
        The bills by account; accounts without records are left out.

    Source: B-18, B-21, B-23; A-B10, A-B15.
    """
    assert len({one.account for one in due}) == len(due)
    numbers = new_numbers(len(due))
    lines = take(dict(zip(numbers, due, strict=True)))
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for number, _kind, _style, _quantity, amount, _income, _expense, records in lines:
        totals[number][0] += amount
        totals[number][1] += records
    made = {
        one.account: Made(number, one.account, *totals[number])
        for number, one in zip(numbers, due, strict=True)
        if number in totals
    }
    _enter([one for one in due if one.account in made], made, actor, at, replaces)
    enter_lines(lines)
    return made


def take(bills: dict[int, Due]) -> list[tuple[Any, ...]]:
    """Take the unsettled records of some bills' accounts and give them added up, a row per line.

    Source: B-21, B-23.
    """
    values = {
        "numbers": list(bills),
        "accounts": [one.account for one in bills.values()],
        "until": [one.last for one in bills.values()],
        "blue": [one.blue for one in bills.values()],
    }
    return Cursor(books.connection()).execute(_TAKE, values).fetchall()


def enter_lines(lines: Sequence[tuple[Any, ...]]) -> None:
    """Write lines of bills; what a bill's line has already is added to."""
    columns = [list(column) for column in zip(*lines, strict=True)]
    if columns:
        Cursor(books.connection()).execute(_ENTER_LINES, columns)


def lines_of(bill: int) -> list[BillLine]:
    """Give the lines of a bill, as they are printed.

    Source: B-22.
    """
    return list(BillLine.objects.filter(bill=bill, records__gt=0).order_by("kind", "style"))


def new_numbers(many: int) -> list[int]:
    """Give bill numbers that nobody has had."""
    return [number for (number,) in books.connection().execute(_NUMBERS, [many]).fetchall()]


def _enter(
    due: Sequence[Due], made: dict[int, Made], actor: str, at: datetime, replaces: int | None
) -> None:
    many = len(due)
    bills = [made[one.account] for one in due]
    columns: list[list[Any]] = [
        [bill.number for bill in bills],
        [one.account for one in due],
        [one.first for one in due],
        [one.last for one in due],
        ["draft"] * many,
        [bill.total for bill in bills],
        [bill.records for bill in bills],
        [one.terms for one in due],
        [replaces] * many,
        [at] * many,
        [actor] * many,
    ]
    if many:
        Cursor(books.connection()).execute(_ENTER_BILLS, columns)
