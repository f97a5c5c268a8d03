"""Reads of what was asked about unknown outcomes: by row, and the answers that contradict what was decided.

Source: peers-settlement-invest A7, A19, A39.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tael.settlement.models import PayoutAsk, PayoutInquiry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tael.settlement.payouts.batch_search import RowSeen


class InquirySeen(NamedTuple):
    """A row of unknown outcome with every ask about it, the first one first."""

    seen: RowSeen
    inquiry: PayoutInquiry
    asks: list[PayoutAsk]


def with_inquiries(rows: Sequence[RowSeen]) -> list[InquirySeen]:
    """Give rows with what was asked about them; two queries for all of them.

    Source: A7.
    """
    numbers = [one.row.pk for one in rows]
    inquiries = PayoutInquiry.objects.in_bulk(numbers)
    asks: dict[int, list[PayoutAsk]] = {number: [] for number in numbers}
    for ask in PayoutAsk.objects.filter(inquiry__in=numbers).order_by("inquiry", "number"):
        asks[ask.inquiry_id].append(ask)
    return [InquirySeen(one, inquiries[one.row.pk], asks[one.row.pk]) for one in rows]


def contradictions(*, limit: int = 10) -> list[PayoutAsk]:
    """Give the newest answers that say otherwise than what was decided, with their rows.

    Source: A7, A19.
    """
    found = PayoutAsk.objects.filter(verdict="contradicts")
    return list(found.select_related("inquiry__row__batch").order_by("-pk")[:limit])
