"""`tael reverse`: take an operation back, wholly or in part (退款, 冲正)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tael.cli.call import NUMBER, operation
from tael.wallet.flow import flow_record
from tael.wallet.refund import refund

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt


@operation("reverse")
@click.argument("flow", type=NUMBER)
@click.option("--amount", help="A part of it.  [default: all that is left]")
@click.option("--currency", help="Its code.  [default: the operation's]")
def reverse(call: Call, *, flow: int) -> Receipt:
    """Take back the operation of this flow number: each part goes where it came from."""
    moved = flow_record(flow).amount
    amount = None
    if call.asked[0] is not None:
        amount = call.amount(moved.currency.code if moved else None)
    return refund(entry_id=flow, amount=amount, instruction=call.instruction())
