"""`tael flow`: fund-flow records (資金流水), found by their numbers, by wallet, or one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from tael.api.v1.flow_shapes import flow_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import MOMENT, NUMBER, command
from tael.wallet.flow import flow_record
from tael.wallet.flow_search import (
    Wanted,
    all_records,
    find_by_gateway_number,
    find_by_pno,
    find_by_sno,
)
from tael.wallet.operation import Operation

if TYPE_CHECKING:
    from datetime import datetime

    from tael.cli.call import Call

COLUMNS: Final = (
    "number",
    "booked_at",
    "operation",
    "out_of",
    "into",
    "amount",
    "received",
    "channel",
    "actor",
    "sno",
    "info",
)


@click.group("flow")
def flow() -> None:
    """See flow records. `tael statement` shows those of one wallet with its figures."""


@flow.add_command
@command("list")
@click.option("--sno", help="Of this serial number.")
@click.option("--pno", help="Of this outside transaction number.")
@click.option("--gateway-number", help="Of this payment of a gateway.")
@click.option(
    "--operation", "wanted", type=click.Choice([operation.word for operation in Operation])
)
@click.option("--channel", help="Over this channel only.")
@click.option("--actor-is", help="Asked by him only.")
@click.option("--since", type=MOMENT, help="Booked at or after.")
@click.option("--until", type=MOMENT, help="Booked before.")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(
    _call: Call,
    *,
    sno: str | None,
    pno: str | None,
    gateway_number: str | None,
    wanted: str | None,
    channel: str | None,
    actor_is: str | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
) -> Listing:
    """List records, newest first."""
    for text, find in (
        (sno, find_by_sno),
        (pno, find_by_pno),
        (gateway_number, find_by_gateway_number),
    ):
        if text is not None:
            found = find(text, limit=limit)
            return Listing(COLUMNS, [flow_out(record, customer=None) for record in found])
    page = all_records(
        Wanted(
            operation=None if wanted is None else Operation[wanted.upper()],
            channel=channel,
            actor=actor_is,
            since=since,
            until=until,
        ),
        limit=limit,
        before=before,
    )
    more = f"--before {page.before}" if page.before else ""
    return Listing(COLUMNS, [flow_out(record, customer=None) for record in page.records], more)


@flow.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one record."""
    return Facts(flow_out(flow_record(number), customer=None))
