"""The things that tests talk about, in the words of the domain and with safe defaults."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

from django.db import connection as django_connection
from django.db import connections

from tael import books
from tael.channels.currency import add_currency, add_iso_currency
from tael.channels.rate import set_rate
from tael.money import Money, parse_amount
from tael.parties.customer import register
from tael.parties.payee import add_payee
from tael.wallet.deduct import deduct
from tael.wallet.figures import figures_now
from tael.wallet.freeze import freeze
from tael.wallet.recharge import recharge
from tael.wallet.transfer import transfer
from tael.wallet.unfreeze import unfreeze
from tael.wallet.wallet import open_wallet
from tael.wallet.withdraw import withdraw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tael.books import Instruction
    from tael.wallet.wallet import Wallet

AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
STAFF = "user:10000"
_KEYS = count(1)


def an_instruction(key: str | None = None, **given: Any) -> Instruction:
    """An instruction of the back office with a key of its own."""
    facts: dict[str, Any] = {"actor": STAFF, "at": AT, "channel": "Admin"}
    return books.Instruction(key=key or f"test-{next(_KEYS)}", **{**facts, **given})


def money(text: str, currency: str = "CNY") -> Money:
    """An amount, as it would come in through a door."""
    return parse_amount(text, books.currencies()[currency].currency, allow_zero=True)


def a_currency(code: str, *, exponent: int = 0, kind: str = "points") -> None:
    """A currency of the operator's own, points unless said, if it is not there yet."""
    if code not in books.currencies():
        add_currency(code=code, exponent=exponent, kind=kind, name=code, actor=STAFF, at=AT)


def an_iso_currency(code: str) -> None:
    """A currency of ISO 4217, if it is not there yet."""
    if code not in books.currencies():
        add_iso_currency(code=code, actor=STAFF, at=AT)


def a_customer(number: int | None = None, name: str = "Li Hua") -> int:
    """A customer's number."""
    return register(name=name, number=number, actor=STAFF, at=AT).number


def a_payee(customer: int) -> int:
    """The number of a payee account of the customer."""
    return add_payee(
        customer=customer,
        kind="bank",
        holder="Li Hua",
        details={"account": "6222 0000"},
        actor=STAFF,
        at=AT,
    ).pk


def a_wallet(
    *,
    free: str = "0",
    locked: str = "0",
    owner: int | None = None,
    currency: str = "CNY",
    name: str = "default",
) -> Wallet:
    """A wallet with free money that was paid in over Alipay and locked money that was a gift."""
    opened = open_wallet(
        owner=owner or a_customer(), currency=currency, name=name, actor=STAFF, at=AT
    )
    for text, channel, spend_only in ((free, "Alipay", False), (locked, "System", True)):
        amount = money(text, currency)
        if amount:
            recharge(
                wallet=opened,
                amount=amount,
                spend_only=spend_only,
                instruction=an_instruction(channel=channel),
            )
    return opened


def a_busy_wallet() -> tuple[Wallet, list[tuple[str, str, str]]]:
    """A wallet on which every operation was made, and its figures before, between and after them."""
    wallet = a_wallet(free="100.00", locked="20.00")
    payee, other = a_payee(wallet.owner), a_wallet()
    given = {"wallet": wallet}
    after = [figures(wallet)]
    for step in (
        lambda: deduct(**given, amount=money("30.00"), instruction=an_instruction()),
        lambda: freeze(**given, amount=money("40.00"), instruction=an_instruction()),
        lambda: deduct(
            **given, amount=money("5.00"), source="frozen", instruction=an_instruction()
        ),
        lambda: unfreeze(**given, amount=money("15.00"), instruction=an_instruction()),
        lambda: withdraw(**given, amount=money("1.00"), payee=payee, instruction=an_instruction()),
        lambda: transfer(
            source=wallet, target=other, amount=money("2.00"), instruction=an_instruction()
        ),
        lambda: recharge(
            **given, amount=money("3.00"), spend_only=True, instruction=an_instruction()
        ),
    ):
        step()
        after.append(figures(wallet))
    return wallet, after


def a_rate(pair: str, value: str, *, at: datetime = AT) -> int:
    """The number of a rate, "USD/CNY" being what one USD buys."""
    from_currency, to_currency = pair.split("/")
    return set_rate(
        from_currency=from_currency, to_currency=to_currency, value=value, actor=STAFF, at=at
    ).pk


def figures(wallet: Wallet) -> tuple[str, str, str]:
    """Liquid, locked and frozen as they stand, as text."""
    now = figures_now([wallet])[wallet.number]
    return now.liquid.text, now.locked.text, now.frozen.text


def withdrawable(wallet: Wallet) -> str:
    """What may leave, as text."""
    return figures_now([wallet])[wallet.number].withdrawable.text


def in_parallel(*calls: Callable[[], Any]) -> list[Any]:
    """Make the calls at the same moment, each in a thread of its own; give answers or what was raised."""
    barrier = Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(place: int) -> None:
        try:
            django_connection.ensure_connection()
            barrier.wait(timeout=60)
            answers[place] = calls[place]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return answers


@contextmanager
def queries() -> Iterator[list[str]]:
    """The SQL statements that Django's connection is sent meanwhile."""
    seen: list[str] = []

    def note(execute: Any, statement: str, *rest: Any) -> Any:
        seen.append(statement)
        return execute(statement, *rest)

    with django_connection.execute_wrapper(note):
        yield seen
