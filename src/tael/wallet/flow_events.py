"""Telling of what the journal has booked: each entry of a wallet becomes one event, after it was booked.

Posting itself writes no event and is as fast as without them.

Source: architecture, section 5 (transactional outbox); F-22, E-03.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from tael.outbox.announce import Event, announce_all, anybody_wants, told_money
from tael.outbox.journal_cursor import new_entries
from tael.wallet.collect import COLLECT
from tael.wallet.deduct import DEDUCT, DEDUCT_FROZEN
from tael.wallet.exchange import EXCHANGE, EXCHANGE_AT_PAR
from tael.wallet.flow import flow_records
from tael.wallet.freeze import FREEZE
from tael.wallet.gateway_refund import CHARGEBACK, RETURNED
from tael.wallet.locked_funds import GIFT
from tael.wallet.order_credit import SURPLUS
from tael.wallet.recharge import RECHARGE
from tael.wallet.refund import REFUND
from tael.wallet.suspense import PLACED, SUSPENSE
from tael.wallet.transfer import TRANSFER
from tael.wallet.unfreeze import EXPIRE, UNFREEZE
from tael.wallet.withdraw import WITHDRAW, WITHDRAW_FROZEN

if TYPE_CHECKING:
    from tael.wallet.flow import FlowRecord

AT_ONCE: Final = 500  # entries in one transaction

EVENTS: Final = {
    RECHARGE.code: "recharge.credited",
    GIFT.code: "recharge.credited",
    SURPLUS.code: "recharge.credited",
    DEDUCT.code: "charge.booked",
    DEDUCT_FROZEN.code: "charge.booked",
    COLLECT.code: "charge.booked",
    TRANSFER.code: "transfer.booked",
    FREEZE.code: "hold.opened",
    UNFREEZE.code: "hold.released",
    EXPIRE.code: "hold.expired",
    WITHDRAW.code: "withdrawal.paid",
    WITHDRAW_FROZEN.code: "withdrawal.paid",
    EXCHANGE.code: "exchange.booked",
    EXCHANGE_AT_PAR.code: "exchange.booked",
    REFUND.code: "refund.booked",
    CHARGEBACK.code: "chargeback.booked",
    SUSPENSE.code: "payment.unplaced",
    PLACED.code: "recharge.credited",
    RETURNED.code: "payment.returned",
}
"""By kind of entry; entries of other kinds are the house's own business."""


def tell_new_entries() -> int:
    """Announce what was booked since the last time, in the order of the numbers; give how many entries.

    May run at any time, twice or in parallel: an entry is told once.

    Source: architecture, section 5.
    """
    told = 0
    more = True
    while more:
        count, more = _tell_some()
        told += count
    return told


@transaction.atomic(durable=True)
def _tell_some() -> tuple[int, bool]:
    found = new_entries(limit=AT_ONCE, wanted=anybody_wants(sorted(set(EVENTS.values()))))
    records = flow_records(found.numbers)
    events = [_event(record) for record in reversed(records) if record.kind in EVENTS]
    announce_all(events)
    return len(found.numbers), found.more


def _event(record: FlowRecord) -> Event:
    return Event(
        EVENTS[record.kind],
        f"entry:{record.id}",
        record.effective_at,
        flow_data(record),
        record.booked_at,
    )


def flow_data(record: FlowRecord) -> dict[str, Any]:
    """Write a flow record as events carry it; the names are those of the API.

    Source: E-03.
    """
    return {
        "number": record.id,
        "operation": None if record.operation is None else record.operation.word,
        "kind": record.kind,
        "source": record.source,
        "out_of": None if record.out_of is None else record.out_of.number,
        "into": None if record.into is None else record.into.number,
        "amount": None if record.amount is None else told_money(record.amount),
        "received": None if record.received is None else told_money(record.received),
        "changes": [
            {
                "wallet": change.wallet.number,
                "owner": change.wallet.owner,
                "liquid": told_money(change.liquid),
                "locked": told_money(change.locked),
                "frozen": told_money(change.frozen),
            }
            for change in record.changes
        ],
        "payee": record.payee,
        "channel": record.channel,
        "sno": record.sno,
        "pno": record.pno,
        "code": record.code,
        "info": record.info,
        "reverses": record.reverses,
        "effective_at": record.effective_at.isoformat(),
        "booked_at": record.booked_at.isoformat(),
    }
