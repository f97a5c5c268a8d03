"""The life of a proposal, as a table.

Source: peers-settlement-invest, section 3.3; I32.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from tael.lifecycle import Lifecycle


class ProposalState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ProposalEvent(StrEnum):
    """What happens to a proposal."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


PROPOSAL: Final = Lifecycle(
    start=ProposalState.PROPOSED,
    moves={
        (ProposalState.PROPOSED, ProposalEvent.APPROVE): ProposalState.APPROVED,
        (ProposalState.PROPOSED, ProposalEvent.REFUSE): ProposalState.REFUSED,
        (ProposalState.PROPOSED, ProposalEvent.WITHDRAW): ProposalState.WITHDRAWN,
        (ProposalState.PROPOSED, ProposalEvent.EXPIRE): ProposalState.EXPIRED,
    },
)
