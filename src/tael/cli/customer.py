"""`tael customer`: who holds wallets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from tael.api.v1.shapes import customer_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.parties import queries
from tael.parties import user as users
from tael.parties.customer import customer as find_customer
from tael.parties.customer import disable as stop
from tael.parties.customer import enable as let_go_on
from tael.parties.customer import register as enter

if TYPE_CHECKING:
    from tael.cli.call import Call

LINK: Final = "/portal/set-password?link="
COLUMNS: Final = ("number", "name", "registered_at", "disabled", "disabled_reason")


@click.group("customer")
def customer() -> None:
    """Register customers, see them, stop them."""


@customer.add_command
@command("list")
@click.argument("text", default="")
@click.option("--after", type=NUMBER, help="Those after this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(_call: Call, *, text: str, after: int | None, limit: int) -> Listing:
    """List customers; TEXT is a number or part of a name."""
    rows = queries.customers(text=text, after=after, limit=limit)
    more = f"--after {rows[-1].number}" if len(rows) == limit else ""
    return Listing(COLUMNS, [customer_out(row) for row in rows], more)


@customer.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one customer."""
    return Facts(customer_out(find_customer(number, field="number", disabled_too=True)))


@customer.add_command
@command("register")
@click.argument("name")
@click.option("--number", type=NUMBER, help="That an older system knows.  [default: the next]")
def register(call: Call, *, name: str, number: int | None) -> Facts:
    """Register a customer."""
    return Facts(customer_out(enter(name=name, number=number, actor=call.actor, at=call.at)))


@customer.add_command
@command("disable")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def disable(call: Call, *, number: int, reason: str) -> Facts:
    """Stop a customer's operations. Balances stay as they are."""
    return Facts(customer_out(stop(number=number, reason=reason, actor=call.actor, at=call.at)))


@customer.add_command
@command("enable")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def enable(call: Call, *, number: int, reason: str) -> Facts:
    """Let a customer's operations go on."""
    done = let_go_on(number=number, reason=reason, actor=call.actor, at=call.at)
    return Facts(customer_out(done))


@customer.add_command
@command("invite")
@click.argument("login")
def invite(call: Call, *, login: str) -> Facts:
    """Print another link by which a customer's user sets a password, once."""
    found = users.find_login(login, staff=False)
    if found is None:
        message = "No customer's user has this login name."
        raise users.UnknownUser(message, field="login", there=login)
    invited = users.invite(number=found.pk, actor=call.actor, at=call.at)
    return Facts(
        {"number": found.pk, "login": found.login, "customer": found.customer_id}
        | {"link": LINK + invited.text},
        ["Open the link at the address of the site, within three days. It works once."],
    )
