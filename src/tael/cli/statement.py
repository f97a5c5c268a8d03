"""`tael statement`: the lines of a wallet (明細), newest first, a period of them, or a file to keep."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.flow_shapes import change_out, flow_out
from tael.api.wire import figures_out, moment_out
from tael.cli.answer import Answer, Facts, Listing
from tael.cli.call import MOMENT, NUMBER, command
from tael.documents.download import STATEMENT_FORMATS, statement_document
from tael.documents.labels import LANGUAGES, parse_language
from tael.documents.wallet_statement import days_through, read_statement
from tael.wallet.flow import wallet_flow
from tael.wallet.queries import statement as period_of
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from tael.cli.call import Call
    from tael.wallet.flow import WalletLine
    from tael.wallet.queries import StatementLine
    from tael.wallet.wallet import Wallet

DAY: Final = click.DateTime(["%Y-%m-%d"])
COLUMNS: Final = (
    "flow.number",
    "flow.booked_at",
    "flow.operation",
    "change.liquid as ± liquid",
    "change.locked as ± locked",
    "change.frozen as ± frozen",
    "after.liquid",
    "after.locked",
    "after.frozen",
    "flow.channel",
    "flow.info",
)


@command("statement")
@click.argument("wallet", type=NUMBER)
@click.option("--after", type=MOMENT, help="A period: what came after this moment.")
@click.option("--through", type=MOMENT, help="A period: up to this moment, included.")
@click.option("--axis", type=click.Choice(["booked", "effective"]), default="booked")
@click.option("--cursor", help="The next page of the newest lines.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--format", "form", type=click.Choice(STATEMENT_FORMATS), help="A file of this kind.")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the file goes.  [default: its own name, here]",
)
@click.option("--since", type=DAY, help="The file's first day.")
@click.option("--until", type=DAY, help="The file's last day, included.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
def statement(
    call: Call,
    *,
    wallet: int,
    after: datetime | None,
    through: datetime | None,
    axis: Literal["booked", "effective"],
    cursor: str | None,
    limit: int,
    form: str | None,
    out: Path | None,
    since: datetime | None,
    until: datetime | None,
    language: str,
) -> Answer:
    """Show a wallet's lines with its figures after each, or write them to a file with --format.

    Without a period the newest come first; with --after or --through it is the oldest. A file holds
    whole days by date of effect, oldest first, with opening and closing.
    """
    found = find_wallet(wallet)
    if form is not None:
        return _written(found, form, out, since, until, language)
    if after is None and through is None:
        page = wallet_flow(found, limit=limit, cursor=cursor)
        more = f"--cursor {page.next}" if page.next else ""
        around: dict[str, Any] = {"wallet": wallet}
        return Listing(COLUMNS, _lines(page.lines), more, around, page.next)
    end = through or call.at
    begin = after or end - timedelta(days=31)
    period = period_of(found, after=begin, through=end, axis=axis)
    around = {
        "wallet": wallet,
        "after": moment_out(begin),
        "through": moment_out(end),
        "opening": figures_out(period.opening),
        "closing": figures_out(period.closing),
    }
    return Listing(COLUMNS, _lines(period.lines), around=around)


def _written(
    wallet: Wallet,
    form: str,
    out: Path | None,
    since: datetime | None,
    until: datetime | None,
    language: str,
) -> Facts:
    """Write the statement as a file and say which."""
    days = days_through(since.date() if since else None, until.date() if until else None)
    read = read_statement(wallet, days)
    document = statement_document(read, form, parse_language(language))
    file = out or Path(document.name)
    try:
        file.write_bytes(document.content)
    except OSError as failure:
        message = f"{file} cannot be written: {failure.strerror}"
        raise click.ClickException(message) from failure
    return Facts(
        {
            "file": str(file),
            "bytes": len(document.content),
            "lines": len(read.lines),
            "since": read.since.isoformat(),
            "until": read.until.isoformat(),
            "closing": figures_out(read.figures.closing),
        }
    )


def _lines(lines: Iterable[WalletLine | StatementLine]) -> list[dict[str, Any]]:
    return [
        {
            "flow": flow_out(line.record, customer=None),
            "change": change_out(line.change),
            "after": figures_out(line.after),
        }
        for line in lines
    ]
