"""`tael staff`: who works here. The first administrator is made with it, and one who is locked out helped."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.wire import moment_or_none, moment_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.cli.demo_users import demo_code
from tael.parties import queries, second_factor
from tael.parties import user as users
from tael.parties.person import set_own_customer
from tael.parties.role import ROLES
from tael.parties.user import UnknownUser
from tael.postgres.home import home_of

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.parties.user import User

COLUMNS: Final = ("number", "login", "name", "roles", "created_at", "disabled_at")
LINK: Final = "/backoffice/set-password?link="


@click.group("staff")
def staff() -> None:
    """Add members of the staff, see them, help one who is locked out."""


@staff.add_command
@command("list")
@click.option("--after", type=NUMBER, help="Those after this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(_call: Call, *, after: int | None, limit: int) -> Listing:
    """List the staff."""
    rows = queries.users(staff=True, after=after, limit=limit)
    more = f"--after {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [_staff_out(row) for row in rows], more)


@staff.add_command
@command("add")
@click.argument("login")
@click.argument("name")
@click.option("--role", "roles", multiple=True, help=f"May stand often: {', '.join(ROLES)}.")
def add(call: Call, *, login: str, name: str, roles: tuple[str, ...]) -> Facts:
    """Add a member of the staff, and print a link by which a password is set, once."""
    entered = users.add_staff(login=login, name=name, roles=roles, actor=call.actor, at=call.at)
    return _invited(call, entered)


@staff.add_command
@command("invite")
@click.argument("login")
def invite(call: Call, *, login: str) -> Facts:
    """Print another link by which a password is set, once."""
    return _invited(call, _of_the_staff(login))


@staff.add_command
@command("reset")
@click.argument("login")
def reset(call: Call, *, login: str) -> Facts:
    """Take away a second factor, so that another telephone can be set up."""
    found = _of_the_staff(login)
    second_factor.reset(number=found.pk, actor=call.actor, at=call.at)
    return Facts(_staff_out(found), ["The second factor is set up anew at the next sign-in."])


@staff.add_command
@command("own-customer")
@click.argument("login")
@click.argument("customer", type=NUMBER, required=False)
def own_customer(call: Call, *, login: str, customer: int | None) -> Facts:
    """Say that somebody is a customer too, so that he decides nothing about his money; no number: he is none."""
    found = _of_the_staff(login)
    held = set_own_customer(number=found.pk, customer=customer, actor=call.actor, at=call.at)
    return Facts(_staff_out(held))


@staff.add_command
@command("disable")
@click.argument("login")
def disable(call: Call, *, login: str) -> Facts:
    """Let somebody do nothing more, from the next request on."""
    found = _of_the_staff(login)
    return Facts(_staff_out(users.disable(number=found.pk, actor=call.actor, at=call.at)))


@staff.add_command
@click.command("code")
def code() -> None:
    """Show the code that the telephone of the demo's staff would show now."""
    now = datetime.now(UTC)  # noqa: TID251 - a door reads the clock
    click.echo(demo_code(home_of(os.environ).path / "demo.json", at=now))


def _of_the_staff(login: str) -> User:
    found = users.find_login(login, staff=True)
    if found is None:
        raise UnknownUser("Nobody of the staff has this login name.", field="login", there=login)
    return found


def _invited(call: Call, user: User) -> Facts:
    invited = users.invite(number=user.pk, actor=call.actor, at=call.at)
    return Facts(
        _staff_out(user) | {"link": LINK + invited.text},
        ["Open the link at the address of the site, within three days. It works once."],
    )


def _staff_out(row: User) -> dict[str, Any]:
    return {
        "number": row.pk,
        "login": row.login,
        "name": row.name,
        "roles": list(row.roles),
        "own_customer": row.own_customer_id,
        "created_at": moment_out(row.created_at),
        "disabled_at": moment_or_none(row.disabled_at),
    }
