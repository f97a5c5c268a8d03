"""`tael order`: interface recharge (接口充值), an order first and its payment afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.recharge_orders import order_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import MOMENT, NUMBER, amount_options, command, operation, read_amount
from tael.wallet import queries
from tael.wallet.recharge_order import close_order, confirm_order, create_order
from tael.wallet.recharge_order import order as find_order
from tael.wallet.silent_orders import ask_about, ask_gateways
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from datetime import datetime

    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt

COLUMNS: Final = (
    "number",
    "wallet",
    "owner",
    "channel",
    "amount",
    "credited",
    "state",
    "created_at",
)


@click.group("order")
def order() -> None:
    """Create recharge orders, and say that they were paid."""


@order.add_command
@command("list")
@click.option("--owner", type=NUMBER, help="Of this customer only.")
@click.option("--state", help="In this state only, such as created.")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(
    _call: Call, *, owner: int | None, state: str | None, before: int | None, limit: int
) -> Listing:
    """List orders, newest first."""
    rows = queries.orders(owner=owner, state=state, before=before, limit=limit)
    more = f"--before {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [order_out(row) for row in rows], more)


@order.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one order."""
    return Facts(order_out(find_order(number)))


@order.add_command
@command("create")
@click.option("--wallet", type=NUMBER, required=True)
@amount_options
@click.option("--channel", required=True, help="Over which it will be paid, such as Alipay.")
@click.option("--spend-only", is_flag=True, help="What is credited may be consumed only.")
@click.option("--until", type=MOMENT, help="Until when it should be paid.  [default: no end]")
@click.option("--info", default="", help="Text for the statement.")
@click.option("--key", help="Idempotency key.  [default: a new one]")
def create(
    call: Call,
    *,
    wallet: int,
    amount: str,
    currency: str | None,
    channel: str,
    spend_only: bool,
    until: datetime | None,
    info: str,
    key: str | None,
) -> Facts:
    """Create an order. No money moves."""
    into = find_wallet(wallet)
    made = create_order(
        owner=into.owner,
        amount=read_amount(amount, currency, into.currency.code),
        wallet=into,
        spend_only=spend_only,
        expires_at=until,
        instruction=call.keyed(key, channel=channel, info=info),
    )
    return Facts(order_out(made))


@order.add_command
@operation("confirm", channel="")
@click.argument("number", type=NUMBER)
@amount_options
def confirm(call: Call, *, number: int) -> tuple[Receipt, dict[str, Any]]:
    """Say that an order was paid; --amount must be what was ordered."""
    made = find_order(number)
    receipt = confirm_order(
        order=number,
        owner=made.owner,
        amount=call.amount(made.currency),
        instruction=call.instruction(channel=call.word("channel") or made.channel),
    )
    return receipt, {"order": number}


@order.add_command
@command("close")
@click.argument("number", type=NUMBER)
def close(call: Call, *, number: int) -> Facts:
    """Close an order that will not be paid."""
    return Facts(order_out(close_order(order=number, at=call.at)))


@order.add_command
@command("ask")
@click.argument("number", type=NUMBER, required=False)
def ask(call: Call, *, number: int | None) -> Facts:
    """Ask the payment gateways about one order, or about all that have waited too long."""
    if number is not None:
        outcomes = ask_about(number, at=call.at)
        return Facts({"asked": 1, "verdicts": [one.verdict.value for one in outcomes]})
    told = ask_gateways(at=call.at)
    return Facts(
        {
            "asked": told.orders,
            "verdicts": [one.verdict.value for one in told.outcomes],
            "failed": [f"{order}: {refusal.code}" for order, refusal in told.failed],
        }
    )
