"""`tael statement`: the lines of a wallet (明細), newest first, a period of them, or a file to keep."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.flow_shapes import change_out, flow_out
from tael.api.wire import figures_out, moment_out
from tael.cli.answer import Answer, Facts, Listing
from tael.cli.call import MOMENT, NUMBER, command
from tael.cli.file import DAY, file_options, kind_of, write
from tael.documents.download import STATEMENT_FORMATS, statement_document
from tael.documents.labels import parse_language
from tael.documents.wallet_statement import days_through, read_statement
from tael.wallet.flow import wallet_flow
from tael.wallet.operation import Operation
from tael.wallet.queries import statement as period_of
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path
    from typing import Literal

    from tael.cli.call import Call
    from tael.documents.wallet_statement import WalletStatement
    from tael.wallet.flow import WalletLine
    from tael.wallet.queries import StatementLine

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
@file_options(STATEMENT_FORMATS)
@click.option("--since", type=DAY, help="The file's first day.")
@click.option("--until", type=DAY, help="The file's last day, included.")
@click.option(
    "--operation",
    "wanted",
    type=click.Choice([operation.word for operation in Operation]),
    help="The file's lines of this operation only.",
)
def statement(
    call: Call,
    *,
    wallet: int,
    after: datetime | None,
    through: datetime | None,
    axis: Literal["booked", "effective"],
    cursor: str | None,
    limit: int,
    to: Path | None,
    form: str | None,
    overwrite: bool,
    language: str,
    since: datetime | None,
    until: datetime | None,
    wanted: str | None,
) -> Answer:
    """Show a wallet's lines with its figures after each, or write them to a file with --to.

    Without a period the newest come first; with --after or --through it is the oldest. A file holds
    whole days by date of effect, oldest first, with opening and closing.
    """
    wants_file = form is not None or to is not None
    _check_options(
        wants_file=wants_file,
        of_a_file=(since, until, wanted),
        of_a_period=(after, through, cursor),
    )
    found = find_wallet(wallet)
    if wants_file:
        only = None if wanted is None else Operation[wanted.upper()]
        days = days_through(since.date() if since else None, until.date() if until else None, only)
        read = read_statement(found, days)
        document = statement_document(read, kind_of(form, to), parse_language(language))
        return Facts(write(document, to, overwrite=overwrite) | _facts(read))
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


def _check_options(
    *,
    wants_file: bool,
    of_a_file: tuple[object, ...],
    of_a_period: tuple[object, ...],
) -> None:
    """Refuse what would be passed over, and other lines be taken for the ones that were asked for."""
    if wants_file and any(each is not None for each in of_a_period):
        raise click.UsageError("A file holds whole days: say which by --since and --until.")
    if not wants_file and any(each is not None for each in of_a_file):
        raise click.UsageError(
            "--since, --until and --operation choose the lines of a file: name it by --to."
            " On the screen a period is chosen by --after and --through."
        )


def _facts(read: WalletStatement) -> dict[str, Any]:
    return {
        "lines": len(read.lines),
        "since": read.since.isoformat(),
        "until": read.until.isoformat(),
        "closing": figures_out(read.figures.closing),
    }


def _lines(lines: Iterable[WalletLine | StatementLine]) -> list[dict[str, Any]]:
    return [
        {
            "flow": flow_out(line.record, customer=None),
            "change": change_out(line.change),
            "after": figures_out(line.after),
        }
        for line in lines
    ]
