"""`tael bill`: bill runs with their progress, bills with their lines and records, and what becomes of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.bill_runs import item_out, run_facts_out, run_out
from tael.api.v1.bill_shapes import bill_out, whole_bill_out
from tael.api.v1.bills import read_bound
from tael.api.v1.merchant_shapes import accrual_out
from tael.api.wire import money_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.cli.file import DAY, file_options, kind_of, write
from tael.documents.bill_document import bill_document
from tael.documents.download import SHEET_FORMATS, STATEMENT_FORMATS
from tael.documents.labels import parse_language
from tael.documents.listing import list_document
from tael.documents.settlement_lists import BILLS, RECORDS
from tael.settlement.bills import bill as billing
from tael.settlement.bills.bill_run_part import run_part
from tael.settlement.bills.bill_search import (
    STATES,
    BillsWanted,
    bill_facts,
    bill_totals,
    bills,
    records_behind,
)
from tael.settlement.bills.run_search import ITEM_STATES, bill_runs, run_facts, run_items
from tael.settlement.records.accrual_search import accruals
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    from tael.cli.call import Call
    from tael.settlement.bills.bill import Bill
    from tael.settlement.bills.bill_run import Progress

COLUMNS: Final = (
    "number",
    "account",
    "owner",
    "first_day",
    "last_day",
    "state",
    "records",
    "total",
)
RUN_COLUMNS: Final = ("number", "day", "state", "periods", "done", "parked", "bills", "started_at")
ITEM_COLUMNS: Final = ("account", "first_day", "last_day", "state", "bill", "attempts", "reason")
LINE_COLUMNS: Final = ("kind", "style", "quantity", "unit", "amount", "records")
RECORD_COLUMNS: Final = ("record", "source", "kind", "number", "day", "quantity", "amount")
WIDTH: Final = 24


@click.group("bill")
def bill() -> None:
    """Make bills, review, issue and replace them."""


@bill.add_command
@command("run")
@click.option("--day", type=DAY, help="The business day.  [default: today]")
def run(call: Call, *, day: datetime | None) -> Facts:
    """Bill every period that is due on a day; its progress is shown as it goes.

    Broken off and called again, it goes on where it was; what could not be billed is tried again.
    """
    meant = day.date() if day else call.at.astimezone(business_zone()).date()
    watched = _is_watched()
    shown = _shown if watched else _silent
    found = run_part(day=meant, actor=call.actor, at=call.at, enough=lambda: False, told=shown)
    if watched:
        click.echo(err=True)
    far = found.progress
    notes = [f"{far.parked} could not be billed: tael bill items {found.run.pk} --state parked"]
    return Facts(run_facts_out(found) | {"records": far.records}, notes if far.parked else ())


@bill.add_command
@command("runs")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def runs(_call: Call, *, before: int | None, limit: int) -> Listing:
    """List the runs, newest first."""
    rows = bill_runs(limit=limit, before=before)
    more = f"--before {rows[-1].run.pk}" if len(rows) == limit else ""
    return Listing(RUN_COLUMNS, [run_out(row) for row in rows], more)


@bill.add_command
@command("items")
@click.argument("number", type=NUMBER, metavar="RUN")
@click.option("--state", type=click.Choice(ITEM_STATES))
@click.option("--after", type=NUMBER, help="Those after this place.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def items(_call: Call, *, number: int, state: str | None, after: int | None, limit: int) -> Listing:
    """List the periods of a run, such as those that could not be billed, with the reasons."""
    found = run_facts(number)
    rows = run_items(found.run.pk, state=state, limit=limit, after=after)
    more = f"--after {rows[-1].item.pk}" if len(rows) == limit else ""
    return Listing(ITEM_COLUMNS, [item_out(row) for row in rows], more)


@bill.add_command
@command("list")
@click.option("--account", type=NUMBER, help="Of this merchant account only.")
@click.option("--owner", type=NUMBER, help="Of this merchant only.")
@click.option("--currency", help="In this currency only.")
@click.option("--state", type=click.Choice(STATES))
@click.option("--since", type=DAY, help="Periods that end on this day or later.")
@click.option("--until", type=DAY, help="Periods that end on this day or before.")
@click.option("--least", help="Of this total or above; with --currency.")
@click.option("--most", help="Of this total or below; with --currency.")
@click.option("--made-by", "made_by", type=NUMBER, metavar="RUN", help="Made by this run only.")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@file_options(SHEET_FORMATS)
def listing(
    _call: Call,
    *,
    before: int | None,
    limit: int,
    to: Path | None,
    form: str | None,
    overwrite: bool,
    language: str,
    **asked: Any,
) -> Listing | Facts:
    """List bills, newest first, with the totals of all that is found; or write them to a file with --to."""
    wanted = _wanted(asked)
    if form is not None or to is not None:
        made, rows = list_document(BILLS, wanted, kind_of(form, to), parse_language(language))
        return Facts(write(made, to, overwrite=overwrite) | {"rows": rows})
    found = bills(wanted, limit=limit, before=before)
    more = f"--before {found[-1].bill.pk}" if len(found) == limit else ""
    totals = {f"total {one.currency}": money_out(one.total) for one in bill_totals(wanted)}
    return Listing(COLUMNS, [bill_out(one) for one in found], more, totals)


@bill.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one bill with its lines."""
    facts = bill_facts(number)
    written = whole_bill_out(facts)
    lines = Listing(LINE_COLUMNS, written["lines"]).as_text()
    return _Bill(written, ["", lines])


