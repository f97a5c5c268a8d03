"""How a flow record looks on the wire.

Source: F-22, E-03.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from tael.api.wire import MoneyOut, Out, moment_out, money_out
from tael.wallet.flow import Change, FlowRecord


class ChangeOut(Out):
    """What a record did to one wallet: the differences of its figures, with their signs."""

    wallet: int
    liquid: MoneyOut
    locked: MoneyOut
    frozen: MoneyOut


class FlowOut(Out):
    """One operation as it stands in the books."""

    number: int
    operation: (
        Literal["recharge", "deduct", "transfer", "freeze", "unfreeze", "withdraw", "exchange"]
        | None
    )
    kind: str
    source: Literal["liquid", "frozen"]
    out_of: Annotated[int | None, Field(description="The wallet that gave.")]
    into: Annotated[int | None, Field(description="The wallet that got.")]
    amount: MoneyOut | None
    received: MoneyOut | None
    changes: list[ChangeOut]
    payee: int | None
    channel: str
    actor: Annotated[str | None, Field(description="Who asked; not shown to a customer's key.")]
    sno: str
    pno: str | None
    code: str
    info: str
    reverses: int | None
    effective_at: datetime
    booked_at: datetime
    data: Annotated[
        dict[str, Any] | None,
        Field(description="Further facts; not shown to a customer's key."),
    ]


def change_out(change: Change) -> dict[str, Any]:
    """Write a change."""
    return {
        "wallet": change.wallet.number,
        "liquid": money_out(change.liquid),
        "locked": money_out(change.locked),
        "frozen": money_out(change.frozen),
    }


def flow_out(record: FlowRecord, *, customer: int | None) -> dict[str, Any]:
    """Write a flow record.

    Args:
        customer: to whom the key is bound; he sees what was done to his wallets and by whom it was
            asked is not his to know.
    """
    return {
        "number": record.id,
        "operation": None if record.operation is None else record.operation.word,
        "kind": record.kind,
        "source": record.source,
        "out_of": None if record.out_of is None else record.out_of.number,
        "into": None if record.into is None else record.into.number,
        "amount": None if record.amount is None else money_out(record.amount),
        "received": None if record.received is None else money_out(record.received),
        "changes": [
            change_out(change)
            for change in record.changes
            if customer in {None, change.wallet.owner}
        ],
        "payee": record.payee,
        "channel": record.channel,
        "actor": record.actor if customer is None else None,
        "sno": record.sno,
        "pno": record.pno,
        "code": record.code,
        "info": record.info,
        "reverses": record.reverses,
        "effective_at": moment_out(record.effective_at),
        "booked_at": moment_out(record.booked_at),
        "data": record.data if customer is None else None,
    }
