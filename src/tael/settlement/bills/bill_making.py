"""Making bills (賬單): taking every unsettled confirmed record up to a day, once, and adding it up.

Source: B-17, B-18, B-21 to B-23, B-26; A-B10, A-B11, A-B15; peers-settlement-invest A5, A8, A12.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from psycopg import Cursor
from psycopg.errors import NumericValueOutOfRange

from tael import books
from tael.refusal import Because, Refusal
from tael.settlement.models import BillLine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

# Taken and added up in one statement: what is not in the sums is not taken, and the other way round.
# The records are locked in the order of their numbers, as everybody locks them who wants several; one that
# another bill takes at the same moment is found taken when its lock is had, and is left out.
_ADDED_UP: Final = """
    SELECT number, kind, CASE WHEN apart THEN 'reversal' ELSE 'net' END, sum(quantity), sum(amount)::bigint,
        coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint,
        coalesce(sum(amount) FILTER (WHERE amount < 0), 0)::bigint, count(*)
    FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_TAKE: Final = f"""
    WITH bill AS (
        SELECT * FROM unnest(%(numbers)s::bigint[], %(accounts)s::bigint[], %(until)s::date[], %(blue)s::bool[])
            AS b (number, account, until, blue)
    ), locked AS MATERIALIZED (
        SELECT a.id, b.number, b.blue FROM settlement_accrual AS a JOIN bill AS b ON b.account = a.account
        WHERE a.state = 'confirmed' AND a.bill IS NULL AND a.day <= b.until
        ORDER BY a.id FOR NO KEY UPDATE OF a
    ), taken AS (
        UPDATE settlement_accrual AS a SET bill = l.number FROM locked AS l WHERE a.id = l.id AND a.bill IS NULL
        RETURNING l.number, a.kind, l.blue AND a.type = 'reversal' AS apart, a.amount,
            CASE a.type WHEN 'reversal' THEN -a.quantity ELSE a.quantity END AS quantity
    ){_ADDED_UP}
"""
_TAKE_OVER: Final = f"""
    WITH locked AS MATERIALIZED (
        SELECT a.id FROM settlement_accrual AS a WHERE a.id = ANY(ARRAY(
            SELECT id FROM settlement_accrual WHERE bill = %(old)s
            UNION ALL SELECT id FROM settlement_accrual
            WHERE account = %(account)s AND state = 'confirmed' AND bill IS NULL AND day <= %(until)s
        )) ORDER BY a.id FOR NO KEY UPDATE
    ), taken AS (
        UPDATE settlement_accrual AS a SET bill = %(number)s FROM locked AS l
        WHERE a.id = l.id AND (a.bill = %(old)s OR a.bill IS NULL)
        RETURNING a.bill AS number, a.kind, %(blue)s AND a.type = 'reversal' AS apart, a.amount,
            CASE a.type WHEN 'reversal' THEN -a.quantity ELSE a.quantity END AS quantity
    ){_ADDED_UP}
"""
AMOUNT, RECORDS = 4, 7  # places in a row of sums
AMOUNT_MAX: Final = 2**63 - 1
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


class BillTooLarge(Refusal):
    """What a bill, or one side of a line, comes to is more than a number of the books can hold."""

    code = "bill_too_large"
    because: ClassVar[Because] = "conflict"
    rule = "B-26"
    remedy = "Look at the account's records; reverse what is wrong with them."


def make_bills(due: Sequence[Due], *, actor: str, at: datetime) -> dict[int, Made]:
    """Make the bills of some periods as drafts, inside the caller's transaction; nothing is posted.

    Each takes every confirmed record of its account that no bill has and whose day is not after the
    period, also older ones that were confirmed late. A period without records gets no bill.

    Args:
        due: at most one period per account.

    Returns:
        The bills by account; accounts without records are left out.

    Raises:
        BillTooLarge: of the first that comes to too much.

    Source: B-18, B-21, B-23; A-B10, A-B15.
    """
    assert len({one.account for one in due}) == len(due)  # two would share records
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
    check_sums(*(bill.total for bill in made.values()))
    _enter([one for one in due if one.account in made], made, actor, at)
    enter_lines(lines)
    return made


def take(bills: dict[int, Due]) -> list[tuple[Any, ...]]:
    """Take the unsettled records of some bills' accounts and give them added up, a row per line.

    Raises:
        BillTooLarge.

    Source: B-21, B-23.
    """
    values = {
        "numbers": list(bills),
        "accounts": [one.account for one in bills.values()],
        "until": [one.last for one in bills.values()],
        "blue": [one.blue for one in bills.values()],
    }
    return _summed(_TAKE, values)


def take_over(old: int, *, number: int, due: Due) -> list[tuple[Any, ...]]:
    """Give the records of a void bill to its successor, with what is unsettled; a row per line.

    They never are without a bill: what is settled stays settled.

    Raises:
        BillTooLarge.

    Source: A11; SM-04; B-23.
    """
    values = {
        "old": old,
        "number": number,
        "account": due.account,
        "until": due.last,
        "blue": due.blue,
    }
    return _summed(_TAKE_OVER, values)


def enter_lines(lines: Sequence[tuple[Any, ...]]) -> None:
    """Write lines of bills; what a bill's line has already is added to.

    Raises:
        BillTooLarge.
    """
    columns = [list(column) for column in zip(*lines, strict=True)]
    if columns:
        _summed(_ENTER_LINES, columns)


def check_sums(*totals: int) -> None:
    """Refuse totals that the books cannot hold.

    Raises:
        BillTooLarge.
    """
    for total in totals:
        if abs(total) > AMOUNT_MAX:
            raise _too_large(str(total))


def _summed(statement: str, values: Any) -> list[tuple[Any, ...]]:
    cursor = Cursor(books.connection())
    try:
        cursor.execute(statement, values)
    except NumericValueOutOfRange:
        raise _too_large("more than 19 digits") from None
    return cursor.fetchall() if cursor.description else []


def _too_large(there: str) -> BillTooLarge:
    message = "The bill comes to more than can be held."
    return BillTooLarge(message, field="total", there=there, allowed=f"at most {AMOUNT_MAX}")


def lines_of(bill: int) -> list[BillLine]:
    """Give the lines of a bill, as they are printed.

    Source: B-22.
    """
    return list(BillLine.objects.filter(bill=bill, records__gt=0).order_by("kind", "style"))


def new_numbers(many: int) -> list[int]:
    """Give bill numbers that nobody has had."""
    return [number for (number,) in books.connection().execute(_NUMBERS, [many]).fetchall()]


def _enter(due: Sequence[Due], made: dict[int, Made], actor: str, at: datetime) -> None:
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
        [None] * many,
        [at] * many,
        [actor] * many,
    ]
    if many:
        Cursor(books.connection()).execute(_ENTER_BILLS, columns)
