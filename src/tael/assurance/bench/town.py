"""Customers with money, and the seven wallet operations mixed on their wallets. Needs Django's settings.

Source: issue 2, section 6 (W4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tael.assurance.bench.traffic import now, uuid7
from tael.books import Instruction
from tael.channels.rate import set_rate
from tael.money import parse_amount
from tael.parties.customer import register
from tael.parties.payee import add_payee
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.freeze import freeze
from tael.wallet.recharge import recharge
from tael.wallet.transfer import transfer
from tael.wallet.unfreeze import unfreeze
from tael.wallet.wallet import Wallet, open_wallet
from tael.wallet.withdraw import withdraw

if TYPE_CHECKING:
    import random

    from tael.wallet.receipt import Receipt

OPERATIONS: Final = (
    "recharge",
    "deduct",
    "transfer",
    "freeze",
    "unfreeze",
    "withdraw",
    "exchange",
)
CHANNEL: Final = "Alipay"
STAFF: Final = "user:10000"
_FUNDS: Final = "1000000000.00"
_FROZEN: Final = "100000000.00"
_LEAST, _MOST = 100, 1_000  # minor units of one operation; the least still buys a cent


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's wallets in two currencies, the account that he is paid out to, and a large hold."""

    wallet: Wallet
    second: Wallet
    payee: int
    hold: int


def settle(many: int) -> list[Customer]:
    """Register customers, open their wallets, and give them funds, some of them frozen."""
    said: dict[str, Any] = {"actor": STAFF, "at": now()}
    bank: dict[str, Any] = {"kind": "bank", "holder": "Li Hua", "details": {"account": "6222"}}
    set_rate(from_currency="CNY", to_currency="USD", value="0.14", **said)
    customers = []
    for at in range(many):
        owner = register(name=f"Customer {at}", **said).number
        wallet, second = (
            open_wallet(owner=owner, currency=code, **said) for code in ("CNY", "USD")
        )
        payee = add_payee(customer=owner, **bank, **said).pk
        funds, frozen = (parse_amount(text, wallet.currency) for text in (_FUNDS, _FROZEN))
        paid_in = Instruction(key=f"funds-{at}", channel=CHANNEL, **said)
        recharge(wallet=wallet, amount=funds, instruction=paid_in)
        set_aside = Instruction(key=f"frozen-{at}", channel=CHANNEL, **said)
        hold = freeze(wallet=wallet, amount=frozen, instruction=set_aside).hold
        assert hold is not None
        customers.append(Customer(wallet, second, payee, hold))
    return customers


def operate(customers: list[Customer], chance: random.Random) -> Receipt:
    """Carry out one of the seven operations on anybody's wallet, each as often as the others."""
    one, other = chance.sample(customers, 2)
    wallet = one.wallet
    amount = wallet.money(chance.randint(_LEAST, _MOST))
    key = uuid7(chance.getrandbits(62))
    told = Instruction(key=key, actor=STAFF, at=now(), channel=CHANNEL)
    match chance.choice(OPERATIONS):
        case "recharge":
            return recharge(wallet=wallet, amount=amount, instruction=told)
        case "deduct":
            return deduct(wallet=wallet, amount=amount, instruction=told)
        case "transfer":
            return transfer(source=wallet, target=other.wallet, amount=amount, instruction=told)
        case "freeze":
            return freeze(wallet=wallet, amount=amount, instruction=told)
        case "unfreeze":
            return unfreeze(wallet=wallet, amount=amount, hold=one.hold, instruction=told)
        case "withdraw":
            return withdraw(wallet=wallet, amount=amount, payee=one.payee, instruction=told)
        case _:
            return exchange(source=wallet, target=one.second, amount=amount, instruction=told)
