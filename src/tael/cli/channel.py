"""`tael channel`: over which ways money comes and goes (渠道), and in which currencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from tael.api.v1.shapes import channel_out
from tael.channels import queries
from tael.channels.channel import add_channel, change_channel, disable_channel, enable_channel
from tael.cli.answer import Facts, Listing
from tael.cli.call import command

if TYPE_CHECKING:
    from tael.cli.call import Call

COLUMNS: Final = ("identifier", "name", "currencies", "enabled", "description")


@click.group("channel")
def channel() -> None:
    """See channels, add them, switch them off and on."""


@channel.add_command
@command("list")
def listing(_call: Call) -> Listing:
    """List the channels."""
    return Listing(COLUMNS, [channel_out(row) for row in queries.channels()])


@channel.add_command
@command("add")
@click.argument("identifier")
@click.option("--name", required=True)
@click.option("--description", default="")
@click.option("--currencies", default="ALL", show_default=True, help="ALL, or CNY,USD.")
def add(call: Call, *, identifier: str, name: str, description: str, currencies: str) -> Facts:
    """Add a channel, switched on."""
    made = add_channel(
        identifier=identifier,
        name=name,
        description=description,
        currencies=currencies,
        actor=call.actor,
        at=call.at,
    )
    return Facts(channel_out(made))


@channel.add_command
@command("change")
@click.argument("identifier")
@click.option("--name")
@click.option("--description")
@click.option("--currencies", help="ALL, or CNY,USD.")
def change(
    call: Call,
    *,
    identifier: str,
    name: str | None,
    description: str | None,
    currencies: str | None,
) -> Facts:
    """Change what a channel is called or which currencies it takes."""
    made = change_channel(
        identifier=identifier,
        name=name,
        description=description,
        currencies=currencies,
        actor=call.actor,
        at=call.at,
    )
    return Facts(channel_out(made))


@channel.add_command
@command("disable")
@click.argument("identifier")
def disable(call: Call, *, identifier: str) -> Facts:
    """Let no operation go over a channel."""
    done = disable_channel(identifier=identifier, actor=call.actor, at=call.at)
    return Facts(channel_out(done))


@channel.add_command
@command("enable")
@click.argument("identifier")
def enable(call: Call, *, identifier: str) -> Facts:
    """Let operations go over a channel again."""
    done = enable_channel(identifier=identifier, actor=call.actor, at=call.at)
    return Facts(channel_out(done))
