"""Finding lines of the house's bank accounts, with what explains each, and the files that they came in.

Source: peers-settlement-invest A26, A31, A39; reliability T24.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books
from tael.money import Money
from tael.settlement.bank.bank_evidence import EXPLAINED, evidence_of, lines_of
from tael.settlement.bank.bank_line import UnknownBankLine
from tael.settlement.models import BankLine, BankRow, BankStatement

if TYPE_CHECKING:
    from datetime import date

    from tael.settlement.bank.bank_evidence import Evidence, What

PAGE_MAX: Final = 200
_FROM: Final = (
    "FROM settlement_bank_line AS l JOIN settlement_bank_account AS a ON a.id = l.account WHERE "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLinesWanted:
    """Which lines are wanted; what is None or empty does not matter.

    Args:
        account: code of a bank account. statement: the file that brought them. way: in or out.
        since, until: booking days, both included. number: a reference or payer's number, exactly.
        least, most: amounts in minor units of ``currency``, without sign.
        explained: True for lines that something explains, False for those that nothing does.
    """

    account: str = ""
    statement: int | None = None
    way: str = ""
    currency: str = ""
    since: date | None = None
    until: date | None = None
    number: str = ""
    least: int | None = None
    most: int | None = None
    explained: bool | None = None


class BankLineView(NamedTuple):
    """A line with its account and what it is about."""

    row: BankLine
    evidence: list[Evidence]

    @property
    def amount(self) -> Money:
        """Give what came in, or went out below zero."""
        unit = books.currencies()[self.row.account.currency].currency
        return Money(self.row.amount, unit)

    @property
    def explained(self) -> bool:
        """Whether something accounts for the line."""
        return any(one.explains for one in self.evidence)


class BankTotal(NamedTuple):
    """What the lines that a filter finds come to in one currency."""

    lines: int
    came_in: Money
    went_out: Money


class StatementView(NamedTuple):
    """A file as it was brought, with its account."""

    row: BankStatement

    @property
    def balances(self) -> list[dict[str, Any]]:
        """Give each statement's opening, lines and closing as money, and the difference where it breaks."""
        unit = books.currencies()[self.row.account.currency].currency

        def money(minor: int | None) -> Money | None:
            return None if minor is None else Money(minor, unit)

        told = []
        for one in self.row.balances:
            opening, closing, moved = one["opening"], one["closing"], one["moved"]
            both = opening is not None and closing is not None
            gap = closing - opening - moved if both else 0
            told.append(
                {
                    "name": one["name"],
                    "opening": money(opening),
                    "closing": money(closing),
                    "moved": money(moved),
                    "checked": both,
                    "difference": money(gap) if gap else None,
                }
            )
        return told


def bank_lines(
    wanted: BankLinesWanted, *, limit: int = 50, before: int | None = None
) -> list[BankLineView]:
    """List lines, newest first, with what explains each. Three queries, however many there are.

    Args:
        limit: at most 200. before: the number of the last one seen.

    Source: A26, A31.
    """
    where, values = _where(wanted)
    if before is not None:
        where, values = [*where, "l.id < %s"], [*values, before]
    query = f"SELECT l.id {_FROM} {' AND '.join(where)} ORDER BY l.id DESC LIMIT %s"
    asked = [*values, min(max(limit, 1), PAGE_MAX)]
    rows = Cursor(books.connection()).execute(query, asked).fetchall()
    return _views([row[0] for row in rows])


def bank_totals(wanted: BankLinesWanted) -> list[BankTotal]:
    """Add up all lines that a filter finds, by currency. One query.

    Source: A39.
    """
    where, values = _where(wanted)
    query = f"""
        SELECT a.currency, count(*), coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0)::bigint,
            coalesce(sum(l.amount) FILTER (WHERE l.amount < 0), 0)::bigint
        {_FROM} {" AND ".join(where)} GROUP BY a.currency ORDER BY a.currency
    """
    known = books.currencies()
    rows = Cursor(books.connection()).execute(query, values).fetchall()
    return [
        BankTotal(count, Money(came, known[code].currency), Money(went, known[code].currency))
        for code, count, came, went in rows
    ]


def bank_line(number: int) -> BankLineView:
    """Give one line with what it is about.

    Raises:
        UnknownBankLine: there is none.

    Source: A26.
    """
    found = _views([number]) if 0 < number < 2**63 else []
    if not found:
        raise UnknownBankLine("There is no such line.", field="line", there=str(number)[:32])
    return found[0]


def lines_about(what: What, number: int, *, flow_number: str | None) -> list[BankLineView]:
    """Give the lines that prove something of a remittance or a withdrawal, newest first.

    Source: A29.
    """
    return _views(lines_of(what, number, flow_number=flow_number))


def line_of_item(item: int) -> int | None:
    """Give the line whose money is an item in suspense; None where the item came over a gateway.

    Source: A23.
    """
    return BankLine.objects.filter(item=item).values_list("pk", flat=True).first()


def statements(
    *, account: str = "", limit: int = 50, before: int | None = None
) -> list[StatementView]:
    """List the files that were brought, newest first. One query.

    Source: A26.
    """
    rows = BankStatement.objects.select_related("account").order_by("-pk")
    if account:
        rows = rows.filter(account__code=account)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [StatementView(row) for row in rows[: min(max(limit, 1), PAGE_MAX)]]


def refused_rows(statement: int, *, limit: int = 100, after: int = 0) -> list[BankRow]:
    """Give the rows of a file that were not taken, in its order.

    Args:
        after: behind this row.

    Source: A26; T15.
    """
    rows = BankRow.objects.filter(statement=statement, row__gt=after).order_by("row")
    return list(rows[: min(max(limit, 1), PAGE_MAX)])


def _views(numbers: list[int]) -> list[BankLineView]:
    if not numbers:
        return []
    rows = BankLine.objects.select_related("account", "statement").in_bulk(numbers)
    evidence = evidence_of(numbers)
    return [BankLineView(rows[one], evidence.get(one, [])) for one in numbers if one in rows]


def _where(wanted: BankLinesWanted) -> tuple[list[str], list[Any]]:
    """Give conditions and their values; texts that no database keeps find nothing."""
    if "\0" in wanted.number + wanted.account:
        return ["false"], []
    asked: list[tuple[str, Any]] = [
        ("a.code = %s", wanted.account or None),
        ("a.currency = %s", wanted.currency or None),
        ("l.statement = %s", wanted.statement),
        ("l.booked_on >= %s", wanted.since),
        ("l.booked_on <= %s", wanted.until),
        ("abs(l.amount) >= %s", wanted.least),
        ("abs(l.amount) <= %s", wanted.most),
    ]
    where = ["true", *(text for text, value in asked if value is not None)]
    values = [value for _, value in asked if value is not None]
    if wanted.number:
        where.append("(l.reference = %s OR l.end_to_end = %s)")
        values += [wanted.number, wanted.number]
    if wanted.way:
        where.append("l.amount > 0" if wanted.way == "in" else "l.amount < 0")
    if wanted.explained is not None:
        where.append(EXPLAINED if wanted.explained else f"NOT {EXPLAINED}")
    return where, values
