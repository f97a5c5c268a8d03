"""The operator's currencies (貨幣): those of ISO 4217 by code, own ones, and points.

Source: F-11, E-04; G-04.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import transaction

from tael import books, ledger
from tael.books.currency import snapshot
from tael.books.models import RegisteredCurrency
from tael.money import Currency, UnknownCurrency, iso_currency
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from tael.money.currency import CurrencyKind

__all__ = [
    "CurrencyExists",
    "CurrencyReserved",
    "add_currency",
    "add_iso_currency",
    "disable_currency",
    "enable_currency",
]

NAME_MAX = 100


class CurrencyExists(Refusal):
    """The currency is registered already."""

    code = "currency_exists"
    because: ClassVar[Because] = "conflict"
    rule = "F-11"
    remedy = "Use it, or switch it on if it is off."


class CurrencyReserved(Refusal):
    """The code is one of ISO 4217, or the word for every currency."""

    code = "currency_reserved"
    because: ClassVar[Because] = "conflict"
    rule = "E-04"
    remedy = "Add a currency of ISO 4217 by its code alone; choose another code for your own."


@transaction.atomic
def add_iso_currency(*, code: str, actor: str, at: datetime) -> Currency:
    """Take a currency of ISO 4217 into use, with the standard's name and decimals.

    Raises:
        UnknownCurrency: ISO 4217 has none of this code with a minor unit.
        CurrencyExists: it is registered already.

    Source: F-11, E-04.
    """
    return _register(iso_currency(code), actor, at)


@transaction.atomic
def add_currency(
    *, code: str, exponent: int, kind: CurrencyKind = "money", name: str, actor: str, at: datetime
) -> Currency:
    """Take a currency of the operator's own, or a sort of points (積分), into use.

    Args:
        code: 3 to 12 capital letters and digits that are no code of ISO 4217.
        exponent: decimals of the smallest unit, 0 to 8; never changes afterwards.

    Raises:
        CurrencyMalformed: code, exponent or kind is out of bounds.
        CurrencyReserved, CurrencyExists, TextMalformed.
        CurrencyTaken: the books know the code with other decimals or as another kind.

    Source: F-11, E-04, F-34.
    """
    line = parse_text(name, field="name", longest=NAME_MAX)
    wanted = Currency(code, exponent, kind, line)
    if code == "ALL" or _is_iso(code):
        raise CurrencyReserved(f"{code} means something else", field="code", there=code)
    return _register(wanted, actor, at)


@transaction.atomic
def disable_currency(*, code: str, actor: str, at: datetime) -> None:
    """Refuse operations in a currency from the next one on. Balances stay as they are.

    Raises:
        UnknownCurrency: it is not registered.

    Source: F-11.
    """
    _switch(code, enabled=False, actor=actor, at=at)


@transaction.atomic
def enable_currency(*, code: str, actor: str, at: datetime) -> None:
    """Let operations in a currency go on.

    Raises:
        UnknownCurrency: it is not registered.

    Source: F-11.
    """
    _switch(code, enabled=True, actor=actor, at=at)


def _register(currency: Currency, actor: str, at: datetime) -> Currency:
    entered = (
        books.connection()
        .execute(
            "INSERT INTO books_currency (code, enabled, registered_at) VALUES (%s, true, %s)"
            " ON CONFLICT (code) DO NOTHING RETURNING code",
            [currency.code, at],
        )
        .fetchone()
    )
    if entered is None:
        raise CurrencyExists(f"{currency.code} is registered", field="code", there=currency.code)
    ledger.define_currency(books.connection(), currency)
    snapshot.changed()
    audit.record(
        actor=actor,
        action="currency.add",
        subject=f"currency:{currency.code}",
        at=at,
        details={"exponent": currency.exponent, "kind": currency.kind, "name": currency.name},
    )
    return currency


def _switch(code: str, *, enabled: bool, actor: str, at: datetime) -> None:
    held = None
    if isinstance(code, str):
        held = RegisteredCurrency.objects.select_for_update(no_key=True).filter(pk=code).first()
    if held is None:
        raise UnknownCurrency("this is no registered currency", field="code", there=str(code)[:40])
    if held.enabled is not enabled:
        held.enabled = enabled
        held.save(update_fields=["enabled"])
        snapshot.changed()
        verb = "enable" if enabled else "disable"
        audit.record(actor=actor, action=f"currency.{verb}", subject=f"currency:{code}", at=at)


def _is_iso(code: str) -> bool:
    try:
        iso_currency(code)
    except UnknownCurrency:
        return False
    return True
