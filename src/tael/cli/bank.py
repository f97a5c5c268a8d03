"""`tael bank`: the house's bank accounts, their statements brought in, and what people do because of a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.bank_shapes import (
    account_out,
    line_out,
    map_out,
    row_out,
    statement_out,
    total_out,
)
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command, operation
from tael.cli.list_file import Saved, saved_option
from tael.documents.bank_lists import BANK_LINES, BANK_STATEMENTS
from tael.settlement.bank.bank_account import (
    add_bank_account,
    bank_account,
    bank_accounts,
    give_map,
)
from tael.settlement.bank.bank_map import DAYS, ENCODINGS, FIELDS, MARKS, MapFields, bank_maps
from tael.settlement.bank.bank_map import set_bank_map as save_map
from tael.settlement.bank.bank_search import (
    BankLinesWanted,
    StatementView,
    bank_line,
    bank_lines,
    bank_totals,
    refused_rows,
    statements,
)
from tael.settlement.bank.bank_statement import bank_sheet, bank_statement, bring_statement
from tael.settlement.bank_line_act import put_line_aside, settle_from_line, take_line_back
from tael.settlement.remittances.paid_on import parse_paid_on
from tael.sheets.limits import UPLOAD_MAX

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.call import Call

ACCOUNTS: Final = ("code", "name", "number", "channel", "currency", "map")
MAPS: Final = ("code", "name", "day", "mark", "encoding")
FILES: Final = ("number", "account", "name", "added", "known", "refused", "breaks", "brought_at")
ROWS: Final = ("row", "field", "reason")
LINES: Final = (
    "number",
    "account",
    "booked_on",
    "amount",
    "reference",
    "counterparty",
    "explained",
)
TOTALS: Final = ("lines", "came_in", "went_out")
FIRST_REFUSED: Final = 20
Done = tuple[None, dict[str, Any]]


@click.group("bank")
def bank() -> None:
    """Bring in bank statements, see their lines, and use them as evidence."""


@bank.add_command
@command("accounts")
def accounts(_call: Call) -> Listing:
    """List the house's bank accounts."""
    return Listing(ACCOUNTS, [account_out(row) for row in bank_accounts()])


@bank.add_command
@command("add")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--number", required=True, help="IBAN or account number.")
@click.option("--channel", required=True)
@click.option("--currency", required=True)
@click.option("--map", "map_code", default="", help="Code of a column map.")
def add(
    call: Call, *, code: str, name: str, number: str, channel: str, currency: str, map_code: str
) -> Facts:
    """Register a bank account of the house."""
    made = add_bank_account(
        code=code,
        name=name,
        channel=channel,
        currency=currency,
        number=number,
        map_code=map_code,
        actor=call.actor,
        at=call.at,
    )
    return Facts(account_out(made))


@bank.add_command
@command("use-map")
@click.argument("code")
@click.argument("map_code", metavar="MAP")
def use_map(call: Call, *, code: str, map_code: str) -> Facts:
    """Say by which map the sheets of an account are read."""
    return Facts(account_out(give_map(code=code, map_code=map_code, actor=call.actor, at=call.at)))


@bank.add_command
@command("maps")
def maps(_call: Call) -> Listing:
    """List the saved column maps."""
    return Listing(MAPS, [map_out(row) for row in bank_maps()])


@bank.add_command
@command("map")
@click.argument("code")
@click.option("--name", required=True)
@click.option(
    "--column",
    "columns",
    type=(click.Choice(FIELDS), str),
    multiple=True,
    help="A field and the bank's heading for it; again for each.",
)
@click.option("--day", type=click.Choice(list(DAYS)), default="YYYY-MM-DD", show_default=True)
@click.option("--mark", type=click.Choice(MARKS), default=".", show_default=True)
@click.option("--encoding", type=click.Choice(list(ENCODINGS)), default="auto", show_default=True)
def set_map(
    call: Call,
    *,
    code: str,
    name: str,
    columns: tuple[tuple[str, str], ...],
    day: str,
    mark: str,
    encoding: str,
) -> Facts:
    """Save how a bank writes its sheets."""
    fields = MapFields(dict(columns), day, mark, encoding)
    made = save_map(code=code, name=name, fields=fields, actor=call.actor, at=call.at)
    return Facts(map_out(made))


