"""The lives of a card, a recharge order and a suspense proposal, as tables; the database checks come from them.

Source: SM-01, SM-03; I32.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from tael.lifecycle import Lifecycle


class CardState(StrEnum):
    """Where a card stands."""

    UNUSED = "unused"
    USED = "used"
    VOID = "void"


class CardEvent(StrEnum):
    """What happens to a card."""

    REDEEM = "redeem"
    VOID = "void"


CARD: Final = Lifecycle(
    start=CardState.UNUSED,
    moves={
        (CardState.UNUSED, CardEvent.REDEEM): CardState.USED,  # with the credit, one transaction
        (CardState.UNUSED, CardEvent.VOID): CardState.VOID,
    },
)


class OrderState(StrEnum):
    """Where a recharge order stands; the seed's status 2 is created, 1 is success."""

    CREATED = "created"
    PARTIAL = "partial"
    SUCCESS = "success"
    CLOSED = "closed"
    EXPIRED = "expired"


class OrderEvent(StrEnum):
    """What happens to a recharge order."""

    PAY_PART = "pay_part"
    PAY_REST = "pay_rest"
    CLOSE = "close"
    EXPIRE = "expire"


ORDER: Final = Lifecycle(
    start=OrderState.CREATED,
    moves={
        (OrderState.CREATED, OrderEvent.PAY_PART): OrderState.PARTIAL,
        (OrderState.CREATED, OrderEvent.PAY_REST): OrderState.SUCCESS,
        (OrderState.CREATED, OrderEvent.CLOSE): OrderState.CLOSED,
        (OrderState.CREATED, OrderEvent.EXPIRE): OrderState.EXPIRED,
        (OrderState.PARTIAL, OrderEvent.PAY_PART): OrderState.PARTIAL,
        (OrderState.PARTIAL, OrderEvent.PAY_REST): OrderState.SUCCESS,
        (OrderState.PARTIAL, OrderEvent.CLOSE): OrderState.CLOSED,
        (OrderState.PARTIAL, OrderEvent.EXPIRE): OrderState.EXPIRED,
    },
)
"""A closed or expired order stays so; money that still arrives for it is credited without it."""


class ProposalState(StrEnum):
    """Where a proposal about money in suspense stands."""

    PROPOSED = "proposed"
    RETURNING = "returning"
    DONE = "done"
    DROPPED = "dropped"
    DECLINED = "declined"


class ProposalEvent(StrEnum):
    """What happens to a proposal about money in suspense."""

    PLACE = "place"
    ASK = "ask"
    RETURN = "return"
    DROP = "drop"
    DECLINE = "decline"


PROPOSAL: Final = Lifecycle(
    start=ProposalState.PROPOSED,
    moves={
        (ProposalState.PROPOSED, ProposalEvent.PLACE): ProposalState.DONE,
        (ProposalState.PROPOSED, ProposalEvent.ASK): ProposalState.RETURNING,
        (ProposalState.PROPOSED, ProposalEvent.DROP): ProposalState.DROPPED,
        (ProposalState.RETURNING, ProposalEvent.RETURN): ProposalState.DONE,
        (ProposalState.RETURNING, ProposalEvent.DECLINE): ProposalState.DECLINED,
    },
)
"""A return waits for its gateway, which carries it out or declines it."""
