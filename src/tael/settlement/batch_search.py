"""Reads of payout batches: lists, one batch with its rows, and what is to be written into its file.

Source: B-38, E-15; peers-settlement-invest A24, A39.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tael.parties.models import Payee
from tael.settlement.models import MerchantWithdrawal, PayoutBatch, PayoutRow, ResultFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

PORTION: Final = 5000


class RowToPay(NamedTuple):
    """A row of a batch as it goes into the file.

    Args:
        place: from 1. net: minor units.
    """

    place: int
    withdrawal: int
    account: int
    net: int
    payee: Payee
    applied_at: datetime


class BatchesWanted(NamedTuple):
    """Which batches are wanted; what is empty does not matter."""

    state: str = ""
    currency: str = ""
    channel: str = ""


def rows_to_pay(batch: PayoutBatch) -> Iterator[RowToPay]:
    """Give the rows of a batch in their order, some thousands at a time.

    Source: B-38, E-15.
    """
    after = 0
    while True:
        rows = list(
            PayoutRow.objects.filter(batch=batch, place__gt=after)
            .exclude(state="taken_out")
            .order_by("place")[:PORTION]
        )
        if not rows:
            return
        payees = Payee.objects.in_bulk({row.payee for row in rows})
        asked = MerchantWithdrawal.objects.in_bulk([row.withdrawal_id for row in rows])
        for row in rows:
            of = asked[row.withdrawal_id]
            yield RowToPay(
                row.place, of.pk, of.account_id, row.net, payees[row.payee], of.applied_at
            )
        after = rows[-1].place


def batches(
    wanted: BatchesWanted, *, before: int | None = None, limit: int = 50
) -> list[PayoutBatch]:
    """Give batches, newest first.

    Args:
        before: the number of the last one of the page before.

    Source: A24.
    """
    rows = PayoutBatch.objects.filter(
        **{field: value for field, value in wanted._asdict().items() if value}
    )
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def rows_of(batch: int, *, after: int = 0, limit: int = 100) -> list[PayoutRow]:
    """Give rows of a batch in their order, those taken out of it last.

    Source: A20, A24.
    """
    rows = PayoutRow.objects.filter(batch=batch, place__gt=after)
    return list(rows.select_related("withdrawal").order_by("place")[:limit])


def answers_of(batch: int) -> list[ResultFile]:
    """Give the result files of a batch, newest first.

    Source: A24.
    """
    return list(ResultFile.objects.filter(batch=batch).order_by("-pk"))
