"""How bills look on the wire.

Source: B-17, B-22, E-13; architecture, section 5.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_or_none, moment_out, money_out
from tael.settlement.bills.bill_search import BillFacts
from tael.settlement.bills.bill_search import BillSeen as Seen

State = Literal["draft", "reviewed", "issued", "void"]


class BillOut(Out):
    """A bill. It has no opening and no closing; these are on period reports."""

    number: int
    account: int
    owner: int
    first_day: date
    last_day: date
    state: State
    total: MoneyOut
    records: int
    balance_then: Annotated[
        MoneyOut | None, Field(description="The account's amount when it was issued.")
    ]
    replaces: Annotated[int | None, Field(description="The void bill whose place it takes.")]
    entry: Annotated[int | None, Field(description="The entry of its issue in the books.")]
    void_entry: int | None
    void_reason: str
    made_at: datetime
    reviewed_at: datetime | None
    issued_at: datetime | None
    voided_at: datetime | None


class BillsOut(Page):
    """A page of bills, the newest number first."""

    data: list[BillOut]


class BillTotalOut(Out):
    """What the bills of a filter come to in one currency; void ones add nothing."""

    bills: int
    void: int
    records: int
    total: MoneyOut


class BillTotalsOut(Out):
    """The totals of a filter, one for each currency."""

    data: list[BillTotalOut]


class BillLineOut(Out):
    """A line: name, quantity with its unit, amount. Drill down to its records by kind and style."""

    kind: str
    style: Literal["net", "reversal"]
    names: Annotated[dict[str, str], Field(description='By language; "en" is there.')]
    quantity: str | None
    unit: str
    amount: MoneyOut
    income: MoneyOut
    expense: MoneyOut
    records: int


class ReserveOut(Out):
    """What is kept back of a bill, and until when."""

    amount: MoneyOut
    release_on: date
    released_at: datetime | None


class WholeBillOut(BillOut):
    """A bill with its lines and all that it rests on."""

    lines: list[BillLineOut]
    reserve: ReserveOut | None
    successor: Annotated[int | None, Field(description="The bill that took its place.")]
    digest: Annotated[
        str, Field(description="SHA-256 of what it says, as printed on the PDF.", max_length=64)
    ]


class BillActOut(WholeBillOut):
    """A bill as an act left it, or would leave it (`dry_run`)."""

    dry_run: bool


def bill_out(seen: Seen | BillFacts) -> dict[str, Any]:
    """Write a bill."""
    row, account = seen.bill, seen.account
    then = row.balance_then
    return {
        "number": row.pk,
        "account": account.number,
        "owner": account.owner,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "state": row.state,
        "total": money_out(seen.total),
        "records": row.records,
        "balance_then": None if then is None else money_out(account.money(then)),
        "replaces": row.replaces_id,
        "entry": row.entry,
        "void_entry": row.void_entry,
        "void_reason": row.void_reason,
        "made_at": moment_out(row.made_at),
        "reviewed_at": moment_or_none(row.reviewed_at),
        "issued_at": moment_or_none(row.issued_at),
        "voided_at": moment_or_none(row.voided_at),
    }


def whole_bill_out(facts: BillFacts) -> dict[str, Any]:
    """Write a bill with its lines."""
    kept = facts.reserve
    return bill_out(facts) | {
        "lines": [
            {
                "kind": line.kind,
                "style": line.style,
                "names": line.names,
                "quantity": line.counted or None,
                "unit": line.unit,
                "amount": money_out(line.amount),
                "income": money_out(line.income),
                "expense": money_out(line.expense),
                "records": line.records,
            }
            for line in facts.lines
        ],
        "reserve": None
        if kept is None
        else {
            "amount": money_out(facts.account.money(kept.amount)),
            "release_on": kept.release_on.isoformat(),
            "released_at": moment_or_none(kept.released_at),
        },
        "successor": facts.successor,
        "digest": facts.digest,
    }
