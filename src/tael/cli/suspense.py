"""`tael suspense`: money that came in and found no wallet (待查款項), given its place by two people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.suspense import item_out, proposal_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command, operation
from tael.wallet.order_search import payments_in_suspense, proposals_of
from tael.wallet.suspense import item
from tael.wallet.suspense_proposal import (
    confirm_proposal,
    drop_proposal,
    propose_placing,
    propose_return,
)
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt
    from tael.wallet.suspense_proposal import Proposed

COLUMNS: Final = ("number", "channel", "gateway_number", "amount", "in_suspense", "order", "at")
Done = tuple["Receipt | None", dict[str, Any]]


@click.group("suspense")
def suspense() -> None:
    """See money in suspense, propose what becomes of it, confirm what others proposed."""


@suspense.add_command
@command("list")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(_call: Call, *, before: int | None, limit: int) -> Listing:
    """List the items, newest first."""
    rows = payments_in_suspense(before=before, limit=limit)
    more = f"--before {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [item_out(row) for row in rows], more)


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
