"""The ledger accounts that the other side of a merchant account's lines stands on, opened when first needed.

Source: architecture, section 3; B-26, B-37; I36.
"""

from __future__ import annotations

from typing import Literal

from tael import books
from tael.channels.house import house_account

Beside = Literal["payable", "income"]


def settlement_account(currency: str) -> int:
    """Give the house account `house:settlement:<currency>`: the other side of bills and adjustments.

    Below zero is what merchants have earned by their bills, and what the house has to have taken in.

    Source: B-26.
    """
    return books.open_account(
        code=f"house:settlement:{currency}", currency=currency, class_="house", floor=None
    )


def payable_account(currency: str) -> int:
    """Give the client account `payable:<currency>`: what has been withdrawn and not been paid out yet.

    It is the sum of the withdrawals on their way, never below zero.

    Source: B-35, B-37.
    """
    return books.open_account(
        code=f"payable:{currency}", currency=currency, class_="client", floor=0
    )


def beside(name: Beside, currency: str) -> int:
    """Give an account that the other side of a withdrawal stands on: what is on its way, or the house's fees.

    Whoever needs it for many withdrawals keeps what it gave, as each call may ask the database.

    Source: B-35, B-37.
    """
    return payable_account(currency) if name == "payable" else house_account("income", currency)