@bank.add_command
@command("bring")
@click.argument("account")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="Idempotency key.  [default: a new one]")
def bring(call: Call, *, account: str, file: Path, key: str | None) -> Facts:
    """Bring in a bank's file (camt.053, csv or xlsx). No money moves; the same file again adds nothing."""
    with file.open("rb") as opened:
        data = opened.read(UPLOAD_MAX + 1)
    sheet = bank_sheet(data, name=file.name, account=bank_account(account))
    made = bring_statement(account=account, sheet=sheet, instruction=call.keyed(key)).statement
    refused = refused_rows(made.pk, limit=FIRST_REFUSED + 1)
    notes = [f"row {row.row} refused: {row.reason}" for row in refused[:FIRST_REFUSED]]
    if len(refused) > FIRST_REFUSED:
        notes.append(f"More: tael bank rows {made.pk}")
    view = StatementView(made)
    broken = [one["difference"] for one in view.balances if one["difference"]]
    notes += [f"Balances do not agree: closing is off by {gap}." for gap in broken]
    return Facts(statement_out(view), notes)


@bank.add_command
@command("statements")
@click.option("--account", default="")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def list_statements(
    _call: Call, *, account: str, before: int | None, limit: int, saved: Saved
) -> Listing | Facts:
    """List the files that were brought, newest first."""
    if saved.wanted:
        return saved.of(BANK_STATEMENTS, account)
    rows = statements(account=account, before=before, limit=limit)
    more = f"--before {rows[-1].row.pk}" if len(rows) == limit else ""
    return Listing(FILES, [statement_out(view) for view in rows], more)


@bank.add_command
@command("statement")
@click.argument("number", type=NUMBER)
def show_statement(_call: Call, *, number: int) -> Facts:
    """Show one file: what was new, and whether its balances agree."""
    return Facts(statement_out(StatementView(bank_statement(number))))


@bank.add_command
@command("rows")
@click.argument("number", type=NUMBER)
@click.option("--after", type=NUMBER, help="Those behind this row.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def list_rows(_call: Call, *, number: int, after: int | None, limit: int) -> Listing:
    """List the rows of a file that were refused."""
    bank_statement(number)
    rows = refused_rows(number, after=after or 0, limit=limit)
    more = f"--after {rows[-1].row}" if len(rows) == limit else ""
    return Listing(ROWS, [row_out(row) for row in rows], more)


def _filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the filters of the lines."""
    for asked in (
        click.option("--until", help="A booking day, included."),
        click.option("--since", help="A booking day, as 2026-03-01."),
        click.option("--number", default="", help="The bank's reference or the payer's number."),
        click.option("--explained/--unexplained", default=None),
        click.option("--way", type=click.Choice(["in", "out"])),
        click.option("--statement", type=NUMBER),
        click.option("--account", default=""),
    ):
        function = asked(function)
    return function


@bank.add_command
@command("lines")
@_filters
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def list_lines(
    _call: Call, *, before: int | None, limit: int, saved: Saved, **filters: Any
) -> Listing | Facts:
    """List lines, newest first, and whether something explains each."""
    wanted = _wanted(filters)
    if saved.wanted:
        return saved.of(BANK_LINES, wanted)
    rows = bank_lines(wanted, before=before, limit=limit)
    more = f"--before {rows[-1].row.pk}" if len(rows) == limit else ""
    return Listing(LINES, [line_out(view) for view in rows], more)


@bank.add_command
@command("totals")
@_filters
def totals(_call: Call, **filters: Any) -> Listing:
    """Add up lines by currency."""
    return Listing(TOTALS, [total_out(one) for one in bank_totals(_wanted(filters))])


@bank.add_command
@command("line")
@click.argument("number", type=NUMBER)
def show_line(_call: Call, *, number: int) -> Facts:
    """Show one line with what it is about."""
    return Facts(line_out(bank_line(number)))


@bank.add_command
@operation("aside")
@click.argument("line", type=NUMBER)
def aside(call: Call, *, line: int) -> Done:
    """Put money that came in and that nothing explains into suspense."""
    put_line_aside(line=line, instruction=call.instruction())
    return None, line_out(bank_line(line))


@bank.add_command
@operation("back")
@click.argument("line", type=NUMBER)
@click.option("--reason", required=True, help="What accounts for the money.")
def back(call: Call, *, line: int, reason: str) -> Done:
    """Take a line's money out of suspense again."""
    take_line_back(line=line, reason=reason, instruction=call.instruction())
    return None, line_out(bank_line(line))


@bank.add_command
@operation("settle")
@click.argument("line", type=NUMBER)
@click.argument("withdrawal", type=NUMBER)
def settle(call: Call, *, line: int, withdrawal: int) -> Done:
    """Say that a payout was made, as the line proves."""
    done = settle_from_line(line=line, withdrawal=withdrawal, instruction=call.instruction())
    return None, line_out(bank_line(line)) | {"state": done.state}


def _wanted(filters: dict[str, Any]) -> BankLinesWanted:
    days = {
        name: parse_paid_on(filters[name]) if filters[name] else None for name in ("since", "until")
    }
    return BankLinesWanted(**(filters | days | {"way": filters["way"] or ""}))