@bill.add_command
@command("records")
@click.argument("number", type=NUMBER)
@click.option("--kind", default="", help="Of the line of this kind.")
@click.option("--style", type=click.Choice(["net", "reversal"]), help="Of the line of this style.")
@click.option("--before", type=NUMBER, help="Those before this record.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@file_options(SHEET_FORMATS)
def records(
    _call: Call,
    *,
    number: int,
    kind: str,
    style: str | None,
    before: int | None,
    limit: int,
    to: Path | None,
    form: str | None,
    overwrite: bool,
    language: str,
) -> Listing | Facts:
    """List the business records behind a bill, or behind one of its lines; or write them with --to."""
    facts = bill_facts(number)
    line = {"kind": kind, "style": style or ""}
    if form is not None or to is not None:
        made, rows = list_document(
            RECORDS,
            records_behind(facts, **line),
            kind_of(form, to),
            parse_language(language),
            name=f"bill-{number}-records",
        )
        return Facts(write(made, to, overwrite=overwrite) | {"rows": rows})
    found = accruals(records_behind(facts, **line), limit=limit, before=before)
    more = f"--before {found[-1].row.pk}" if len(found) == limit else ""
    return Listing(RECORD_COLUMNS, [accrual_out(one) for one in found], more)


@bill.add_command
@command("file")
@click.argument("number", type=NUMBER)
@file_options(STATEMENT_FORMATS)
def file(
    _call: Call,
    *,
    number: int,
    to: Path | None,
    form: str | None,
    overwrite: bool,
    language: str,
) -> Facts:
    """Write a bill to a file: PDF, xlsx or csv; the same bill gives the same bytes."""
    facts = bill_facts(number)
    made = bill_document(facts, kind_of(form, to) or "pdf", parse_language(language))
    return Facts(write(made, to, overwrite=overwrite) | {"bill": number, "digest": facts.digest})


@bill.add_command
@command("review")
@click.argument("number", type=NUMBER)
def review(call: Call, *, number: int) -> Facts:
    """Say that a draft is right."""
    return _done(call, number, billing.review_bill)


@bill.add_command
@command("reopen")
@click.argument("number", type=NUMBER)
def reopen(call: Call, *, number: int) -> Facts:
    """Make a reviewed bill a draft again."""
    return _done(call, number, billing.reopen_bill)


@bill.add_command
@command("refresh")
@click.argument("number", type=NUMBER)
def refresh(call: Call, *, number: int) -> Facts:
    """Let a draft take what has been recorded or confirmed since."""
    return _done(call, number, billing.refresh_bill)


@bill.add_command
@command("issue")
@click.argument("number", type=NUMBER)
def issue(call: Call, *, number: int) -> Facts:
    """Issue a bill: its total enters the account, also one below zero."""
    return _done(call, number, billing.issue_bill)


@bill.add_command
@command("replace")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def replace(call: Call, *, number: int, reason: str) -> Facts:
    """Make a bill void; a draft with the same records takes its place."""
    made = billing.replace_bill(number=number, reason=reason, instruction=call.keyed(None))
    return Facts(bill_out(bill_facts(made.pk)))


class _Bill(Facts):
    """A bill for people: its facts without the lines, which stand in a table below."""

    def as_text(self) -> str:
        """Write the facts, then the lines."""
        plain = {name: fact for name, fact in self.data.items() if name != "lines"}
        return Facts(plain, self.notes).as_text()


def _done(call: Call, number: int, act: Callable[..., Bill]) -> Facts:
    made = act(number=number, instruction=call.keyed(None))
    return Facts(bill_out(bill_facts(made.pk)))


def _wanted(asked: dict[str, Any]) -> BillsWanted:
    return BillsWanted(
        account=asked["account"],
        owner=asked["owner"],
        currency=asked["currency"],
        state=asked["state"],
        run=asked["made_by"],
        since=_day(asked["since"]),
        until=_day(asked["until"]),
        least=_bound(asked, "least"),
        most=_bound(asked, "most"),
    )


def _bound(asked: dict[str, Any], name: str) -> int | None:
    text = asked[name]
    return None if text is None else read_bound(text, asked["currency"] or "", field=name)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _is_watched() -> bool:
    return sys.stderr.isatty()


def _shown(progress: Progress) -> None:
    """Draw the progress over the line before."""
    part = progress.done / progress.periods if progress.periods else 1.0
    bar = "#" * int(part * WIDTH)
    parked = f", {progress.parked} not billed" if progress.parked else ""
    text = f"\r[{bar:<{WIDTH}}] {progress.done} of {progress.periods} periods"
    click.echo(f"{text}, {progress.bills} bills{parked}   ", nl=False, err=True)


def _silent(_progress: Progress) -> None:
    """Say nothing where nobody watches."""
