"""`tael rate`: what one unit of a currency buys of another (匯率)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from tael.api.v1.shapes import rate_out
from tael.channels import queries
from tael.channels.rate import set_rate
from tael.cli.answer import Facts, Listing
from tael.cli.call import MOMENT, NUMBER, command

if TYPE_CHECKING:
    from datetime import datetime

    from tael.cli.call import Call

COLUMNS: Final = ("number", "from_currency", "to_currency", "value", "valid_from")


@click.group("rate")
def rate() -> None:
    """See rates and set them."""


@rate.add_command
@command("list")
@click.option("--at", type=MOMENT, help="In force then.  [default: now]")
def listing(call: Call, *, at: datetime | None) -> Listing:
    """List the rate of each pair that is in force."""
    return Listing(COLUMNS, [rate_out(row) for row in queries.rates(at=at or call.at)])


@rate.add_command
@command("history")
@click.argument("from_currency")
@click.argument("to_currency")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def history(
    _call: Call, *, from_currency: str, to_currency: str, before: int | None, limit: int
) -> Listing:
    """List the rates of one pair, newest first."""
    rows = queries.rate_history(
        from_currency=from_currency, to_currency=to_currency, before=before, limit=limit
    )
    more = f"--before {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [rate_out(row) for row in rows], more)


@rate.add_command
@command("set")
@click.argument("from_currency")
@click.argument("to_currency")
@click.argument("value")
@click.option("--at", type=MOMENT, help="From when on.  [default: now]")
def setting(
    call: Call, *, from_currency: str, to_currency: str, value: str, at: datetime | None
) -> Facts:
    """Set how many units of TO_CURRENCY one of FROM_CURRENCY buys."""
    made = set_rate(
        from_currency=from_currency,
        to_currency=to_currency,
        value=value,
        actor=call.actor,
        at=at or call.at,
    )
    return Facts(rate_out(made))
