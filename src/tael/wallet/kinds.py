"""The kinds of entries that wallets make, and which of the seven operations each one is.

Source: F-01, F-22.
"""

from __future__ import annotations

from typing import Final

from tael.wallet.collect import COLLECT
from tael.wallet.deduct import DEDUCT, DEDUCT_FROZEN
from tael.wallet.exchange import EXCHANGE, EXCHANGE_AT_PAR
from tael.wallet.freeze import FREEZE
from tael.wallet.gateway_refund import CHARGEBACK
from tael.wallet.locked_funds import GIFT
from tael.wallet.operation import Operation
from tael.wallet.order_credit import SURPLUS
from tael.wallet.recharge import RECHARGE
from tael.wallet.suspense import PLACED
from tael.wallet.transfer import TRANSFER
from tael.wallet.unfreeze import EXPIRE, UNFREEZE
from tael.wallet.withdraw import WITHDRAW, WITHDRAW_FROZEN

OPERATIONS: Final = {
    RECHARGE.code: Operation.RECHARGE,
    GIFT.code: Operation.RECHARGE,
    SURPLUS.code: Operation.RECHARGE,
    PLACED.code: Operation.RECHARGE,
    DEDUCT.code: Operation.DEDUCT,
    DEDUCT_FROZEN.code: Operation.DEDUCT,
    COLLECT.code: Operation.DEDUCT,
    TRANSFER.code: Operation.TRANSFER,
    FREEZE.code: Operation.FREEZE,
    UNFREEZE.code: Operation.UNFREEZE,
    EXPIRE.code: Operation.UNFREEZE,
    WITHDRAW.code: Operation.WITHDRAW,
    WITHDRAW_FROZEN.code: Operation.WITHDRAW,
    CHARGEBACK.code: Operation.WITHDRAW,
    EXCHANGE.code: Operation.EXCHANGE,
    EXCHANGE_AT_PAR.code: Operation.EXCHANGE,
}
"""By kind of entry. A refund is of the operation that it takes back."""

OUT_OF_FROZEN: Final = frozenset({DEDUCT_FROZEN.code, WITHDRAW_FROZEN.code})

REVERSIBLE: Final = frozenset(
    {
        RECHARGE.code,
        GIFT.code,
        SURPLUS.code,
        DEDUCT.code,
        DEDUCT_FROZEN.code,
        TRANSFER.code,
        WITHDRAW.code,
        WITHDRAW_FROZEN.code,
        EXCHANGE.code,
        EXCHANGE_AT_PAR.code,
    }
)


def kinds_of(operation: Operation) -> list[str]:
    """List the kinds of entries that are one operation.

    Source: F-01.
    """
    return [kind for kind, of in OPERATIONS.items() if of is operation]
