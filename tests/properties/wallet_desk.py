"""The rest of the operations on paper: refunds, quotes, cards, recharge orders, and who is switched off."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from properties.wallet_model import WALLETS, Again, Ask, Flow, Legs, No, amount_of, arrives, paper
from properties.wallet_rules import REVERSIBLE, Desk

OUT_OF_FROZEN = {"deduct_frozen", "withdraw_frozen"}


class Model(Desk):
    """Everything that the machine asks for."""

    def refund(self, ask: Ask) -> int:
        """Give back what a flow took, last drawn first; never more than it moved (I12)."""
        flow = self.flows[ask.flow] if ask.flow >= 0 else None
        touched = [] if flow is None else self.touched(flow.legs)
        if flow is None or ask.wallet not in {None, *touched}:
            raise No("unknown_entry")
        if flow.kind not in REVERSIBLE:
            raise No("not_reversible")
        currency = WALLETS[touched[0]][1]
        self.check_channel(ask, currency)
        amount = None if ask.amount is None else amount_of(ask.amount, currency)
        if amount is not None:
            if len({WALLETS[wallet][1] for wallet in touched}) > 1:
                raise No("refund_whole")
            self.check_amount(ask.amount)
        self.check_sno(ask, REVERSIBLE[flow.kind])
        number = self.write(
            ask,
            "refund",
            (ask.flow, amount),
            lambda: self._back(self.left(ask.flow), amount),
            reverses=ask.flow,
        )
        for pot, part in self.flows[number].legs:
            flow.taken[pot] += part
        if flow.kind in OUT_OF_FROZEN:
            back = sum(part for pot, part in self.flows[number].legs if pot[-1] == "frozen")
            self.book(
                Flow("unfreeze", [((touched[0], "frozen"), -back), ((touched[0], "free"), back)])
            )
        return number

    @staticmethod
    def touched(legs: Legs) -> list[str]:
        """The wallets of a flow, the one that gave first."""
        in_order = sorted(legs, key=lambda leg: leg[1] > 0)
        return list(dict.fromkeys(pot[0] for pot, _ in in_order if pot[0] in WALLETS))

    @staticmethod
    def _back(left: dict, amount: Decimal | None) -> Legs:
        if amount is None:
            return [(pot, part) for pot, part in left.items() if part]
        legs: Legs = []
        for sign in (1, -1):
            rest = amount
            side = [(pot, abs(part)) for pot, part in left.items() if part * sign > 0]
            for place, (pot, there) in enumerate(reversed(side), start=1):
                part = rest if place == len(side) else min(rest, there)
                legs += [(pot, sign * part)] if part else []
                rest -= part
        return legs

    # ---- quotes

    def quote(self, ask: Ask) -> None:
        self.permit(ask, ask.wallet, ask.amount)
        (owner, a), (other, b) = WALLETS[ask.wallet], WALLETS[ask.target]
        if owner != other or a == b:
            raise No("quote_mismatch")
        facts = {"wallet": ask.wallet, "target": ask.target, "amount": ask.amount}
        for row in self.quotes:
            if row.names == ask.names[:1]:
                if any(row.facts[name] != value for name, value in facts.items()):
                    raise No("quote_mismatch")
                raise Again(-1)
        if ask.expires_at <= ask.at:
            raise No("quote_mismatch")
        taken = arrives(ask.amount, a, b)
        if not taken:
            raise No("rate_missing" if taken is None else "exchange_too_small")
        facts |= {"taken": amount_of(taken, b), "expires_at": ask.expires_at, "used": False}
        self.quotes.append(paper(**facts, names=ask.names[:1]))

    # ---- cards

    def issue(self, ask: Ask) -> None:
        self.check_amount(ask.amount)
        refusal = self.unusable("KeyCard", ask.money)
        if refusal is not None:
            raise refusal
        if ask.expires_at is not None and ask.expires_at <= ask.at:
            raise No("card_batch_refused")
        if any(card.names == ask.names[:1] for card in self.cards):
            raise No("card_batch_refused")
        facts = {"amount": amount_of(ask.amount, ask.money), "money": ask.money}
        facts |= {"spend_only": ask.spend_only, "expires_at": ask.expires_at, "state": "unused"}
        self.cards.append(paper(**facts, minor=ask.amount, names=ask.names[:1]))

    def redeem(self, ask: Ask) -> int:
        card = self.cards[ask.card] if ask.card >= 0 else None
        if card is None:
            raise No("card_unknown")
        if card.money in self.currencies_off:
            raise No("currency_disabled")
        if not self.known(ask):
            if card.state != "unused":
                raise No(f"card_{card.state}")
            if card.expires_at is not None and card.expires_at <= ask.at:
                raise No("card_expired")
        wallet = f"{ask.owner}-{card.money.lower()}"
        inner = Ask(ask.op, ask.key, ask.at, ask.actor, "KeyCard", ask.sno, {})
        self.permit(inner, wallet, card.minor)
        self.check_sno(ask, "recharge")
        target = (wallet, "locked" if card.spend_only else "free")
        number = self.write(
            inner,
            "recharge",
            ("card", ask.card, wallet),
            lambda: [(("channel", "KeyCard", card.money), -card.amount), (target, card.amount)],
        )
        card.facts["state"] = "used"
        return number

    def void(self, ask: Ask) -> None:
        if ask.card >= 0 and self.cards[ask.card].state == "unused":
            self.cards[ask.card].facts["state"] = "void"

    # ---- recharge orders

    def order(self, ask: Ask) -> None:
        if WALLETS[ask.wallet][0] != ask.owner:
            raise No("unknown_wallet")
        amount = self.permit(ask, ask.wallet, ask.amount)
        self.check_sno(ask, "recharge")
        asked = (ask.owner, ask.wallet, amount, ask.channel, ask.spend_only, ask.sno)
        for name in ask.names:
            for row in self.orders:
                if name in row.names:
                    raise Again(-1) if row.asked == asked else No("key_reused")
        facts = {"wallet": ask.wallet, "owner": ask.owner, "amount": amount, "channel": ask.channel}
        facts |= {"spend_only": ask.spend_only, "expires_at": ask.expires_at, "sno": ask.sno}
        self.orders.append(paper(**facts, state="created", asked=asked, names=ask.names))

    def confirm(self, ask: Ask) -> int:
        row = self.orders[ask.order] if ask.order >= 0 else None
        if row is None:
            raise No("unknown_order")
        currency = WALLETS[row.wallet][1]
        told = WALLETS[ask.wallet][1]
        said = (ask.owner, told, amount_of(ask.amount, told), ask.channel)
        if said != (row.owner, currency, row.amount, row.channel):
            raise No("order_mismatch")
        if row.state == "success":
            raise Again(row.flow)
        if row.state != "created":
            raise No("order_closed")
        payment = Ask(ask.op, ask.key, ask.at, ask.actor, row.channel, row.sno, {})
        target = (row.wallet, "locked" if row.spend_only else "free")
        source = ("channel", row.channel, currency)
        try:
            number = self.write(
                payment,
                "recharge",
                ("order", ask.order, row.amount, row.spend_only),
                lambda: [(source, -row.amount), (target, row.amount)],
                further=(("gateway", f"order:{ask.order}"),),
            )
        except Again:
            raise AssertionError("an order is credited once") from None
        row.facts |= {"state": "success", "flow": number}
        return number

    def close(self, ask: Ask) -> None:
        row = self.orders[ask.order] if ask.order >= 0 else None
        if row is None:
            raise No("unknown_order")
        if row.state in {"success", "expired"}:
            raise No("move_not_allowed")
        row.facts["state"] = "closed"

    def switched_off(self, kind: str) -> set[str]:
        """The names of a kind that are switched off now; may be changed in place."""
        of_kind = {"wallet": self.off, "customer": self.stopped, "channel": self.channels_off}
        return of_kind.get(kind, self.currencies_off)

    def expire_orders(self, at: datetime) -> int:
        due = [
            row
            for row in self.orders
            if row.state == "created" and row.expires_at is not None and row.expires_at <= at
        ]
        for row in due:
            row.facts["state"] = "expired"
        return len(due)
