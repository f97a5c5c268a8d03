"""The currencies (貨幣) and points that are in use.

Source: F-11, E-04, A-F20.
"""

from __future__ import annotations

from typing import NamedTuple

from tael import ledger
from tael.books.connect import connection
from tael.books.snapshot import Snapshot
from tael.money import Currency, UnknownCurrency
from tael.refusal import Refusal

__all__ = ["CurrencyDisabled", "CurrencyState", "UnknownCurrency", "currencies", "currency"]


class CurrencyDisabled(Refusal):
    """The operator has switched this currency off."""

    code = "currency_disabled"
    because = "conflict"
    rule = "F-11"
    remedy = "Use another currency, or ask the operator to switch it on."


class CurrencyState(NamedTuple):
    """A registered currency and whether it may be used now."""

    currency: Currency
    enabled: bool


def _read() -> dict[str, CurrencyState]:
    known = ledger.currencies(connection())
    rows = connection().execute("SELECT code, enabled FROM books_currency ORDER BY code").fetchall()
    return {code: CurrencyState(known[code], enabled) for code, enabled in rows}


snapshot: Snapshot[dict[str, CurrencyState]] = Snapshot(_read)


def currency(code: str, *, field: str = "currency") -> Currency:
    """Give a currency that is registered and switched on.

    Args:
        code: upper case, exactly as registered.
        field: the name of the input, for the refusal.

    Raises:
        UnknownCurrency: it is not registered.
        CurrencyDisabled: it is switched off.

    Source: F-11.
    """
    states = snapshot.get()
    state = states.get(code) if isinstance(code, str) else None
    if state is None:
        raise UnknownCurrency(
            f"{code!r} is not a registered currency",
            field=field,
            there=str(code)[:32],
            allowed=", ".join(code for code, state in states.items() if state.enabled),
        )
    if not state.enabled:
        raise CurrencyDisabled(f"{code} is switched off", field=field, there=code)
    return state.currency


def currencies() -> dict[str, CurrencyState]:
    """Give all registered currencies by code, those switched off as well."""
    return dict(snapshot.get())
