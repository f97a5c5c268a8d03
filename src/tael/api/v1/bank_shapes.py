"""What the house's bank accounts, statements and lines look like over HTTP."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from tael.api.fields import Body, LineText
from tael.api.v1.merchant_shapes import RegistryCode
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_out, money_out

if TYPE_CHECKING:
    from tael.settlement.bank.bank_search import BankLineView, BankTotal, StatementView
    from tael.settlement.models import BankAccountRow, BankMap, BankRow

What = Literal["suspense", "remittance", "payout", "recharge"]


class BankMapIn(Body):
    """How a bank writes its sheets: its heading for each field, the form of days, the decimal mark, the encoding."""

    name: LineText
    columns: dict[str, LineText]
    day: LineText = "YYYY-MM-DD"
    mark: LineText = "."
    encoding: LineText = "auto"


class BankMapOut(Out):
    """A saved column map."""

    code: str
    name: str
    columns: dict[str, str]
    day: str
    mark: str
    encoding: str
    set_at: datetime


class BankMapsOut(Out):
    """The column maps."""

    data: list[BankMapOut]


class BankAccountIn(Body):
    """An account that the house has at a bank; `map` is the code of a column map, or empty."""

    code: RegistryCode
    name: LineText
    channel: LineText
    currency: LineText
    number: LineText
    map: LineText = ""


class BankAccountMapIn(Body):
    """By which map the sheets of an account are read."""

    map: RegistryCode


class BankAccountOut(Out):
    """An account that the house has at a bank."""

    code: str
    name: str
    channel: str
    currency: str
    number: str
    map: str | None


class BankAccountsOut(Out):
    """The house's bank accounts."""

    data: list[BankAccountOut]


class BankBalanceOut(Out):
    """What a file says of the account before and after its lines; `difference` where they do not agree."""

    name: str
    opening: MoneyOut | None
    moved: MoneyOut
    closing: MoneyOut | None
    difference: MoneyOut | None


class BankStatementOut(Out):
    """A file as it was brought: `rows` = `added` + `known` + `refused`."""

    number: int
    account: str
    name: str
    format: str
    digest: str
    rows: int
    added: int
    known: int
    refused: int
    first_day: date | None
    last_day: date | None
    balances: list[BankBalanceOut]
    breaks: int
    brought_at: datetime
    brought_by: str


class BankRowOut(Out):
    """A row of a file that was not taken."""

    row: int
    code: str
    field: str
    reason: str
    said: str


class BankBroughtOut(BankStatementOut):
    """A file as it was brought, with the first 100 rows that were refused."""

    refusals: list[BankRowOut]


class BankStatementsOut(Page):
    """A page of files, newest first."""

    data: list[BankStatementOut]


class BankRowsOut(Page):
    """A page of rows that were refused, in the order of the file."""

    data: list[BankRowOut]


class EvidenceOut(Out):
    """One thing that a line is about; `batch` where its payout waits for the bank's answer."""

    what: What
    number: int
    state: str
    explains: bool
    batch: int | None


class BankLineOut(Out):
    """One booking on the house's account; `amount` is below zero where money went out."""

    number: int
    account: str
    statement: int
    row: int
    booked_on: date
    value_on: date | None
    amount: MoneyOut
    reference: str
    end_to_end: str
    counterparty: str
    counterparty_account: str
    text: str
    item: int | None
    explained: bool
    evidence: list[EvidenceOut]


class BankLineDoneOut(BankLineOut):
    """A line after something was done because of it, or would have been (`dry_run`)."""

    dry_run: bool


class BankLinesOut(Page):
    """A page of lines, newest first."""

    data: list[BankLineOut]


class BankTotalOut(Out):
    """What lines come to in one currency."""

    lines: int
    came_in: MoneyOut
    went_out: MoneyOut


class BankTotalsOut(Out):
    """What all lines of a filter come to, by currency."""

    data: list[BankTotalOut]


def map_out(row: "BankMap") -> dict[str, Any]:
    """Write a column map."""
    return {
        "code": row.code,
        "name": row.name,
        "columns": row.columns,
        "day": row.day,
        "mark": row.mark,
        "encoding": row.encoding,
        "set_at": moment_out(row.set_at),
    }


def account_out(row: "BankAccountRow") -> dict[str, Any]:
    """Write a bank account."""
    return {
        "code": row.code,
        "name": row.name,
        "channel": row.channel,
        "currency": row.currency,
        "number": row.number,
        "map": row.map_id,
    }


def statement_out(view: "StatementView") -> dict[str, Any]:
    """Write a file as it was brought."""
    row = view.row
    balances = [
        {name: None if one[name] is None else money_out(one[name]) for name in _MONEYS}
        | {"name": one["name"]}
        for one in view.balances
    ]
    return {
        "number": row.pk,
        "account": row.account.code,
        "name": row.name,
        "format": row.form,
        "digest": row.digest,
        "rows": row.size,
        "added": row.added,
        "known": row.known,
        "refused": row.refused,
        "first_day": row.first_day and row.first_day.isoformat(),
        "last_day": row.last_day and row.last_day.isoformat(),
        "balances": balances,
        "breaks": row.breaks,
        "brought_at": moment_out(row.brought_at),
        "brought_by": row.brought_by,
    }


def row_out(row: "BankRow") -> dict[str, Any]:
    """Write a row that was refused."""
    return {
        "row": row.row,
        "code": row.code,
        "field": row.field,
        "reason": row.reason,
        "said": row.said,
    }


def line_out(view: "BankLineView") -> dict[str, Any]:
    """Write a line with what it is about."""
    row = view.row
    return {
        "number": row.pk,
        "account": row.account.code,
        "statement": row.statement_id,
        "row": row.row,
        "booked_on": row.booked_on.isoformat(),
        "value_on": row.value_on and row.value_on.isoformat(),
        "amount": money_out(view.amount),
        "reference": row.reference,
        "end_to_end": row.end_to_end,
        "counterparty": row.counterparty,
        "counterparty_account": row.counterparty_account,
        "text": row.text,
        "item": row.item,
        "explained": view.explained,
        "evidence": [one._asdict() for one in view.evidence],
    }


def total_out(one: "BankTotal") -> dict[str, Any]:
    """Write what lines come to."""
    return {
        "lines": one.lines,
        "came_in": money_out(one.came_in),
        "went_out": money_out(one.went_out),
    }


_MONEYS = ("opening", "moved", "closing", "difference")
