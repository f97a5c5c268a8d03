"""The seven fund operations (資金類型) and their numbers.

Source: F-01.
"""

from __future__ import annotations

from enum import IntEnum


class Operation(IntEnum):
    """What is done with funds; the number is the first digit of a serial number."""

    RECHARGE = 1  # 充值
    DEDUCT = 2  # 扣費
    TRANSFER = 3  # 轉賬
    FREEZE = 4  # 凍結
    UNFREEZE = 5  # 解凍
    WITHDRAW = 6  # 提現
    EXCHANGE = 7  # 兌換

    @property
    def word(self) -> str:
        """Give the one name under which the operation is found everywhere: "recharge"."""
        return self.name.lower()
