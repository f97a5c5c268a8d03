"""Channels (渠道) over HTTP: `/channels`."""

from typing import Annotated

from django.db import transaction
from ninja import Router
from pydantic import WithJsonSchema

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import Body
from tael.api.paging import paged
from tael.api.v1.shapes import ChannelOut, ChannelsOut, channel_out
from tael.channels import queries
from tael.channels.channel import (
    UnknownChannel,
    disable_channel,
    enable_channel,
)
from tael.channels.channel import add_channel as enter_channel
from tael.channels.channel import (
    change_channel as change_facts,
)

router = Router(tags=["channels"])

Identifier = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]{1,31}$"})
]
Name = Annotated[str, WithJsonSchema({"type": "string", "maxLength": 100})]
Description = Annotated[str, WithJsonSchema({"type": "string", "maxLength": 500})]
Currencies = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "description": "ALL, or codes separated by commas.",
            "examples": ["ALL", "CNY,USD"],
        }
    ),
]


class ChannelIn(Body):
    """A channel to be added."""

    identifier: Identifier
    name: Name
    description: Description = ""
    currencies: Currencies = "ALL"


class ChannelChange(Body):
    """What is to be changed about a channel; what is left away stays."""

    name: Name | None = None
    description: Description | None = None
    currencies: Currencies | None = None
    enabled: bool | None = None


@endpoint(router, "GET", "/channels", answers=ChannelsOut)
def list_channels(request: ApiRequest) -> Answer:  # noqa: ARG001 - every key sees the same
    """List all channels, those switched off as well."""
    return Answer(paged([channel_out(row) for row in queries.channels()], None))


@endpoint(router, "GET", "/channels/{identifier}", answers=ChannelOut)
def get_channel(request: ApiRequest, identifier: Identifier) -> Answer:  # noqa: ARG001
    """Show one channel."""
    found = queries.channel(identifier) if "\x00" not in identifier else None
    if found is None:
        raise UnknownChannel(
            "There is no channel of this identifier.", field="identifier", there=identifier[:40]
        )
    return Answer(channel_out(found))


@endpoint(router, "POST", "/channels", answers=ChannelOut, status=CREATED, problems={409})
def add_channel(request: ApiRequest, body: ChannelIn) -> Answer:
    """Add a channel, switched on."""
    call = request.call
    made = enter_channel(
        identifier=body.identifier,
        name=body.name,
        description=body.description,
        currencies=body.currencies,
        actor=call.actor,
        at=call.received_at,
    )
    return Answer(channel_out(made))


@endpoint(router, "PATCH", "/channels/{identifier}", answers=ChannelOut)
def change_channel(request: ApiRequest, identifier: Identifier, body: ChannelChange) -> Answer:
    """Change what a channel is called, which currencies it takes, or switch it on or off."""
    call = request.call
    with transaction.atomic():
        changed = change_facts(
            identifier=identifier,
            name=body.name,
            description=body.description,
            currencies=body.currencies,
            actor=call.actor,
            at=call.received_at,
        )
        if body.enabled is not None:
            switch = enable_channel if body.enabled else disable_channel
            changed = switch(identifier=identifier, actor=call.actor, at=call.received_at)
    return Answer(channel_out(changed))
