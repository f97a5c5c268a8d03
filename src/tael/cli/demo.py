"""Demo data for an empty database: a small house with eight weeks behind it, the same at each loading.

The scene and what waits at the end are scenarios (`demo.scenario`, `demo_end.scenario`); the days in
between are drawn from a fixed seed. All of it goes through the operations that everybody uses.
"""

from __future__ import annotations

import heapq
import json
import os
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click
from django.db import transaction

from tael import books
from tael.assurance.backup import DatabaseNotEmpty
from tael.cli.database import opened_database
from tael.cli.demo_merchants import days_of_merchants
from tael.cli.demo_users import add_demo_users
from tael.cli.migrate import migrate_database
from tael.cli.scenario import Story, play, read_scenario
from tael.parties import actor as actors
from tael.parties.api_key import authenticate, create_api_key
from tael.parties.customer import UnknownCustomer, customer
from tael.parties.scopes import CUSTOMER_SCOPES, SCOPES
from tael.postgres.home import home_of
from tael.refusal import Refusal
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.flow_search import Wanted, all_records
from tael.wallet.recharge import recharge
from tael.wallet.transfer import transfer
from tael.wallet.wallet import wallet as find_wallet
from tael.web.database import point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tael.money import Money
    from tael.postgres.connect import Databases
    from tael.wallet.wallet import Wallet

ADMINISTRATOR: Final = 10000
SOMEBODY: Final = 10012
WEEKS: Final = 8
SEED: Final = 20200115
EVERYDAY: Final = 420
ACTOR: Final = actors.of_user(ADMINISTRATOR)


class Trade(NamedTuple):
    """Something that happens every day: what it is called and about how much it is, in minor units."""

    info: str
    least: int
    most: int


BOUGHT: Final = (
    Trade("午餐 · lunch", 1800, 4800),
    Trade("茶 · tea", 600, 2200),
    Trade("書 · a book", 2900, 9800),
    Trade("車票 · a ticket", 1200, 26000),
    Trade("話費 · phone bill", 3000, 10000),
    Trade("服務費 · service fee", 100, 900),
)
PAID_IN: Final = (
    Trade("充值 · recharge", 10000, 80000),
    Trade("工資 · wages", 150000, 320000),
    Trade("退款 · from a shop", 900, 12000),
)
SENT: Final = (
    Trade("AA 制 · shared bill", 1500, 18000),
    Trade("紅包 · red envelope", 660, 8880),
    Trade("房租 · rent", 40000, 90000),
)
CHANNELS: Final = {
    "CNY": ("Alipay", "WeChat", "UnionPay", "QQwallet"),
    "HKD": ("UnionPay", "PayPal"),
    "USD": ("PayPal", "UnionPay"),
    "EUR": ("PayPal",),
}


@click.command("demo")
def demo() -> None:
    """Load the demo data into an empty database and print the keys that were made for it.

    A second time it prints the same keys. A database with anything else in it is left alone.
    """
    with opened_database() as databases:
        migrate_database(databases)
        point("default", databases.app_dsn)
        keys = load_once(databases)
        if not keys:
            raise DatabaseNotEmpty("The database holds customers or entries that are no demo data.")
    for name, key in keys.items():
        click.echo(f"{name:<16} {key}")


def load_once(databases: Databases) -> dict[str, str]:
    """Load the demo data into an empty database; its keys are kept beside the data, to be printed again.

    Gives no keys for a database that holds something else.
    """
    kept = home_of(os.environ).path / "demo.json"
    with databases.owner() as owner:
        filled = owner.execute("SELECT EXISTS (SELECT FROM ledger.entry)").fetchone()
    if filled and filled[0]:
        return _kept(kept)
    keys = load()
    if keys:
        home_of(os.environ).make()
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(keys, file, ensure_ascii=False, indent=1)
    return keys


def _kept(file: Path) -> dict[str, str]:
    """Give the keys that were kept, if they are of this database."""
    if not file.exists():
        return {}
    keys: dict[str, str] = json.loads(file.read_text("utf-8"))
    known = [authenticate(text) for name, text in keys.items() if name.startswith("Key")]
    return keys if known and all(known) else {}


