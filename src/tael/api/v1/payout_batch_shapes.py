"""Which payout batches are asked for over HTTP, and what they come to.

Source: B-35, B-38; peers-settlement-invest A24, A39.
"""

from typing import Annotated, Literal

from ninja import Query

from tael.api.fields import Filter
from tael.api.wire import MoneyOut, Out
from tael.settlement.payouts import batch_search

State = Literal["draft", "checked", "approved", "exported", "settled", "dropped", "revoked"]


class BatchFilter(Filter):
    """Which batches are meant."""

    state: State | None = None
    currency: Annotated[str, Query(max_length=12)] = ""
    channel: Annotated[str, Query(max_length=32)] = ""

    def wanted(self) -> batch_search.BatchesWanted:
        """Read it."""
        return batch_search.BatchesWanted(self.state or "", self.currency, self.channel)


BatchAsked = Annotated[BatchFilter, Query()]


class PayoutBatchTotalOut(Out):
    """What all batches of a filter come to in one currency."""

    batches: int
    rows: int
    total: MoneyOut


class PayoutBatchTotalsOut(Out):
    """The sums, by currency."""

    data: list[PayoutBatchTotalOut]
