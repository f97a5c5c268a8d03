"""Channels (渠道): a registry that administrators extend, each with the currencies it takes.

Source: F-03, F-04, F-05, E-06.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.db import transaction

from tael import books
from tael.channels.models import EVERY_CURRENCY, Channel
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "Channel",
    "ChannelCurrencyRefused",
    "ChannelDisabled",
    "ChannelExists",
    "ChannelMalformed",
    "UnknownChannel",
    "add_channel",
    "change_channel",
    "disable_channel",
    "enable_channel",
    "usable",
]

IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,31}")
NAME_MAX: Final = 100
DESCRIPTION_MAX: Final = 500
CURRENCIES_MAX: Final = 1000

_COLUMNS: Final = ("identifier", "name", "description", "currencies", "enabled", "added_at")
_READ: Final = f"SELECT {', '.join(_COLUMNS)} FROM channels_channel"
_ENTER: Final = f"""
    INSERT INTO channels_channel ({", ".join(_COLUMNS)}) VALUES (%s, %s, %s, %s, true, %s)
    ON CONFLICT DO NOTHING RETURNING {", ".join(_COLUMNS)}
"""


class UnknownChannel(Refusal):
    """There is no channel of this identifier."""

    code = "unknown_channel"
    because: ClassVar[Because] = "absent"
    rule = "F-03"
    remedy = "Use the identifier of a channel, with its capitals."


class ChannelDisabled(Refusal):
    """The channel has been switched off."""

    code = "channel_disabled"
    because: ClassVar[Because] = "conflict"
    rule = "F-03"
    remedy = "Use another channel, or have this one switched on."


class ChannelCurrencyRefused(Refusal):
    """The channel does not take this currency."""

    code = "channel_currency_refused"
    because: ClassVar[Because] = "conflict"
    rule = "F-05"
    remedy = "Use a currency that the channel takes, or another channel."


class ChannelExists(Refusal):
    """A channel of this identifier exists, perhaps with other capitals."""

    code = "channel_exists"
    because: ClassVar[Because] = "conflict"
    rule = "F-03"
    remedy = "Choose another identifier, or change the channel that is there."


class ChannelMalformed(Refusal):
    """The identifier or the currency parameter is not in its form."""

    code = "channel_malformed"
    rule = "F-04"
    remedy = "Correct the named field. Currencies are ALL, or codes with an English comma between: CNY,USD."


def _read() -> dict[str, Channel]:
    rows = books.connection().execute(_READ).fetchall()
    return {row[0]: Channel.from_db("default", _COLUMNS, row) for row in rows}


_snapshot: Final[books.Snapshot[dict[str, Channel]]] = books.Snapshot(_read)


def usable(channel: str, currency: str, *, field: str = "channel") -> Channel:
    """Give the channel if an operation in this currency may be made over it now.

    Args:
        channel: its identifier. currency: the code.
        field: the name of the channel's input, for the refusal.

    Raises:
        UnknownChannel, ChannelDisabled: about the channel.
        UnknownCurrency, CurrencyDisabled: about the currency.
        ChannelCurrencyRefused: the channel does not take the currency.

    Source: F-03, F-04, F-05.
    """
    found = _find(channel, field)
    if not found.enabled:
        raise ChannelDisabled(f"channel {channel} is switched off", field=field, there=channel)
    books.currency(currency)
    if not found.takes(currency):
        raise ChannelCurrencyRefused(
            f"channel {channel} does not take {currency}",
            field=field,
            there=currency,
            allowed=found.currencies,
        )
    return found


@transaction.atomic
def add_channel(
    *,
    identifier: str,
    name: str,
    description: str = "",
    currencies: str = EVERY_CURRENCY,
    actor: str,
    at: datetime,
) -> Channel:
    """Enter a channel in the registry, switched on.

    Args:
        identifier: a letter and up to 31 letters, digits and _; capitals count when it is used, but
            no two channels may differ in capitals only.
        currencies: `ALL`, or codes separated by commas.

    Raises:
        ChannelExists, ChannelMalformed, TextMalformed, UnknownCurrency.

    Source: F-03, F-04.
    """
    if not isinstance(identifier, str) or not IDENTIFIER.fullmatch(identifier):
        raise ChannelMalformed(
            "this is no identifier of a channel",
            field="identifier",
            there=str(identifier)[:40],
            allowed="a letter and 1 to 31 letters, digits and _",
        )
    facts = {
        "name": parse_text(name, field="name", longest=NAME_MAX),
        "description": _description(description),
        "currencies": _parse_currencies(currencies),
    }
    row = books.connection().execute(_ENTER, [identifier, *facts.values(), at]).fetchone()
    if row is None:
        raise ChannelExists(
            f"there is a channel {identifier}", field="identifier", there=identifier
        )
    entered = Channel.from_db("default", _COLUMNS, row)
    _changed(entered, "add", actor, at, facts)
    return entered


@transaction.atomic
def change_channel(
    *,
    identifier: str,
    name: str | None = None,
    description: str | None = None,
    currencies: str | None = None,
    actor: str,
    at: datetime,
) -> Channel:
    """Change what a channel is called or which currencies it takes; what is None stays.

    Raises:
        UnknownChannel, ChannelMalformed, TextMalformed, UnknownCurrency.

    Source: F-03, F-04.
    """
    held = _locked(identifier)
    wanted = {
        "name": None if name is None else parse_text(name, field="name", longest=NAME_MAX),
        "description": None if description is None else _description(description),
        "currencies": None if currencies is None else _parse_currencies(currencies),
    }
    before = {}
    for column, value in wanted.items():
        if value is not None and value != getattr(held, column):
            before[column] = getattr(held, column)
            setattr(held, column, value)
    if before:
        held.save(update_fields=list(before))
        after = {column: getattr(held, column) for column in before}
        _changed(held, "change", actor, at, {"before": before, "after": after})
    return held


@transaction.atomic
def disable_channel(*, identifier: str, actor: str, at: datetime) -> Channel:
    """Let no operation go over the channel from the next one on.

    Raises:
        UnknownChannel: there is none of this identifier.

    Source: F-03.
    """
    return _switch(identifier, enabled=False, actor=actor, at=at)


@transaction.atomic
def enable_channel(*, identifier: str, actor: str, at: datetime) -> Channel:
    """Let operations go over the channel again.

    Raises:
        UnknownChannel: there is none of this identifier.

    Source: F-03.
    """
    return _switch(identifier, enabled=True, actor=actor, at=at)


def _find(identifier: str, field: str) -> Channel:
    channels = _snapshot.get()
    found = channels.get(identifier) if isinstance(identifier, str) else None
    if found is None:
        raise UnknownChannel(
            "there is no channel of this identifier",
            field=field,
            there=str(identifier)[:40],
            allowed=", ".join(sorted(c.identifier for c in channels.values() if c.enabled)),
        )
    return found


def _switch(identifier: str, *, enabled: bool, actor: str, at: datetime) -> Channel:
    held = _locked(identifier)
    if held.enabled is not enabled:
        held.enabled = enabled
        held.save(update_fields=["enabled"])
        _changed(held, "enable" if enabled else "disable", actor, at, {})
    return held


def _locked(identifier: str) -> Channel:
    _find(identifier, "identifier")
    return Channel.objects.select_for_update(no_key=True).get(pk=identifier)


def _changed(
    channel: Channel, verb: str, actor: str, at: datetime, details: dict[str, Any]
) -> None:
    _snapshot.changed()
    audit.record(
        actor=actor,
        action=f"channel.{verb}",
        subject=f"channel:{channel.identifier}",
        at=at,
        details=details,
    )


def _description(text: str) -> str:
    return parse_text(text, field="description", longest=DESCRIPTION_MAX, may_be_empty=True)


def _parse_currencies(text: str) -> str:
    """Give the currency parameter in its plain form; each code must be registered."""
    codes = [code.strip(" ") for code in text.split(",")] if isinstance(text, str) else []
    if codes == [EVERY_CURRENCY]:
        return EVERY_CURRENCY
    if not codes or EVERY_CURRENCY in codes or "" in codes or len(str(text)) > CURRENCIES_MAX:
        raise ChannelMalformed(
            "this is no currency parameter",
            field="currencies",
            there=str(text)[:80],
            allowed="ALL, or codes separated by commas",
        )
    known = books.currencies()
    for code in codes:
        if code not in known:
            raise books.UnknownCurrency(
                f"{code[:20]!r} is not a registered currency",
                field="currencies",
                there=code[:20],
                allowed=", ".join(known),
            )
    return ",".join(dict.fromkeys(codes))