@transaction.atomic
def load(*, now: datetime | None = None) -> dict[str, str]:
    """Load the demo data when the database is empty, and give the keys that were made for it.

    All of it or nothing: whoever is interrupted finds an empty database the next time. A database with an entry or a customer in it is left alone, and there are no keys then: they can be
    read only once.

    Args:
        now: the end of the demonstration; the clock's time if not given.
    """
    if not _is_empty():
        return {}
    end = now or datetime.now(UTC)  # noqa: TID251 - a door reads the clock
    story = Story("demo", now=end - timedelta(weeks=WEEKS))
    _play("demo.scenario", story)
    users = add_demo_users(actor=ACTOR, at=story.now)
    ended = end - timedelta(hours=2)
    everyday = _everyday(story.now, ended)
    merchants = days_of_merchants(begin=story.now, end=ended, actor=ACTOR)
    for _moment, happens in heapq.merge(everyday, merchants, key=itemgetter(0)):
        happens()
    story.now = end - timedelta(hours=1)
    _play("demo_end.scenario", story)
    return _keys(end) | users


def _is_empty() -> bool:
    try:
        customer(ADMINISTRATOR, disabled_too=True)
    except UnknownCustomer:
        return not all_records(Wanted(), limit=1).records
    return False


def _play(name: str, story: Story) -> None:
    text = files("tael.cli").joinpath(name).read_text("utf-8")
    play(read_scenario(text, name), story)


def _everyday(begin: datetime, end: datetime) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Let people buy, pay in, send and exchange, some hundred times; who has too little does not.

    What chance brings next is drawn only when the one before has happened.
    """
    chance = random.Random(SEED)  # noqa: S311 - the same demonstration each time
    wallets = [find_wallet(number) for number in range(100001, 100010)]
    moments = sorted(chance.uniform(0, 1) for _ in range(EVERYDAY))
    for place, moment in enumerate(moments):
        at = begin + (end - begin) * moment
        act = chance.choices((_buy, _pay_in, _send, _exchange), weights=(60, 16, 18, 6))[0]
        with_whom = chance.choice([one for one in wallets if one.currency.kind == "money"])
        yield at, partial(_try, act, chance, with_whom, wallets, f"demo.day.{place}", at)


def _try(act: Callable[..., None], *given: Any) -> None:
    with suppress(Refusal):  # he would have spent more than he had
        act(*given)


def _buy(
    chance: random.Random, wallet: Wallet, _others: list[Wallet], key: str, at: datetime
) -> None:
    trade = chance.choice(BOUGHT)
    deduct(
        wallet=wallet,
        amount=_about(chance, trade, wallet),
        instruction=_instruction(key, at, "System", trade.info, "Shop"),
    )


def _pay_in(
    chance: random.Random, wallet: Wallet, _others: list[Wallet], key: str, at: datetime
) -> None:
    trade = chance.choice(PAID_IN)
    channel = chance.choice(CHANNELS[wallet.currency.code])
    recharge(
        wallet=wallet,
        amount=_about(chance, trade, wallet),
        instruction=_instruction(key, at, channel, trade.info, "OnlineRecharge"),
    )


def _send(
    chance: random.Random, wallet: Wallet, others: list[Wallet], key: str, at: datetime
) -> None:
    trade = chance.choice(SENT)
    target = chance.choice([one for one in others if one.currency == wallet.currency])
    transfer(
        source=wallet,
        target=target,
        amount=_about(chance, trade, wallet),
        instruction=_instruction(key, at, "System", trade.info, "Transfer"),
    )


def _exchange(
    chance: random.Random, wallet: Wallet, others: list[Wallet], key: str, at: datetime
) -> None:
    target = chance.choice([one for one in others if one.owner == wallet.owner])
    exchange(
        source=wallet,
        target=target,
        amount=wallet.money(chance.randrange(20, 200) * 100),
        instruction=_instruction(key, at, "System", "兌換 · exchange", "MoneyToMoney"),
    )


def _about(chance: random.Random, trade: Trade, wallet: Wallet) -> Money:
    return wallet.money(chance.randrange(trade.least, trade.most, 10))


def _instruction(key: str, at: datetime, channel: str, info: str, code: str) -> books.Instruction:
    return books.Instruction(key=key, actor=ACTOR, at=at, channel=channel, info=info, code=code)


def _keys(at: datetime) -> dict[str, str]:
    """Make the keys of the demonstration."""
    reading = [scope for scope in SCOPES if scope.endswith(":read")]
    wanted: dict[str, tuple[list[str], int | None]] = {
        "Key, all rights": (list(SCOPES), None),
        "Key, reading": (reading, None),
        f"Key of {SOMEBODY}": (sorted(CUSTOMER_SCOPES), SOMEBODY),
    }
    return {
        name: create_api_key(
            name=f"demo: {name.lower()}", scopes=scopes, customer=owner, actor=ACTOR, at=at
        ).text
        for name, (scopes, owner) in wanted.items()
    }
