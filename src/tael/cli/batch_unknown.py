"""`tael batch unknown|answer|ask-at|new-secret|ask-no-more`: payouts whose outcome nobody knows.

Source: B-36; peers-settlement-invest A7, A19.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from tael.api.v1.payout_batches import batch_out
from tael.api.v1.payout_inquiries import inquiry_out, service_out
from tael.api.v1.proposals import proposal_out
from tael.api.wire import money_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.settlement.payouts.batch import payout_batch
from tael.settlement.payouts.batch_search import UnknownWanted, unknown_rows, unknown_totals
from tael.settlement.payouts.inquiry_search import with_inquiries
from tael.settlement.payouts.row_answer import Outcome, Proposal, answer_row
from tael.settlement.payouts.status_service import (
    StatusServiceSet,
    new_status_secret,
    set_status_service,
    stop_status_service,
)
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from datetime import datetime

    from tael.cli.call import Call

COLUMNS: Final = (
    "batch",
    "withdrawal",
    "net",
    "channel",
    "queue",
    "unknown_since",
    "next_ask_at",
    "last",
)
DAY: Final = click.DateTime(["%Y-%m-%d"])
KEY: Final = click.option("--key", help="Idempotency key.  [default: a new one]")
KEEP: Final = ("Keep the secret where the channel's program has it: it is not shown again.",)


@command("unknown")
@click.option("--queue", type=click.Choice(["asking", "person"]), help="Only on this way.")
@click.option("--channel", default="", help="Over this channel only.")
@click.option("--before", type=NUMBER, help="Those before this row.")
@click.option("--limit", type=click.IntRange(1, 200), default=100, show_default=True)
def unknown(
    _call: Call, *, queue: str | None, channel: str, before: int | None, limit: int
) -> Listing:
    """List the rows of all batches whose outcome nobody knows, with what was asked about them, and their sums."""
    wanted = UnknownWanted(queue or "", channel)
    rows = unknown_rows(wanted, before=before, limit=limit)
    told = []
    for one in with_inquiries(rows):
        last = f"{one.asks[-1].verdict} {one.asks[-1].said}".strip() if one.asks else ""
        told.append(inquiry_out(one) | {"last": last})
    more = f"--before {rows[-1].row.pk}" if len(rows) == limit else ""
    totals = {f"total {one.currency}": money_out(one.total) for one in unknown_totals(wanted)}
    return Listing(COLUMNS, told, more, totals)


@command("answer")
@click.argument("number", type=NUMBER)
@click.option("--withdrawal", type=NUMBER, required=True)
@click.option("--outcome", type=click.Choice(["paid", "failed"]), required=True)
@click.option("--reason", required=True, help="How one knows it, or why it failed.")
@click.option("--paid-on", type=DAY, help="[default: today]")
@click.option("--flow-number", default="", help="The bank's number of the payment.")
@KEY
def answer(
    call: Call,
    *,
    number: int,
    withdrawal: int,
    outcome: str,
    reason: str,
    paid_on: datetime | None,
    flow_number: str,
    key: str | None,
) -> Facts:
    """Say what became of one row, as somebody has found out; above the limit a second person confirms it."""
    day = (paid_on or call.at.astimezone(business_zone())).date()
    done = answer_row(
        number=number,
        withdrawal=withdrawal,
        outcome=Outcome(outcome == "paid", reason, day, flow_number),
        instruction=call.keyed(key),
    )
    proposed = proposal_out(done) if isinstance(done, Proposal) else None
    return Facts(batch_out(payout_batch(number)) | {"proposal": proposed})


@command("ask-at")
@click.argument("channel")
@click.argument("address")
@KEY
def ask_at(call: Call, *, channel: str, address: str, key: str | None) -> Facts:
    """Ask CHANNEL at ADDRESS what became of payouts. Its secret is printed this once."""
    made = set_status_service(
        channel=channel, address=address, actor=call.actor, at=call.at, key=key
    )
    return Facts(service_out(made), KEEP if made.secret else ())


@command("new-secret")
@click.argument("channel")
@KEY
def rotate(call: Call, *, channel: str, key: str | None) -> Facts:
    """Give CHANNEL another secret, which is printed this once; the old one signs no more."""
    made = new_status_secret(channel=channel, actor=call.actor, at=call.at, key=key)
    return Facts(service_out(made), KEEP)


@command("ask-no-more")
@click.argument("channel")
def stop(call: Call, *, channel: str) -> Facts:
    """Ask CHANNEL no more; what is unknown is for people."""
    row = stop_status_service(channel=channel, actor=call.actor, at=call.at)
    return Facts(service_out(StatusServiceSet(row, "")))


COMMANDS: Final = (unknown, answer, ask_at, rotate, stop)
