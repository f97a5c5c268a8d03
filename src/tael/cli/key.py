"""`tael key`: API keys for programs, shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.wire import moment_or_none, moment_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.parties import queries
from tael.parties.api_key import UnknownApiKey, create_api_key, revoke_api_key
from tael.parties.scopes import CUSTOMER_SCOPES, SCOPES

if TYPE_CHECKING:
    from tael.cli.call import Call
    from tael.parties.api_key import ApiKey

COLUMNS: Final = ("number", "name", "prefix", "customer", "scopes", "created_at", "revoked_at")


@click.group("key")
def key() -> None:
    """Make API keys, see them, revoke them."""


@key.add_command
@command("list")
@click.option("--after", type=NUMBER, help="Those after this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(_call: Call, *, after: int | None, limit: int) -> Listing:
    """List the keys; their texts are nowhere."""
    rows = queries.api_keys(after=after, limit=limit)
    more = f"--after {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [_key_out(row) for row in rows], more)


@key.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one key with all of its scopes; its text is nowhere."""
    rows = queries.api_keys(after=number - 1, limit=1)
    if not rows or rows[0].pk != number:
        raise UnknownApiKey(f"there is no API key {number}", field="number", there=str(number))
    return Facts(_key_out(rows[0]))


@key.add_command
@command("scopes")
def scopes(_call: Call) -> Listing:
    """List what a key can be made for."""
    rows = [
        {"scope": name, "meaning": meaning, "for_customers": name in CUSTOMER_SCOPES}
        for name, meaning in SCOPES.items()
    ]
    return Listing(("scope", "meaning", "for_customers"), rows)


@key.add_command
@command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, help="May stand often; `all` for every one.")
@click.option("--customer", type=NUMBER, help="Bind the key to this customer's wallets.")
def create(call: Call, *, name: str, scopes: tuple[str, ...], customer: int | None) -> Facts:
    """Make a key. Its text is printed now and can never be read again."""
    every = SCOPES if customer is None else CUSTOMER_SCOPES
    made = create_api_key(
        name=name,
        scopes=every if scopes == ("all",) else scopes,
        customer=customer,
        actor=call.actor,
        at=call.at,
    )
    return Facts(
        _key_out(made.key) | {"key": made.text}, ["Keep the key: it is stored as a hash only."]
    )


@key.add_command
@command("revoke")
@click.argument("number", type=NUMBER)
def revoke(call: Call, *, number: int) -> Facts:
    """Make a key worthless from the next request on."""
    return Facts(_key_out(revoke_api_key(number=number, actor=call.actor, at=call.at)))


def _key_out(row: ApiKey) -> dict[str, Any]:
    return {
        "number": row.pk,
        "name": row.name,
        "prefix": row.prefix,
        "customer": row.customer_id,
        "scopes": list(row.scopes),
        "created_at": moment_out(row.created_at),
        "revoked_at": moment_or_none(row.revoked_at),
    }
