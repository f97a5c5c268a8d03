"""What the machine asks for: mostly what makes sense, and now and then what does not."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from properties.wallet_desk import Model
from properties.wallet_model import CHANNELS, DECIMALS, NUMBERS, PAYEES, WALLETS, Ask
from properties.wallet_rules import REVERSIBLE

TRANSFERS = [("ann-cny", "bob-cny"), ("bob-cny", "ann-cny"), ("ann-cny", "ann-more")]
EXCHANGES = [
    ("ann-cny", "ann-usd"),
    ("ann-usd", "ann-cny"),
    ("ann-cny", "ann-point"),
    ("ann-point", "ann-cny"),
    ("bob-cny", "bob-point"),
    ("ann-cny", "ann-more"),
]
ODD_EXCHANGES = [("ann-usd", "ann-point"), ("ann-cny", "bob-cny"), ("ann-usd", "ann-usd")]
OPENING = [
    ("ann-cny", 20_000, False),
    ("ann-cny", 3_000, True),
    ("bob-cny", 9_999, False),
    ("ann-usd", 5_000, False),
    ("ann-point", 1_000, False),
]
OPERATIONS = {
    "recharge": 6,
    "deduct": 10,
    "transfer": 8,
    "freeze": 10,
    "unfreeze": 8,
    "withdraw": 10,
    "exchange": 9,
    "quote": 4,
    "refund": 12,
    "issue": 3,
    "redeem": 4,
    "void": 2,
    "order": 4,
    "confirm": 5,
    "close": 3,
    "apply": 5,
    "approve": 5,
    "refuse": 3,
    "cancel": 3,
}


class Requests:
    """Makes requests out of random numbers, fitting what the model holds."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.asked: list[Ask] = []
        self.snos: list[str] = []

    def make(self, random: Random, at: datetime) -> Ask:
        """Make one request."""
        self.random, self.at = random, at
        op = self._operation()
        facts = getattr(self, f"_{op}")()
        channel = facts.pop("channel", None) or self._channel()
        return Ask(op, self._key(), at, self._actor(op), channel, self._sno(op), facts)

    def opening(self, at: datetime) -> list[Ask]:
        """Bring money in before anything else."""
        return [
            Ask(
                "recharge",
                f"open{number}",
                at,
                channel="System" if spend_only else "Alipay",
                with_={"wallet": wallet, "amount": amount, "spend_only": spend_only},
            )
            for number, (wallet, amount, spend_only) in enumerate(OPENING)
        ]

    def _operation(self) -> str:
        """Choose an operation, mostly one that finds something to work on."""
        model = self.model
        needs = {
            ("redeem", "void"): model.cards,
            ("confirm", "close"): [row for row in model.orders if row.state == "created"],
            ("approve", "refuse", "cancel"): [
                row for row in model.applications if row.state == "applied"
            ],
            ("unfreeze",): model.holds,
        }
        idle = {op for ops, there in needs.items() for op in ops if not there}
        left_out = set() if self.one_in(6) else idle
        weights = {op: weight for op, weight in OPERATIONS.items() if op not in left_out}
        (op,) = self.random.choices(list(weights), list(weights.values()))
        return op

    # ---- what every request has

    def one_in(self, times: int) -> bool:
        return self.random.randrange(times) == 0

    def _key(self) -> str:
        if self.asked and self.one_in(25):
            return self.random.choice(self.asked[-20:]).key
        return f"k{len(self.asked)}"

    def _sno(self, op: str) -> str | None:
        if not self.one_in(5):
            return None
        if self.snos and self.one_in(6):
            return self.random.choice(self.snos)
        number = NUMBERS.get(op) or {"apply": 4, "approve": 6, "refuse": 5, "cancel": 5}.get(op, 1)
        self.snos.append(f"{number}20260301120000{len(self.snos)}x")
        return self.snos[-1]

    def _actor(self, op: str) -> str:
        return "user:2" if (op in {"approve", "refuse"}) != self.one_in(10) else "user:1"

    def _channel(self) -> str:
        return "Nowhere" if self.one_in(40) else self.random.choice(["Alipay", *CHANNELS])

    def _wallet(self) -> str:
        yuan = ["ann-cny", "ann-cny", "ann-cny", "bob-cny", "ann-more"]
        return self.random.choice(list(WALLETS) if self.one_in(6) else yuan)

    def _amount(self, wallet: str, hold: int | None = None) -> int:
        """So many minor units, or all that a part of the wallet holds and perhaps a little more or less."""
        if self.one_in(20):
            return self.random.choice([0, -1, 10**18])
        if hold is not None and hold >= 0 and self.one_in(2):
            return self._minor(wallet, self.model.holds[hold].rest) + self.random.choice([0, 0, 1])
        if self.one_in(2):
            return self.random.choice([1, 3, 50, 99, 333, 1_000, 1_001, 2_500, 9_999])
        part = self.random.choice(["free", "liquid", "frozen"])
        there = self.model.pots[wallet, "frozen" if part == "frozen" else "free"]
        if part == "liquid":
            there += self.model.pots[wallet, "locked"]
        return self._minor(wallet, there) + self.random.choice([0, 0, 1, -1])

    @staticmethod
    def _minor(wallet: str, amount: Decimal) -> int:
        return int(amount.scaleb(DECIMALS[WALLETS[wallet][1]]))

    def _moment(self) -> datetime | None:
        if self.one_in(2):
            return None
        hours = -1 if self.one_in(12) else self.random.randint(0, 4)
        return self.at + timedelta(hours=hours)

    def _place(self, there: list[Any]) -> int:
        """Choose one of what is there, mostly a new one; -1 is none of it."""
        if not there or self.one_in(30):
            return -1
        newest = min(len(there), 1 + self.random.randrange(12))
        return len(there) - newest

    def _hold(self, times: int = 2) -> tuple[str, int | None]:
        """Choose a hold and mostly its own wallet, or none."""
        if not self.model.holds or self.one_in(times):
            return self._wallet(), None
        place = self._place(self.model.holds)
        overdue = [
            number
            for number, hold in enumerate(self.model.holds)
            if hold.rest and hold.expires_at is not None and hold.expires_at <= self.at
        ]
        if overdue and self.one_in(2):
            place = self.random.choice(overdue)
            if self.one_in(2):
                return self.model.holds[place].wallet, None
        stray = place == -1 or self.one_in(12)
        return self._wallet() if stray else self.model.holds[place].wallet, place

    def _payee(self, wallet: str) -> str:
        own = f"{WALLETS[wallet][0]}-bank"
        return self.random.choice([*PAYEES, "nobody"]) if self.one_in(15) else own

    def _owner(self, wallet: str) -> str:
        return "bob" if self.one_in(15) else WALLETS[wallet][0]

    # ---- the operations

    def _recharge(self) -> dict[str, Any]:
        wallet = self._wallet()
        amount, spend_only = self._amount(wallet), self.one_in(3)
        if self.one_in(60):
            return {"wallet": wallet, "amount": amount, "spend_only": spend_only, "money": "USD"}
        return {"wallet": wallet, "amount": amount, "spend_only": spend_only}

    def _deduct(self) -> dict[str, Any]:
        wallet, hold = self._hold()
        frozen, amount = self.one_in(2), self._amount(wallet, hold)
        if hold is None and self.one_in(2):  # all that is locked, and a little that is not
            amount = self._minor(wallet, self.model.pots[wallet, "locked"]) + amount % 1_000
        return {"wallet": wallet, "amount": amount, "frozen": frozen, "hold": hold}

    def _transfer(self) -> dict[str, Any]:
        odd = (self._wallet(), self._wallet())
        wallet, target = odd if self.one_in(6) else self.random.choice(TRANSFERS)
        return {"wallet": wallet, "target": target, "amount": self._amount(wallet)}

    def _freeze(self) -> dict[str, Any]:
        wallet = self._wallet()
        return {"wallet": wallet, "amount": self._amount(wallet), "expires_at": self._moment()}

    def _unfreeze(self) -> dict[str, Any]:
        wallet, hold = self._hold()
        return {"wallet": wallet, "amount": self._amount(wallet, hold), "hold": hold}

    def _withdraw(self) -> dict[str, Any]:
        wallet, hold = self._hold()
        facts = {"wallet": wallet, "amount": self._amount(wallet, hold)}
        facts |= {"payee": self._payee(wallet)}
        return facts | {"frozen": hold is not None or self.one_in(2), "hold": hold}

    def _exchange(self) -> dict[str, Any]:
        wallet, target = self.random.choice(ODD_EXCHANGES if self.one_in(8) else EXCHANGES)
        facts: dict[str, Any] = {"quote": None, "spend_only": self.one_in(4)}
        facts |= {"wallet": wallet, "target": target, "amount": self._amount(wallet)}
        if self.model.quotes and self.one_in(2):
            facts["quote"] = self._place(self.model.quotes)
            if facts["quote"] >= 0 and not self.one_in(8):  # mostly what was quoted
                row = self.model.quotes[facts["quote"]]
                facts |= {"wallet": row.wallet, "target": row.target, "amount": row.amount}
        return facts

    def _quote(self) -> dict[str, Any]:
        wallet, target = self.random.choice(ODD_EXCHANGES if self.one_in(8) else EXCHANGES)
        until = self.at + timedelta(hours=self.random.randint(0, 4))
        amount = self._amount(wallet)
        return {"wallet": wallet, "target": target, "amount": amount, "expires_at": until}

    def _refund(self) -> dict[str, Any]:
        place = self._place(self.model.flows)
        others = [n for n, flow in enumerate(self.model.flows) if flow.kind in REVERSIBLE]
        others = [n for n in others if self.model.flows[n].kind not in {"recharge", "gift"}]
        of_two_parts = [n for n in others if len(self.model.flows[n].legs) == 3]
        if of_two_parts and self.one_in(2):  # locked and free: which part goes back first?
            place = self.random.choice(of_two_parts)
        elif others and self.one_in(2):
            place = self.random.choice(others)
        legs = self.model.flows[place].legs if place >= 0 else []
        first = next(iter(self.model.touched(legs)), "ann-cny")
        amount = None if self.one_in(2) else self._amount(first)
        wallet = self._wallet() if self.one_in(5) else None
        return {"flow": place, "amount": amount, "wallet": wallet, "money": WALLETS[first][1]}

    def _issue(self) -> dict[str, Any]:
        amount = 0 if self.one_in(20) else self.random.choice([100, 333, 9_999])
        money = self.random.choice(["CNY", "CNY", "POINT"])
        facts = {"amount": amount, "money": money, "spend_only": self.one_in(3)}
        return facts | {"expires_at": self._moment()}

    def _redeem(self) -> dict[str, Any]:
        return {"card": self._place(self.model.cards), "owner": self._owner("ann-cny")}

    def _void(self) -> dict[str, Any]:
        return self._redeem()

    def _order(self) -> dict[str, Any]:
        wallet = self._wallet()
        facts = {"wallet": wallet, "owner": self._owner(wallet), "spend_only": self.one_in(3)}
        amount = 0 if self.one_in(20) else self.random.choice([100, 333, 9_999])
        return facts | {"amount": amount, "expires_at": self._moment()}

    def _confirm(self) -> dict[str, Any]:
        place = self._place(self.model.orders)
        if place == -1 or self.one_in(12):
            return {"order": place, "wallet": "ann-cny", "owner": "ann", "amount": 100}
        row = self.model.orders[place]
        amount = self._minor(row.wallet, row.amount)
        facts = {"wallet": row.wallet, "owner": row.owner, "amount": amount}
        return facts | {"order": place, "channel": row.channel}

    def _close(self) -> dict[str, Any]:
        return {"order": self._place(self.model.orders)}

    def _apply(self) -> dict[str, Any]:
        wallet = self._wallet()
        facts = {"wallet": wallet, "amount": self._amount(wallet), "expires_at": None}
        return facts | {"payee": self._payee(wallet)}

    def _approve(self) -> dict[str, Any]:
        return {"application": self._place(self.model.applications)}

    def _refuse(self) -> dict[str, Any]:
        return self._approve()

    def _cancel(self) -> dict[str, Any]:
        facts = self._approve()
        place = facts["application"]
        wallet = self.model.applications[place].wallet if place >= 0 else "ann-cny"
        return facts | {"owner": self._owner(wallet)}
