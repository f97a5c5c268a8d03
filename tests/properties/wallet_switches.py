"""Time and switches of the real wallets: what expires, and what an operator turns off and on."""

from __future__ import annotations

from datetime import datetime

from properties.wallet_books import STAFF, Real
from tael.channels.channel import disable_channel, enable_channel
from tael.channels.currency import disable_currency, enable_currency
from tael.parties import customer
from tael.wallet.recharge_order import expire_orders
from tael.wallet.unfreeze import expire_due
from tael.wallet.wallet import disable_wallet, enable_wallet


def expire(real: Real, at: datetime) -> tuple[list[int], list[int]]:
    """Run the expiry; give the holds of this run that expired, and those that were left."""
    run = expire_due(at=at)
    mine = {number: place for place, number in enumerate(real.holds)}
    expired = [mine[number] for number in run.expired if number in mine]
    parked = [mine[number] for number, _ in run.parked if number in mine]
    return expired, parked


def switch(real: Real, what: str, name: str, *, off: bool, at: datetime) -> None:
    by = {"actor": STAFF, "at": at}
    if what == "wallet":
        turn = disable_wallet if off else enable_wallet
        turn(wallet=real.wallets[name], reason="a test", **by)
    elif what == "customer":
        turn = customer.disable if off else customer.enable
        turn(number=real.owners[name], reason="a test", **by)
    elif what == "channel":
        (disable_channel if off else enable_channel)(identifier=name, **by)
    else:
        (disable_currency if off else enable_currency)(code=name, **by)


__all__ = ["expire", "expire_orders", "switch"]
