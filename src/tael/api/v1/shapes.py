"""How the things of the API look on the wire: a class for the document and a function for the bytes.

Source: E-02 to E-07; architecture, section 5.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from tael.api.wire import Out, moment_or_none, moment_out
from tael.books.currency import CurrencyState

if TYPE_CHECKING:
    from tael.channels.channel import Channel
    from tael.channels.rate import Rate
    from tael.parties.customer import Customer
    from tael.parties.payee import Payee


class Page(Out):
    """One page of a list."""

    next_cursor: str | None
    has_more: bool


class CustomerOut(Out):
    """A customer."""

    number: int
    name: str
    registered_at: datetime
    disabled: bool
    disabled_at: datetime | None
    disabled_reason: str


class CustomersOut(Page):
    """A page of customers."""

    data: list[CustomerOut]


class PayeeAccountOut(Out):
    """A payee account."""

    number: int
    customer: int
    kind: str
    holder: str
    details: dict[str, str]
    active: bool
    added_at: datetime
    closed_at: datetime | None


class PayeeAccountsOut(Page):
    """A page of payee accounts."""

    data: list[PayeeAccountOut]


class CurrencyOut(Out):
    """A registered currency."""

    code: str
    name: str
    exponent: int
    kind: Literal["money", "points"]
    enabled: bool


class CurrenciesOut(Page):
    """The registered currencies."""

    data: list[CurrencyOut]


class ChannelOut(Out):
    """A channel."""

    identifier: str
    name: str
    description: str
    currencies: str
    enabled: bool
    added_at: datetime


class ChannelsOut(Page):
    """The channels."""

    data: list[ChannelOut]


class RateOut(Out):
    """A rate: so many units of `to_currency` for one of `from_currency`."""

    number: int
    from_currency: str
    to_currency: str
    value: str
    valid_from: datetime


class RatesOut(Page):
    """A page of rates."""

    data: list[RateOut]


def customer_out(row: "Customer") -> dict[str, Any]:
    """Write a customer."""
    return {
        "number": row.number,
        "name": row.name,
        "registered_at": moment_out(row.registered_at),
        "disabled": row.disabled,
        "disabled_at": moment_or_none(row.disabled_at),
        "disabled_reason": row.disabled_reason,
    }


def payee_account_out(row: "Payee") -> dict[str, Any]:
    """Write a payee account."""
    return {
        "number": row.pk,
        "customer": row.customer_id,
        "kind": row.kind,
        "holder": row.holder,
        "details": row.details,
        "active": row.active,
        "added_at": moment_out(row.added_at),
        "closed_at": moment_or_none(row.closed_at),
    }


def currency_out(state: CurrencyState) -> dict[str, Any]:
    """Write a currency."""
    unit = state.currency
    return {
        "code": unit.code,
        "name": unit.name,
        "exponent": unit.exponent,
        "kind": unit.kind,
        "enabled": state.enabled,
    }


def channel_out(row: "Channel") -> dict[str, Any]:
    """Write a channel."""
    return {
        "identifier": row.identifier,
        "name": row.name,
        "description": row.description,
        "currencies": row.currencies,
        "enabled": row.enabled,
        "added_at": moment_out(row.added_at),
    }


def rate_out(row: "Rate") -> dict[str, Any]:
    """Write a rate."""
    return {
        "number": row.pk,
        "from_currency": row.from_currency,
        "to_currency": row.to_currency,
        "value": f"{row.value.normalize():f}",
        "valid_from": moment_out(row.valid_from),
    }
