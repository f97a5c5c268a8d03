"""`tael statement`: the lines of a wallet (明細), newest first, or a period with opening and closing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.flow_shapes import change_out, flow_out
from tael.api.wire import figures_out, moment_out
from tael.cli.answer import Listing
from tael.cli.call import MOMENT, NUMBER, command
from tael.wallet.flow import wallet_flow
from tael.wallet.queries import statement as period_of
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Literal

    from tael.cli.call import Call
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
def statement(
    call: Call,
    *,
    wallet: int,
    after: datetime | None,
    through: datetime | None,
    axis: Literal["booked", "effective"],
    cursor: str | None,
    limit: int,
) -> Listing:
    """Show a wallet's lines with its figures after each.

    Without a period the newest come first; with --after or --through it is the oldest.
    """
    found = find_wallet(wallet)
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


def _lines(lines: Iterable[WalletLine | StatementLine]) -> list[dict[str, Any]]:
    return [
        {
            "flow": flow_out(line.record, customer=None),
            "change": change_out(line.change),
            "after": figures_out(line.after),
        }
        for line in lines
    ]
