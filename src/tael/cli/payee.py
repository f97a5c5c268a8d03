"""`tael payee`: where the withdrawals of a customer go (收款賬戶)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from tael.api.v1.shapes import payee_account_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.parties.payee import add_payee, close_payee
from tael.parties.queries import payees

if TYPE_CHECKING:
    from tael.cli.call import Call

COLUMNS: Final = ("number", "kind", "holder", "details", "active", "added_at")


@click.group("payee")
def payee() -> None:
    """Add payee accounts, see them, close them."""


@payee.add_command
@command("list")
@click.option("--customer", type=NUMBER, required=True)
@click.option("--closed-too", is_flag=True)
@click.option("--after", type=NUMBER, help="Those after this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(
    _call: Call, *, customer: int, closed_too: bool, after: int | None, limit: int
) -> Listing:
    """List a customer's payee accounts."""
    rows = payees(customer=customer, closed_too=closed_too, after=after, limit=limit)
    more = f"--after {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [payee_account_out(row) for row in rows], more)


@payee.add_command
@command("add")
@click.option("--customer", type=NUMBER, required=True)
@click.option("--kind", default="bank", show_default=True, help="bank, alipay, wechat, …")
@click.option("--holder", required=True, help="To whom the account belongs.")
@click.option("--detail", "details", multiple=True, help="As account=6222…; may stand often.")
def add(call: Call, *, customer: int, kind: str, holder: str, details: tuple[str, ...]) -> Facts:
    """Add a payee account."""
    named = dict(detail.partition("=")[::2] for detail in details)
    made = add_payee(
        customer=customer, kind=kind, holder=holder, details=named, actor=call.actor, at=call.at
    )
    return Facts(payee_account_out(made))


@payee.add_command
@command("close")
@click.argument("number", type=NUMBER)
@click.option("--customer", type=NUMBER, required=True)
def close(call: Call, *, number: int, customer: int) -> Facts:
    """Let no further withdrawal go to a payee account."""
    done = close_payee(number=number, customer=customer, actor=call.actor, at=call.at)
    return Facts(payee_account_out(done))
