"""The wallets as an accountant would keep them on paper: decimals, dicts, and no database.

Written from the rules of seed 1 (F-05 to F-39 with their resolutions), not from the code. An operation
is asked by an ``Ask``; the model carries it out or raises ``No`` with the code of the refusal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

Pot = tuple[
    str, ...
]  # ("ann-cny", "free"), ("channel", "Alipay", "CNY"), ("house", "income", "CNY")
Legs = list[tuple[Pot, Decimal]]

DECIMALS = {"CNY": 2, "USD": 2, "POINT": 0}
RATES = {
    ("CNY", "USD"): Fraction("0.14"),
    ("USD", "CNY"): Fraction("7.1"),
    ("CNY", "POINT"): Fraction(10),
    ("POINT", "CNY"): Fraction("0.099"),
}  # and none between dollars and points
WALLETS = {
    "ann-cny": ("ann", "CNY"),
    "ann-more": ("ann", "CNY"),
    "ann-usd": ("ann", "USD"),
    "ann-point": ("ann", "POINT"),
    "bob-cny": ("bob", "CNY"),
    "bob-point": ("bob", "POINT"),
}
PAYEES = {"ann-bank": "ann", "ann-closed": "ann", "bob-bank": "bob"}
CHANNELS = ("Alipay", "Admin", "System", "WeChat", "PayPal")
INTERNAL = {"Admin", "System"}
LARGEST = 10**18 - 1
OPERATIONS = ("recharge", "deduct", "transfer", "freeze", "unfreeze", "withdraw", "exchange")
NUMBERS = {word: number for number, word in enumerate(OPERATIONS, start=1)}


class No(Exception):  # noqa: N818 - an answer, as a refusal is
    """A rule says no."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Again(Exception):  # noqa: N818 - the same
    """The same was asked before under this key: the first answer is given again."""

    def __init__(self, entry: int) -> None:
        super().__init__()
        self.entry = entry


