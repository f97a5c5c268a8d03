"""Where the locked funds of a wallet came from, so that its owner can be told why they do not leave.

Source: F-08, F-27; A-F7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from tael import books, ledger
from tael.wallet.card import CHANNEL as CARD_CHANNEL
from tael.wallet.exchange import EXCHANGE, EXCHANGE_AT_PAR
from tael.wallet.flow import flow_records
from tael.wallet.locked_funds import GIFT
from tael.wallet.refund import REFUND

if TYPE_CHECKING:
    from tael.money import Money
    from tael.wallet.flow import FlowRecord
    from tael.wallet.wallet import Wallet

LOOKED_THROUGH: Final = 200
"""Lines of the locked account that are looked through, newest first."""

Sort = Literal["gift", "card", "exchange", "refund", "recharge"]


class Origin(NamedTuple):
    """One credit of locked funds, and how much of it is still there."""

    record: FlowRecord
    sort: Sort
    credited: Money
    left: Money


class Origins(NamedTuple):
    """What makes up the locked funds, newest credit first.

    Args:
        older: what is left of credits further back than were looked through.
    """

    credits: list[Origin]
    older: Money


def origins_of_locked(wallet: Wallet) -> Origins:
    """Tell which credits make up the locked funds of a wallet.

    The books keep one sum of locked money, not which gift was spent. What is left is therefore told
    as people count it: what came first was spent first.

    Source: F-08, F-27.
    """
    lines = ledger.last_lines(books.connection(), wallet.locked, limit=LOOKED_THROUGH)
    left = lines[0].balance if lines else 0
    parts: dict[int, tuple[int, int]] = {}
    for line in lines:
        if left <= 0:
            break
        if line.amount > 0:
            parts[line.entry] = (line.amount, min(line.amount, left))
            left -= min(line.amount, left)
    records = {record.id: record for record in flow_records(parts)}
    found = [
        Origin(
            records[entry],
            _sort(records[entry]),
            wallet.money(credited),
            wallet.money(still),
        )
        for entry, (credited, still) in parts.items()
    ]
    return Origins(found, wallet.money(max(left, 0)))


def _sort(record: FlowRecord) -> Sort:
    if record.kind == REFUND.code:
        return "refund"
    if record.kind == GIFT.code:
        return "gift"
    if record.kind in {EXCHANGE.code, EXCHANGE_AT_PAR.code}:
        return "exchange"
    return "card" if record.channel == CARD_CHANNEL else "recharge"
