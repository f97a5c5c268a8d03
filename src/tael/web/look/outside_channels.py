"""Channels over which money comes from outside or leaves, as they are offered on a page.

Source: E-02; B-31, B-38.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext

from tael.channels.queries import channels

if TYPE_CHECKING:
    from tael.channels.channel import Channel

INTERNAL: Final = frozenset({"System", "Admin"})
"""The house's own; nobody is paid over them."""


def outside_channels() -> list[Channel]:
    """Give the channels in use, but for the house's own."""
    return [one for one in channels() if one.enabled and one.identifier not in INTERNAL]


def channel_choices() -> list[tuple[str, str]]:
    """Give them as choices; none is chosen beforehand, since money would be looked for at the wrong place."""
    return [("", gettext("Choose")), *((one.identifier, one.name) for one in outside_channels())]
