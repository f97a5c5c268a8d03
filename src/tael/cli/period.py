"""`tael period`: the months of the books (賬期), listed with their totals and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.periods import period_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import command
from tael.wallet import period_list
from tael.wallet.period import close_month, parse_month
from tael.wallet.period_totals import add_up_closed_months
from tael.wallet.soft_close import reopen_month, soft_close_month

if TYPE_CHECKING:
    from tael.cli.call import Call

COLUMNS: Final = ("month", "state", "currency", "opening", "came", "went", "closing", "closed_by")


@click.group("period")
def period() -> None:
    """See the months of the books, and close them."""


@period.add_command
@command("list")
@click.option("--before", help="Months before this one, as 2026-10.")
@click.option("--limit", type=click.IntRange(1, 200), default=24, show_default=True)
def listing(call: Call, *, before: str | None, limit: int) -> Listing:
    """List the months, newest first, with what customers owned in those that are closed."""
    found = period_list.periods(
        at=call.at, before=parse_month(before) if before else None, limit=limit
    )
    more = f"--before {found[-1].month}" if found and len(found) == limit else ""
    return Listing(COLUMNS, [row for each in found for row in _rows(each)], more)


@period.add_command
@command("show")
@click.argument("month")
def show(call: Call, *, month: str) -> Facts:
    """Show one month."""
    return Facts(period_out(period_list.period(parse_month(month), at=call.at)))


@period.add_command
@command("close")
@click.argument("month")
def close(call: Call, *, month: str) -> Facts:
    """Close a month and all before it, and add up what customers owned. It is not opened again."""
    closed = parse_month(month)
    close_month(month=closed, actor=call.actor, at=call.at)
    add_up_closed_months()
    return Facts(period_out(period_list.period(closed, at=call.at)))


@period.add_command
@command("soft-close")
@click.argument("month")
def soft_close(call: Call, *, month: str) -> Facts:
    """Begin to close a month and all before it: only what has a reason is taken there."""
    named = parse_month(month)
    soft_close_month(month=named, actor=call.actor, at=call.at)
    return Facts(period_out(period_list.period(named, at=call.at)))


@period.add_command
@command("reopen")
@click.argument("month")
@click.option("--reason", required=True, help="Why; it is kept.")
def reopen(call: Call, *, month: str, reason: str) -> Facts:
    """Open a month again that is being closed, and all behind it."""
    named = parse_month(month)
    reopen_month(month=named, reason=reason, actor=call.actor, at=call.at)
    return Facts(period_out(period_list.period(named, at=call.at)))


def _rows(found: period_list.Period) -> list[dict[str, Any]]:
    """Write a row for each currency of a month; one where there are none."""
    facts = period_out(found)
    totals = facts.pop("totals") or [{}]
    return [
        {**facts, "currency": each["closing"]["currency"] if each else None}
        | {name: each.get(name) for name in ("opening", "came", "went", "closing")}
        for each in totals
    ]
