"""`tael suspense`: money that came in and found no wallet (待查款項), given its place by two people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.suspense import item_out, proposal_out, total_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command, operation
from tael.wallet.order_search import proposals_of
from tael.wallet.suspense import item
from tael.wallet.suspense_case import SUSPENSE_TYPES, assign_item, change_type
from tael.wallet.suspense_proposal import (
    confirm_proposal,
    drop_proposal,
    propose_placing,
    propose_return,
)
from tael.wallet.suspense_search import (
    BANDS,
    SuspenseWanted,
    suspense_items,
    suspense_totals,
)
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt
    from tael.wallet.suspense_proposal import Proposed

COLUMNS: Final = ("number", "type", "channel", "gateway_number", "in_suspense", "owner", "at")
TOTALS: Final = ("type", "age", "items", "amount")
Done = tuple["Receipt | None", dict[str, Any]]


def _filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the filters of the list."""
    for asked in (
        click.option("--currency"),
        click.option("--age", type=click.Choice(list(BANDS))),
        click.option("--owner", help="user:<number>, or nobody."),
        click.option("--type", "type_", type=click.Choice(SUSPENSE_TYPES)),
    ):
        function = asked(function)
    return function


def _wanted(
    type_: str | None, owner: str | None, age: str | None, currency: str | None
) -> SuspenseWanted:
    return SuspenseWanted(
        type=type_ or "", owner=owner or "", band=age or "", currency=currency or ""
    )


@click.group("suspense")
def suspense() -> None:
    """See money in suspense, propose what becomes of it, confirm what others proposed."""


@suspense.add_command
@command("list")
@_filters
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(
    call: Call,
    *,
    type_: str | None,
    owner: str | None,
    age: str | None,
    currency: str | None,
    before: int | None,
    limit: int,
) -> Listing:
    """List the items, newest first."""
    wanted = _wanted(type_, owner, age, currency)
    rows = suspense_items(wanted, at=call.at, before=before, limit=limit)
    more = f"--before {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [item_out(row) for row in rows], more)


@suspense.add_command
@command("totals")
@_filters
def totals(
    call: Call, *, type_: str | None, owner: str | None, age: str | None, currency: str | None
) -> Listing:
    """Add up what is in suspense by type, age and currency."""
    found = suspense_totals(_wanted(type_, owner, age, currency), at=call.at)
    return Listing(TOTALS, [total_out(one) for one in found])


@suspense.add_command
@operation("assign")
@click.argument("number", type=NUMBER)
@click.option("--to", "owner", type=NUMBER, help="A user of the staff.  [default: nobody]")
@click.option("--reason", default="")
def assign(call: Call, *, number: int, owner: int | None, reason: str) -> Done:
    """Let one of the staff look after an item, or nobody."""
    row = assign_item(number=number, owner=owner, reason=reason, instruction=call.instruction())
    return None, {"item": row.pk, "owner": row.suspense_owner}


@suspense.add_command
@operation("type")
@click.argument("number", type=NUMBER)
@click.argument("type_", metavar="TYPE", type=click.Choice(SUSPENSE_TYPES))
def retype(call: Call, *, number: int, type_: str) -> Done:
    """Say what sort of money an item is."""
    row = change_type(number=number, type_=type_, instruction=call.instruction())
    return None, {"item": row.pk, "type": row.suspense_type}


@suspense.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one item and what was proposed for it."""
    proposed = proposals_of([number]).get(number, [])
    return Facts(item_out(item(number)) | {"proposals": [proposal_out(one) for one in proposed]})


@suspense.add_command
@operation("place")
@click.argument("number", type=NUMBER)
@click.option("--wallet", type=NUMBER, required=True)
@click.option("--reason", required=True, help="How one knows whose money it is.")
def place(call: Call, *, number: int, wallet: int, reason: str) -> Done:
    """Propose to place an item in a wallet."""
    return _done(
        propose_placing(
            number=number,
            wallet=find_wallet(wallet),
            reason=reason,
            instruction=call.instruction(),
        )
    )


@suspense.add_command
@operation("return")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def give_back(call: Call, *, number: int, reason: str) -> Done:
    """Propose to give an item back to its payer."""
    return _done(propose_return(number=number, reason=reason, instruction=call.instruction()))


@suspense.add_command
@operation("confirm")
@click.argument("proposal", type=NUMBER)
def confirm(call: Call, *, proposal: int) -> Done:
    """Confirm what somebody else proposed."""
    return _done(confirm_proposal(number=proposal, instruction=call.instruction()))


@suspense.add_command
@operation("drop")
@click.argument("proposal", type=NUMBER)
@click.option("--reason", required=True)
def drop(call: Call, *, proposal: int, reason: str) -> Done:
    """Drop a proposal; the money stays in suspense."""
    return _done(drop_proposal(number=proposal, reason=reason, instruction=call.instruction()))


def _done(done: Proposed) -> Done:
    row = done.proposal
    return done.receipt, {"proposal": row.pk, "item": row.payment, "state": row.state}