@dataclass(frozen=True)
class Ask:
    """One request. Things are named by wallet, or by the order in which they came to be (-1: none such)."""

    op: str
    key: str
    at: datetime
    actor: str = "user:1"
    channel: str = "Alipay"
    sno: str | None = None
    with_: dict[str, Any] = field(default_factory=dict, hash=False)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.with_[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def names(self) -> list[tuple[str, str]]:
        numbers = [] if self.sno is None else [("sno", self.sno)]
        return [(self.actor, self.key), *numbers]


@dataclass
class Flow:
    """One entry of the books."""

    kind: str
    legs: Legs
    content: tuple[Any, ...] = ()
    reverses: int | None = None
    taken: dict[Pot, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


@dataclass
class Paper:
    """A hold, an order, a card, a quote or an application: facts that change."""

    facts: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["facts"][name]
        except KeyError:
            raise AttributeError(name) from None


def paper(**facts: Any) -> Paper:
    return Paper(facts)


def amount_of(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-DECIMALS[currency])


def arrives(given: int, source: str, target: str) -> int | None:
    """What an exchange yields, in minor units: half up, but never worth more than what is given (ADR 7)."""
    if (source, target) not in RATES:
        return None
    unit = Fraction(10 ** DECIMALS[target], 10 ** DECIMALS[source])
    there, back = RATES[source, target] * unit, RATES.get((target, source))
    exact = given * there
    rounded = int(exact + Fraction(1, 2))
    if back is not None and rounded * (back / unit + 1 / there) / 2 > given:
        rounded = int(exact)
    return rounded


class Books:
    """The pots, the flows, and which key stands for which."""

    def __init__(self) -> None:
        self.pots: dict[Pot, Decimal] = defaultdict(Decimal)
        self.flows: list[Flow] = []
        self.keys: dict[tuple[str, str], int] = {}
        self.off: set[str] = set()  # wallets
        self.stopped: set[str] = set()  # customers
        self.channels_off: set[str] = set()
        self.currencies_off: set[str] = set()

    def known(self, ask: Ask) -> bool:
        return any(name in self.keys for name in ask.names)

    def check_sno(self, ask: Ask, operation: str) -> None:
        if ask.sno is not None and not ask.sno.startswith(str(NUMBERS[operation])):
            raise No("sno_malformed")

    def write(
        self,
        ask: Ask,
        kind: str,
        asked: tuple[Any, ...],
        legs: Callable[[], Legs],
        *,
        reverses: int | None = None,
        further: tuple[tuple[str, str], ...] = (),
    ) -> int:
        """Write a flow, all of it or nothing."""
        content = (kind, ask.channel, ask.sno, asked)
        names = [*ask.names, *further]
        there = [self.keys[name] for name in names if name in self.keys]
        if there:
            if all(flow == there[0] for flow in there) and self.flows[there[0]].content == content:
                raise Again(there[0])
            raise No("key_reused")
        flow = Flow(kind, legs(), content, reverses)
        self._check(flow)
        return self.book(flow, names)

    def book(self, flow: Flow, names: list[tuple[str, str]] = ()) -> int:  # type: ignore[assignment]
        for pot, amount in flow.legs:
            self.pots[pot] += amount
        self.flows.append(flow)
        self.keys |= dict.fromkeys(names, len(self.flows) - 1)
        return len(self.flows) - 1

    def _check(self, flow: Flow) -> None:
        if flow.reverses is not None:
            self._check_taken(flow)
        for pot, amount in flow.legs:
            if pot[0] in self.off:
                raise No("wallet_disabled")
            if pot[0] in WALLETS and self.pots[pot] + amount < 0:
                raise self.shortage(pot, -amount)

    def shortage(self, pot: Pot, asked: Decimal) -> No:
        """Say whether it is not there, or there and locked (F-08, F-09)."""
        wallet, part = pot
        free, locked = self.pots[wallet, "free"], self.pots[wallet, "locked"]
        if part == "free" and locked and free < asked <= free + locked:
            return No("locked_funds")
        return No("insufficient_funds")

    def _check_taken(self, flow: Flow) -> None:
        assert flow.reverses is not None
        left = self.left(flow.reverses)
        if not any(left.values()):
            raise No("already_reversed")
        for pot, amount in flow.legs:
            rest = left.get(pot, Decimal(0))
            if amount * rest <= 0 or abs(amount) > abs(rest):
                raise No("over_reversed")

    def left(self, number: int) -> dict[Pot, Decimal]:
        flow = self.flows[number]
        return {pot: -amount - flow.taken[pot] for pot, amount in flow.legs}

    def draw(self, wallet: str, amount: Decimal) -> Legs:
        """Take locked money first, the rest from the free (F-27)."""
        locked = min(self.pots[wallet, "locked"], amount)
        if amount - locked > self.pots[wallet, "free"]:
            raise self.shortage((wallet, "free"), amount)
        parts: Legs = [((wallet, "locked"), -locked), ((wallet, "free"), locked - amount)]
        return [part for part in parts if part[1]]

    def permit(
        self, ask: Ask, wallet: str, minor: int, *, other: str | None = None, stopped: bool = False
    ) -> Decimal:
        """What every operation checks first; a repetition is not stopped by what came in the way since."""
        owner, currency = WALLETS[wallet]
        if ask.with_.get("money", currency) != currency:
            raise No("currency_mismatch")
        self.check_amount(minor)
        self.check_channel(ask, currency)
        owners = [] if stopped else [owner, WALLETS[other or wallet][0]]
        if self.stopped.intersection(owners) and not self.known(ask):
            raise No("customer_disabled")
        return amount_of(minor, currency)

    def check_channel(self, ask: Ask, currency: str) -> None:
        refusal = self.unusable(ask.channel, currency)
        # what never was cannot have come in the way since
        if refusal is not None and (refusal.code == "unknown_channel" or not self.known(ask)):
            raise refusal

    def check_amount(self, minor: int) -> None:
        if minor <= 0:
            raise No("amount_not_positive")
        if minor > LARGEST:
            raise No("amount_too_large")

    def unusable(self, channel: str, currency: str) -> No | None:
        if channel == "Nowhere":
            return No("unknown_channel")
        if channel in self.channels_off:
            return No("channel_disabled")
        if currency in self.currencies_off:
            return No("currency_disabled")
        if channel == "WeChat" and currency != "CNY":
            return No("channel_currency_refused")
        return None
