"""The statement of a wallet (賬戶對賬單) for a period of days, from the query that the page shows.

The lines stand in the order of their effect, oldest first; the balances after them, the opening and the
closing are those of the wallet's whole history, whatever operation is asked for.

Source: F-22, E-02; B-28, B-29 (closing = opening + entries - exits); I-140.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from tael.documents.labels import word
from tael.documents.sheet import LINES_MAX, Sheet, too_long
from tael.parties.queries import customer_names
from tael.wallet.account_statement import Period, whole_statement
from tael.wallet.queries import wallet_view
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from tael.documents.labels import Language
    from tael.documents.sheet import Cell
    from tael.wallet.account_statement import AccountStatement
    from tael.wallet.flow import FlowRecord, WalletLine
    from tael.wallet.operation import Operation
    from tael.wallet.wallet import Wallet

COLUMNS: Final = (
    "number",
    "effective",
    "operation",
    "change liquid",
    "change locked",
    "change frozen",
    "after liquid",
    "after locked",
    "after frozen",
    "currency",
    "channel",
    "other",
    "sno",
    "pno",
    "code",
    "info",
    "booked",
)


@dataclass(frozen=True, slots=True)
class WalletStatement:
    """A wallet's statement, read.

    Args:
        since: the first day. until: the last day, included; both of the business zone.
        operation: the only one whose lines are in it, if one was asked for.
        customer_name: as registered now.
        lines: oldest first.
    """

    wallet: Wallet
    customer_name: str
    since: date
    until: date
    operation: Operation | None
    figures: AccountStatement
    lines: list[WalletLine]

    @property
    def name(self) -> str:
        """Name the file, without its ending."""
        only = f"-{self.operation.word}" if self.operation else ""
        return f"statement-{self.wallet.number}-{self.since}-{self.until}{only}"

    @property
    def made_at(self) -> datetime:
        """Give the moment that the file is of: its newest booking, else the beginning of its period."""
        booked = [line.record.booked_at for line in self.lines]
        return max(booked) if booked else start_of(self.since)


def read_statement(wallet: Wallet, period: Period = Period()) -> WalletStatement:  # noqa: B008 - frozen
    """Read a wallet's statement by date of effect.

    Args:
        period: as the page asks for it. A bound that is left open is the day of the first or the
            newest line, or the day on which the wallet was opened.

    Raises:
        DocumentTooLong: there are more lines than one file may have.

    Source: F-22; B-28.
    """
    found = whole_statement(wallet, period, most=LINES_MAX)
    if found is None:
        raise too_long(f"wallet {wallet.number}")
    lines = found.lines[::-1]
    days = [local(line.record.effective_at).date() for line in lines]
    first, last = _days(period)
    days = days or [first or last or local(wallet_view(wallet).opened_at).date()]
    return WalletStatement(
        wallet=wallet,
        customer_name=customer_names([wallet.owner]).get(wallet.owner, ""),
        since=first or days[0],
        until=last or days[-1],
        operation=period.operation,
        figures=found,
        lines=lines,
    )


def days_through(
    since: date | None, until: date | None, operation: Operation | None = None
) -> Period:
    """Give the period of whole days of the business zone, both included.

    Source: A-F2; B-28.
    """
    return Period(
        since=start_of(since) if since else None,
        until=start_of(until + timedelta(days=1)) if until else None,
        operation=operation,
    )


def _days(period: Period) -> tuple[date | None, date | None]:
    """Give the first and the last day of a period; its end is the first moment after it."""
    first = local(period.since).date() if period.since else None
    last = local(period.until - timedelta(microseconds=1)).date() if period.until else None
    return first, last


def statement_sheet(statement: WalletStatement, language: Language) -> Sheet:
    """Make the table of a statement.

    Source: F-22; reliability, T15.
    """
    shown = statement.figures
    facts: list[tuple[str, Cell]] = [
        (word("wallet", language), str(statement.wallet.number)),
        (word("customer", language), f"{statement.wallet.owner} {statement.customer_name}".strip()),
        (word("currency", language), statement.wallet.currency.code),
        (word("from", language), statement.since.isoformat()),
        (word("to", language), statement.until.isoformat()),
        (word("zone", language), zone_name()),
        (word("opening liquid", language), shown.opening.liquid),
        (word("opening locked", language), shown.opening.locked),
        (word("opening frozen", language), shown.opening.frozen),
        (moved_label("came", statement, language), shown.came),
        (moved_label("went", statement, language), shown.went),
        (word("closing liquid", language), shown.closing.liquid),
        (word("closing locked", language), shown.closing.locked),
        (word("closing frozen", language), shown.closing.frozen),
        (word("lines", language), len(statement.lines)),
    ]
    if statement.operation:
        facts.insert(6, (word("only", language), word(statement.operation.word, language)))
    return Sheet(
        name=statement.name,
        title=word("statement", language),
        facts=facts,
        columns=[word(name, language) for name in COLUMNS],
        rows=[_row(statement.wallet, line, language) for line in statement.lines],
        made_at=statement.made_at,
    )


def moved_label(name: str, statement: WalletStatement, language: Language) -> str:
    """Say of what came or went what it counts: with one operation alone it is not all between opening and closing.

    Source: F-22; B-29.
    """
    label = word(name, language)
    if statement.operation is None:
        return label
    return f"{label}: {word(statement.operation.word, language)}"


def _row(wallet: Wallet, line: WalletLine, language: Language) -> list[Cell]:
    record, change, after = line.record, line.change, line.after
    return [
        record.id,
        local(record.effective_at),
        operation_name(record, language),
        change.liquid,
        change.locked,
        change.frozen,
        after.liquid,
        after.locked,
        after.frozen,
        wallet.currency.code,
        record.channel,
        other_wallet(record, wallet),
        record.sno,
        record.pno or "",
        record.code,
        record.info,
        local(record.booked_at),
    ]


def operation_name(record: FlowRecord, language: Language) -> str:
    """Name what a record is; one that takes another back says so.

    Source: F-01, F-22.
    """
    if record.operation is None:
        return record.kind
    name = word(record.operation.word, language)
    if record.reverses is None:
        return name
    return word("taken back", language).format(operation=name)


def other_wallet(record: FlowRecord, wallet: Wallet) -> str:
    """Give the number of the wallet at the other end, if there is one.

    Source: F-22; A-F15.
    """
    others = [one for one in (record.out_of, record.into) if one is not None and one != wallet]
    return str(others[0].number) if others else ""


def local(moment: datetime) -> datetime:
    """Give a moment in the business zone.

    Source: A-F2.
    """
    return moment.astimezone(business_zone())


def start_of(day: date) -> datetime:
    """Give the moment at which a day of the business zone begins.

    Source: A-F2.
    """
    return datetime.combine(day, time(), business_zone()).astimezone(UTC)


def zone_name() -> str:
    """Name the business zone, as in "Asia/Shanghai".

    Source: A-F2.
    """
    return str(business_zone())
