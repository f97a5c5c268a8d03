"""Words for the tests of this folder: an account of a client, money coming in to it."""

from __future__ import annotations

from datetime import UTC, datetime

from tael import books, ledger

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
COMES_IN = ledger.Kind("test.comes_in", "Money comes in")


def a_client_account(code: str = "wallet:100001:free") -> int:
    return books.open_account(code=code, currency="CNY", class_="client", floor=0)


def the_outside() -> int:
    return books.open_account(code="channel:Test:CNY", currency="CNY", class_="custody", floor=None)


def coming_in(
    account: int, amount: int, key: str = "k1", *, actor: str = "user:1", **more
) -> ledger.Entry:
    return ledger.Entry(
        kind=COMES_IN,
        legs=(ledger.Leg(the_outside(), -amount), ledger.Leg(account, amount)),
        key=ledger.key_of(actor, key),
        effective_at=AT,
        actor=actor,
        **more,
    )


def balance(account: int) -> int:
    return ledger.balance(books.connection(), account)
