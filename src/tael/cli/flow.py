"""`tael flow`: fund-flow records (資金流水), found by their numbers, by wallet, or one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from tael.api.v1.flow_shapes import flow_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import MOMENT, NUMBER, command
from tael.cli.file import DAY, file_options, kind_of, write
from tael.documents.download import SHEET_FORMATS, sheet_document
from tael.documents.flow_filter import FlowFilter
from tael.documents.labels import parse_language
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
    from pathlib import Path

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


@flow.add_command
@command("file")
@click.option("--sno", default="", help="Of this serial number.")
@click.option("--pno", default="", help="Of this outside transaction number.")
@click.option("--gateway-number", default="", help="Of this payment of a gateway.")
@click.option("--wallet", type=NUMBER, help="That concern this wallet.")
@click.option(
    "--operation",
    type=click.Choice([operation.word for operation in Operation]),
    default=None,
)
@click.option("--channel", default="", help="Over this channel only.")
@click.option("--since", type=DAY, help="Booked on this day or later.")
@click.option("--until", type=DAY, help="Booked on this day or before.")
@click.option("--currency", default="", help="That move this currency.")
@click.option("--least", default="", help="An amount; needs --currency.")
@click.option("--most", default="", help="An amount; needs --currency.")
@file_options(SHEET_FORMATS)
def file(
    _call: Call,
    *,
    gateway_number: str,
    wallet: int | None,
    operation: str | None,
    since: datetime | None,
    until: datetime | None,
    to: Path | None,
    form: str | None,
    overwrite: bool,
    language: str,
    **texts: str,
) -> Facts:
    """Write the records that a filter finds to a file: --to flows.xlsx, or flows.csv."""
    kind = kind_of(form, to)
    if not kind:
        raise click.UsageError("Say which file: --to flows.xlsx, or --format csv.")
    asked = FlowFilter(
        gateway=gateway_number,
        wallet="" if wallet is None else str(wallet),
        operation=operation or "",
        since=since.date().isoformat() if since else "",
        until=until.date().isoformat() if until else "",
        **texts,
    )
    sheet = asked.sheet(parse_language(language))
    document = sheet_document(sheet, kind)
    return Facts(write(document, to, overwrite=overwrite) | {"records": len(sheet.rows)})
