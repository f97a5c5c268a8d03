"""Moves by which somebody might try to make gift money his own, and what he would have gained (T28)."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

from properties.wallet_desk import Model
from properties.wallet_model import DECIMALS, RATES, WALLETS, Ask, Paper

KEYS = count(1)
ME, FRIEND, POINTS, DOLLARS = "ann-cny", "bob-cny", "ann-point", "ann-usd"
PARTS = ("free", "frozen")
Move = Callable[[Model, datetime], dict[str, Any] | None]

# What a unit is worth, half way between its two prices: at the value at which exchanges are rounded.
WORTH = {"CNY": Fraction(1)} | {
    code: (RATES[code, "CNY"] + 1 / RATES["CNY", code]) / 2 for code in ("USD", "POINT")
}


def branch(model: Model) -> Model:
    """Copy the state on paper, so that what follows leaves this one as it is."""
    twin = copy(model)
    twin.pots = model.pots.copy()
    twin.flows = [replace(flow, taken=flow.taken.copy()) for flow in model.flows]
    twin.keys = model.keys.copy()
    for papers in ("holds", "cards", "orders", "quotes", "applications"):
        rows = [Paper(row.facts.copy()) for row in getattr(model, papers)]
        setattr(twin, papers, rows)
    return twin


def gained(model: Model) -> Fraction:
    """What may leave or is set aside, beyond what came in and went out as such; all customers together."""
    held = sum((worth(pot, amount) for pot, amount in model.pots.items()), Fraction())
    through = sum(
        (
            worth(pot, amount)
            for flow in model.flows
            if any(pot[0] == "channel" for pot, _ in flow.legs)
            for pot, amount in flow.legs
        ),
        Fraction(),
    )
    return held - through


def worth(pot: tuple[str, ...], amount: Any) -> Fraction:
    """Value free and frozen money; what is locked or not a customer's counts nothing."""
    if pot[0] not in WALLETS or pot[1] not in PARTS:
        return Fraction()
    return Fraction(amount) * WORTH[WALLETS[pot[0]][1]]


def has(model: Model, wallet: str, *parts: str) -> int:
    """What is in parts of a wallet, in minor units."""
    there = sum(model.pots[wallet, part] for part in parts)
    return int(there * 10 ** DECIMALS[WALLETS[wallet][1]])


def all_of(op: str, wallet: str, *parts: str, share: int = 1, **facts: Any) -> Move:
    """Do it with all that is there, or with a part of it."""

    def move(model: Model, _: datetime) -> dict[str, Any] | None:
        amount = has(model, wallet, *parts) // share
        return {"op": op, "wallet": wallet, "amount": amount, **facts} if amount else None

    return move


def refund(kinds: set[str], *, share: int = 1) -> Move:
    """Have the newest flow of these kinds taken back, wholly or in part."""

    def move(model: Model, _: datetime) -> dict[str, Any] | None:
        for number in range(len(model.flows) - 1, -1, -1):
            flow = model.flows[number]
            if flow.kind in kinds and any(model.left(number).values()):
                first = model.touched(flow.legs)[0]
                whole = sum(abs(part) for pot, part in flow.legs if pot[0] == first)
                currency = WALLETS[first][1]
                amount = None if share == 1 else int(whole * 10 ** DECIMALS[currency]) // share
                facts = {"flow": number, "amount": amount, "wallet": None, "money": currency}
                return {"op": "refund", **facts}
        return None

    return move


def on_newest(op: str, there: str, **facts: Any) -> Move:
    """Do something with the newest card, order or application."""

    def move(model: Model, _: datetime) -> dict[str, Any] | None:
        rows = getattr(model, there)
        place = {"cards": "card", "orders": "order", "applications": "application"}[there]
        return {"op": op, place: len(rows) - 1, **facts} if rows else None

    return move


def always(op: str, **facts: Any) -> Move:
    return lambda _, at: {"op": op, **facts, "expires_at": at + timedelta(days=1)}


PAID = {"wallet": ME, "owner": "ann", "amount": 1_000}
MOVES: dict[str, Move] = {
    "consume all": all_of("deduct", ME, "locked", "free", frozen=False, hold=None),
    "consume a third": all_of("deduct", ME, "locked", "free", share=3, frozen=False, hold=None),
    "be charged from frozen": all_of("deduct", ME, "frozen", frozen=True, hold=None),
    "transfer": all_of("transfer", ME, "free", target=FRIEND),
    "transfer back": all_of("transfer", FRIEND, "free", target=ME),
    "transfer what is locked": all_of("transfer", ME, "locked", target=FRIEND),
    "freeze": all_of("freeze", ME, "free", expires_at=None),
    "freeze what is locked": all_of("freeze", ME, "locked", expires_at=None),
    "unfreeze": all_of("unfreeze", ME, "frozen", hold=None),
    "withdraw": all_of("withdraw", ME, "free", payee="ann-bank", frozen=False, hold=None),
    "withdraw what is locked": all_of(
        "withdraw", ME, "locked", payee="ann-bank", frozen=False, hold=None
    ),
    "withdraw frozen": all_of("withdraw", ME, "frozen", payee="ann-bank", frozen=True, hold=None),
    "apply": all_of("apply", ME, "free", payee="ann-bank", expires_at=None),
    "approve": on_newest("approve", "applications", actor="user:2"),
    "refuse": on_newest("refuse", "applications", actor="user:2"),
    "cancel": on_newest("cancel", "applications", owner="ann"),
    "buy points": all_of("exchange", ME, "free", target=POINTS, quote=None, spend_only=False),
    "buy points to spend": all_of(
        "exchange", ME, "free", target=POINTS, quote=None, spend_only=True
    ),
    "sell points": all_of("exchange", POINTS, "free", target=ME, quote=None, spend_only=False),
    "sell locked points": all_of(
        "exchange", POINTS, "locked", target=ME, quote=None, spend_only=False
    ),
    "buy dollars": all_of("exchange", ME, "free", target=DOLLARS, quote=None, spend_only=False),
    "sell dollars": all_of("exchange", DOLLARS, "free", target=ME, quote=None, spend_only=False),
    "recharge": always("recharge", wallet=ME, amount=1_000, spend_only=False),
    "recharge to spend": always("recharge", wallet=ME, amount=1_000, spend_only=True),
    "a gift": always("recharge", wallet=ME, amount=1_000, spend_only=True, channel="System"),
    "redeem a card": on_newest("redeem", "cards", owner="ann"),
    "order to spend": always("order", **PAID, spend_only=True),
    "pay the order": on_newest("confirm", "orders", **PAID),
    "refund a purchase": refund({"deduct", "deduct_frozen"}),
    "refund half a purchase": refund({"deduct", "deduct_frozen"}, share=2),
    "refund a withdrawal": refund({"withdraw", "withdraw_frozen"}),
    "refund an exchange": refund({"exchange"}),
    "refund a transfer": refund({"transfer"}),
    "refund what came in": refund({"recharge"}),
    "take the gift back": refund({"gift"}),
}


def ask_for(move: Move, model: Model, at: datetime) -> Ask | None:
    """Make the request of a move, or None where there is nothing to do it with."""
    facts = move(model, at)
    if facts is None:
        return None
    op, actor = facts.pop("op"), facts.pop("actor", "user:1")
    channel = facts.pop("channel", "Alipay")
    return Ask(op, f"m{next(KEYS)}", at, actor, channel, None, facts)
