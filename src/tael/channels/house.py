"""The ledger accounts of the house, of the channels and of money that cannot be placed, opened when first needed.

Source: architecture, section 3; I24, I36.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from tael import books

HouseName = Literal["income", "bonus", "fx", "rounding"]

NAMES: Final = get_args(HouseName)


def house_account(name: HouseName, currency: str) -> int:
    """Give the house's own account `house:<name>:<currency>`.

    income: what consumption earns. bonus: what gifts cost. fx: the position from exchanging.
    rounding: the parts of a unit. None of them has a floor: a cost or a position may be negative.

    Args:
        currency: the code of a registered currency.

    Source: architecture, section 3.
    """
    assert name in NAMES, name
    return books.open_account(
        code=f"house:{name}:{currency}", currency=currency, class_="house", floor=None
    )


def channel_account(channel: str, currency: str) -> int:
    """Give the custody account `channel:<identifier>:<currency>`: the outside world beyond a channel.

    Its balance is the negative of what came in over the channel and has not gone out again.

    Source: architecture, section 3.
    """
    return books.open_account(
        code=f"channel:{channel}:{currency}", currency=currency, class_="custody", floor=None
    )


def suspense_account(currency: str) -> int:
    """Give the account `suspense:<currency>` of money that came in and could not be placed.

    It never gives more than it has received.

    Source: architecture, section 3; reliability, section 3a (callback verdicts).
    """
    return books.open_account(
        code=f"suspense:{currency}", currency=currency, class_="suspense", floor=0
    )
