"""A house with a long history, for its pages to be asked for. Needs Django's settings.

Most of its entries are loaded by columns, as `ledger.post_columns` takes them, spread over more than a
year by date of effect. What the loader cannot make (orders, withdrawals, holds, cards, refunds) comes
about through the real operations.

Source: F-22, F-33; peers-settlement-invest, sections 4.1 to 4.3.
"""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from django.db import transaction

from tael import books, ledger
from tael.assurance.bench import page_merchants, page_things
from tael.assurance.bench.traffic import Traffic, now
from tael.channels.house import channel_account, house_account
from tael.channels.rate import set_rate
from tael.parties import second_factor
from tael.parties.customer import register
from tael.parties.user import accept, add_customer_user, add_staff, invite
from tael.wallet.deduct import DEDUCT
from tael.wallet.recharge import RECHARGE
from tael.wallet.transfer import TRANSFER
from tael.wallet.wallet import Wallet, open_wallet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tael.money import Currency
    from tael.parties.user import User

CHANNEL: Final = "Alipay"
SYSTEM: Final = "system"
DAYS: Final = 400  # over which the history is spread
_FUNDS: Final = 10**10  # minor units in each wallet: nobody runs dry
_BATCH: Final = 4_000
_ROLES: Final = ("admin", "finance_maker", "finance_checker", "support", "auditor")
_KINDS: Final = (RECHARGE, DEDUCT, TRANSFER, DEDUCT)  # in turns


@dataclass(frozen=True, slots=True)
class Town:
    """How much there is.

    Args:
        entries: in the journal. long: lines of the one wallet with a long history.
        settled: lines of the one merchant account with a long history.
        customers: each with a wallet. things: orders, withdrawals, holds and refunds, of each so many.
        seed: of pairs and amounts.
    """

    entries: int
    long: int
    settled: int
    customers: int
    things: int
    seed: int = 1


class _Accounts(NamedTuple):
    """The accounts that the history moves money between; the long wallet's is the first of ``free``."""

    free: NDArray[np.int64]
    outside: int
    income: int


def settle(town: Town) -> dict[str, Any]:
    """Fill the database; give how to sign in and the numbers of what has a long history."""
    began = now()
    said: dict[str, Any] = {"actor": SYSTEM, "at": began - timedelta(days=DAYS)}
    set_rate(from_currency="CNY", to_currency="USD", value="0.14", **said)
    wallets = [
        open_wallet(owner=register(name=f"Customer {at}", **said).number, currency="CNY", **said)
        for at in range(town.customers)
    ]
    open_wallet(owner=wallets[0].owner, currency="USD", **said)
    _tell(f"{town.customers:,} customers")
    account = page_merchants.long_account(wallets[0].owner, town.settled, at=began)
    _tell(f"{town.settled:,} lines of one merchant account")
    _load(town, wallets)
    page_things.happen(wallets, town.things, at=began)
    _tell(f"{town.things:,} orders, withdrawals, holds and refunds")
    page_merchants.settle_with(wallets[0].owner, town.things, at=began)
    _tell(f"{town.things * page_merchants.RECORDS:,} business records of merchants")
    numbers = {"wallet": wallets[0].number, "account": account}
    return {**numbers, **_users(wallets[0].owner, at=began)}


def _load(town: Town, wallets: list[Wallet]) -> None:
    """Post the history by columns, oldest day first, on a connection of its own."""
    currency: Currency = wallets[0].currency
    accounts = _Accounts(
        np.array([wallet.free for wallet in wallets], dtype=np.int64),
        channel_account(CHANNEL, currency.code),
        house_account("income", currency.code),
    )
    traffic = Traffic([wallet.free for wallet in wallets], seed=town.seed)
    chance = np.random.default_rng(town.seed)
    first = now() - timedelta(days=DAYS)
    connection = books.connection()
    many = len(wallets)
    outside = np.full(many, accounts.outside, dtype=np.int64)
    funds = np.full(many, _FUNDS, dtype=np.int64)
    _post(connection, RECHARGE, outside, accounts.free, funds, traffic, first)
    done, batches = many, 0
    share = min(town.long / max(town.entries, 1), 1.0)
    while done < town.entries:
        size = min(_BATCH, town.entries - done)
        payer, receiver, amount = traffic.pairs(size)
        long = chance.random(size) < share
        kind = _KINDS[batches % len(_KINDS)]
        payer[long & (receiver != accounts.free[0])] = accounts.free[0]
        if kind is RECHARGE:
            receiver, payer = payer, np.full(size, accounts.outside, dtype=np.int64)
        elif kind is DEDUCT:
            receiver = np.full(size, accounts.income, dtype=np.int64)
        at = first + timedelta(days=DAYS * done / town.entries)
        _post(connection, kind, payer, receiver, amount, traffic, at)
        done, batches = done + size, batches + 1
        if batches % 50 == 0:
            _tell(f"{done:,} of {town.entries:,} entries")


def _post(
    connection: Any,
    kind: ledger.Kind,
    payer: NDArray[np.int64],
    receiver: NDArray[np.int64],
    amount: NDArray[np.int64],
    traffic: Traffic,
    at: datetime,
) -> None:
    with transaction.atomic():
        posted = ledger.post_columns(
            connection,
            ledger.Transfers(
                payer=payer,
                receiver=receiver,
                amount=amount,
                keys=traffic.keys(len(amount)),
                kind=kind,
                effective_at=at,
                actor=SYSTEM,
                channel=CHANNEL,
            ),
        )
    assert not posted.refusals, posted.refusals


def _users(owner: int, *, at: datetime) -> dict[str, Any]:
    """Let somebody of the house and somebody of the customer sign in, with a password and a telephone."""
    earlier = at - timedelta(minutes=5)  # so that the code of this moment can still be used
    password = secrets.token_urlsafe(24)
    staff = add_staff(
        login="staff@bench.example", name="Staff", roles=_ROLES, actor=SYSTEM, at=earlier
    )
    customer = add_customer_user(
        login="customer@bench.example", name="Customer", customer=owner, actor=SYSTEM, at=earlier
    )
    for user, of_staff in ((staff, True), (customer, False)):
        _set_password(user, password, staff=of_staff, at=earlier)
    shown = second_factor.enrol(staff, at=earlier)
    second_factor.confirm(staff, second_factor.code_at(shown.seed, earlier), at=earlier)
    return {
        "staff": staff.login,
        "customer": customer.login,
        "password": password,
        "seed": shown.seed,
    }


def _set_password(user: User, password: str, *, staff: bool, at: datetime) -> None:
    link = invite(number=user.pk, actor=SYSTEM, at=at)
    accept(link.text, staff=staff, password=password, at=at)


def _tell(what: str) -> None:
    sys.stderr.write(f"{what}\n")
