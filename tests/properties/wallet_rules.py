"""The operations on paper: what each does to the pots, and when it is refused (F-23 to F-39)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from properties.wallet_model import (
    INTERNAL,
    PAYEES,
    WALLETS,
    Again,
    Ask,
    Books,
    Flow,
    Legs,
    No,
    Paper,
    Pot,
    amount_of,
    arrives,
    paper,
)

REVERSIBLE = {
    "recharge": "recharge",
    "gift": "recharge",
    "deduct": "deduct",
    "deduct_frozen": "deduct",
    "transfer": "transfer",
    "withdraw": "withdraw",
    "withdraw_frozen": "withdraw",
    "exchange": "exchange",
    "exchange_at_par": "exchange",
}


class Desk(Books):
    """Carries out what is asked. Each method gives the number of the flow that it wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.holds: list[Paper] = []
        self.cards: list[Paper] = []
        self.orders: list[Paper] = []
        self.quotes: list[Paper] = []
        self.applications: list[Paper] = []

    def do(self, ask: Ask) -> int | None:
        return getattr(self, ask.op)(ask)

    # ---- recharge, deduct, transfer

    def recharge(self, ask: Ask) -> int:
        amount = self.permit(ask, ask.wallet, ask.amount)
        currency = WALLETS[ask.wallet][1]
        gift = ask.spend_only and ask.channel in INTERNAL
        source: Pot = ("house", "bonus", currency) if gift else ("channel", ask.channel, currency)
        target: Pot = (ask.wallet, "locked" if ask.spend_only else "free")
        self.check_sno(ask, "recharge")
        asked = (ask.wallet, amount, ask.spend_only)
        return self.write(
            ask,
            "gift" if gift else "recharge",
            asked,
            lambda: [(source, -amount), (target, amount)],
        )

    def deduct(self, ask: Ask) -> int:
        amount = self.permit(ask, ask.wallet, ask.amount)
        income: Pot = ("house", "income", WALLETS[ask.wallet][1])
        if ask.frozen or ask.hold is not None:
            return self.capture(ask, "deduct_frozen", "deduct", income, amount)
        self.check_sno(ask, "deduct")
        return self.write(
            ask,
            "deduct",
            (ask.wallet, amount),
            lambda: [*self.draw(ask.wallet, amount), (income, amount)],
        )

    def transfer(self, ask: Ask) -> int:
        if ask.wallet == ask.target:
            raise No("same_wallet")
        if WALLETS[ask.wallet][1] != WALLETS[ask.target][1]:
            raise No("currency_mismatch")
        amount = self.permit(ask, ask.wallet, ask.amount, other=ask.target)
        self.check_sno(ask, "transfer")
        legs: Legs = [((ask.wallet, "free"), -amount), ((ask.target, "free"), amount)]
        return self.write(ask, "transfer", (legs,), lambda: legs)

    # ---- holds

    def freeze(self, ask: Ask, purpose: str = "", why: str = "") -> int:
        amount = self.permit(ask, ask.wallet, ask.amount)
        if ask.expires_at is not None and ask.expires_at <= ask.at and not self.known(ask):
            raise No("expiry_passed")
        self.check_sno(ask, "freeze")
        number = self.write(
            ask,
            "freeze",
            (ask.wallet, amount, ask.expires_at, purpose, why),
            lambda: [((ask.wallet, "free"), -amount), ((ask.wallet, "frozen"), amount)],
        )
        facts = {"wallet": ask.wallet, "rest": amount, "expires_at": ask.expires_at}
        self.holds.append(paper(**facts, purpose=purpose, flow=number))
        return number

    def unfreeze(self, ask: Ask, purpose: str = "") -> int:
        amount = self.permit(ask, ask.wallet, ask.amount, stopped=True)
        self.check_sno(ask, "unfreeze")
        return self._draw_on_holds(
            ask, "unfreeze", (ask.wallet, "free"), amount, (ask.wallet, amount, ask.hold), purpose
        )

    def capture(
        self, ask: Ask, kind: str, operation: str, into: Pot, amount: Decimal, purpose: str = ""
    ) -> int:
        self.check_sno(ask, operation)
        asked = (ask.wallet, amount, into, ask.hold, ask.with_.get("payee"))
        return self._draw_on_holds(ask, kind, into, amount, asked, purpose)

    def _draw_on_holds(
        self, ask: Ask, kind: str, into: Pot, amount: Decimal, asked: tuple, purpose: str
    ) -> int:
        parts: list[tuple[Paper, Decimal]] = []
        try:
            parts = self._parts(ask, amount, purpose, captured=kind != "unfreeze")
        except No:
            if not self.known(ask):
                raise
        number = self.write(
            ask,
            kind,
            asked,
            lambda: [((ask.wallet, "frozen"), -amount), (into, amount)],
        )
        for hold, part in parts:
            hold.facts["rest"] -= part
        return number

    def _parts(
        self, ask: Ask, amount: Decimal, purpose: str, *, captured: bool
    ) -> list[tuple[Paper, Decimal]]:
        def over(hold: Paper) -> bool:
            return captured and hold.expires_at is not None and hold.expires_at <= ask.at

        if ask.hold is not None:
            hold = self.holds[ask.hold] if ask.hold >= 0 else None
            if hold is None or hold.wallet != ask.wallet:
                raise No("unknown_hold")
            if hold.purpose != purpose:
                raise No("hold_reserved")
            if not hold.rest:
                raise No("hold_closed")
            if over(hold):
                raise No("hold_expired")
            if amount > hold.rest:
                raise No("hold_exceeded")
            return [(hold, amount)]
        parts: list[tuple[Paper, Decimal]] = []
        for hold in self.holds:
            if hold.wallet == ask.wallet and not hold.purpose and not over(hold):
                part = min(hold.rest, amount - sum(part for _, part in parts))
                parts += [(hold, part)] if part else []
        if sum(part for _, part in parts) < amount:
            raise No("insufficient_funds")
        return parts

    def expire(self, at: datetime) -> tuple[list[int], list[int]]:
        """Release what has expired; give the holds that were, and those that could not be."""
        due = [
            (hold.expires_at, number)
            for number, hold in enumerate(self.holds)
            if hold.rest and hold.expires_at is not None and hold.expires_at <= at
        ]
        done, parked = [], []
        for _, number in sorted(due):
            hold = self.holds[number]
            if hold.wallet in self.off:
                parked.append(number)
                continue
            rest, hold.facts["rest"] = hold.rest, Decimal(0)
            self.book(
                Flow(
                    "hold_expiry", [((hold.wallet, "frozen"), -rest), ((hold.wallet, "free"), rest)]
                )
            )
            done.append(number)
        return done, parked

    # ---- withdraw, directly and after review

    def withdraw(self, ask: Ask, purpose: str = "") -> int:
        amount = self.permit(ask, ask.wallet, ask.amount)
        self._check_payee(ask)
        outside: Pot = ("channel", ask.channel, WALLETS[ask.wallet][1])
        if ask.frozen or ask.hold is not None:
            return self.capture(ask, "withdraw_frozen", "withdraw", outside, amount, purpose)
        self.check_sno(ask, "withdraw")
        return self.write(
            ask,
            "withdraw",
            (ask.wallet, amount, ask.payee),
            lambda: [((ask.wallet, "free"), -amount), (outside, amount)],
        )

    def _check_payee(self, ask: Ask) -> None:
        if self.known(ask):
            return
        if PAYEES.get(ask.payee) != WALLETS[ask.wallet][0]:
            raise No("unknown_payee")
        if ask.payee.endswith("closed"):
            raise No("payee_closed")

    def apply(self, ask: Ask) -> int:
        self._check_payee(ask)
        number = self.freeze(ask, purpose="withdrawal", why=ask.payee)
        facts = {"wallet": ask.wallet, "amount": ask.amount, "payee": ask.payee}
        hold = len(self.holds) - 1
        self.applications.append(paper(**facts, hold=hold, by=ask.actor, state="applied"))
        return number

    def approve(self, ask: Ask) -> int:
        return self._decide(ask, "withdrawn")

    def refuse(self, ask: Ask) -> int:
        return self._decide(ask, "returned")

    def cancel(self, ask: Ask) -> int:
        return self._decide(ask, "cancelled")

    def _decide(self, ask: Ask, into: str) -> int:
        row = self.applications[ask.application] if ask.application >= 0 else None
        owner = ask.with_.get("owner")
        if row is None or (owner is not None and WALLETS[row.wallet][0] != owner):
            raise No("unknown_withdrawal")
        same = row.state == into and row.facts.get("decided_by") == ask.actor and self.known(ask)
        if row.state != "applied" and not same:
            raise No("withdrawal_decided")
        if into != "cancelled" and row.by == ask.actor:
            raise No("decider_is_applicant")
        facts = {"wallet": row.wallet, "amount": row.amount, "payee": row.payee, "hold": row.hold}
        facts["frozen"] = True
        inner = Ask(ask.op, ask.key, ask.at, ask.actor, ask.channel, ask.sno, facts)
        try:
            move = self.withdraw if into == "withdrawn" else self.unfreeze
            number = move(inner, purpose="withdrawal")
        except Again as again:
            if row.facts.get("closed_by") != again.entry:
                raise No("key_reused") from None
            raise
        row.facts |= {"state": into, "decided_by": ask.actor, "closed_by": number}
        return number

    # ---- exchange

    def exchange(self, ask: Ask) -> int:
        source, target = ask.wallet, ask.target
        if source == target:
            raise No("same_wallet")
        if WALLETS[source][0] != WALLETS[target][0]:
            raise No("unknown_wallet")
        amount = self.permit(ask, source, ask.amount)
        quote = None if ask.quote is None else self._promised(ask)
        a, b = WALLETS[source][1], WALLETS[target][1]
        if quote is None and a == b:
            self.check_sno(ask, "exchange")
            into = "locked" if ask.spend_only else "free"
            legs: Legs = [((source, "free"), -amount), ((target, into), amount)]
            return self.write(ask, "exchange_at_par", (legs,), lambda: legs)
        taken = self._price(ask, a, b) if quote is None else quote.taken
        self.check_sno(ask, "exchange")
        locked = ask.spend_only
        number = self.write(
            ask,
            "exchange",
            (source, target, amount, ask.quote, locked),
            lambda: [
                ((source, "free"), -amount),
                (("house", "fx", a), amount),
                (("house", "fx", b), -taken),
                ((target, "locked" if locked else "free"), taken),
            ],
        )
        if quote is not None:
            quote.facts["used"] = True
        return number

    def _price(self, ask: Ask, source: str, target: str) -> Decimal:
        """Price it by the rate in force; a repetition is answered with the first price, whatever it is now."""
        taken = arrives(ask.amount, source, target)
        if not taken and not self.known(ask):
            raise No("rate_missing" if taken is None else "exchange_too_small")
        return amount_of(taken or 0, target)

    def _promised(self, ask: Ask) -> Paper:
        row = self.quotes[ask.quote] if ask.quote >= 0 else None
        if row is None or row.wallet != ask.wallet:
            raise No("unknown_quote")
        if (row.target, row.amount) != (ask.target, ask.amount):
            raise No("quote_mismatch")
        if self.known(ask):
            return row
        if row.used:
            raise No("quote_used")
        if row.expires_at <= ask.at:
            raise No("quote_expired")
        return row
