"""The plan on which a channel is asked for an unknown outcome: soon, then seldom, then a person looks.

Opened when a row becomes unknown and closed when its outcome is known, in the transaction that brings it.

Source: B-36; peers-settlement-invest A7.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tael import books
from tael.settlement.lifecycles import INQUIRY, InquiryEvent, InquiryState
from tael.settlement.models import PayoutInquiry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tael.books import Instruction

PLAN: Final = (timedelta(minutes=5), timedelta(hours=1), *[timedelta(days=1)] * 5)
"""How long after the row became unknown, and after each ask, the next one is."""
_OPEN: Final = """
    INSERT INTO settlement_payout_inquiry (row, channel, state, asks, next_ask_at, opened_at)
    SELECT r.id, b.channel, CASE WHEN s.channel IS NULL THEN 'person' ELSE 'asking' END, 0,
        CASE WHEN s.channel IS NULL THEN NULL ELSE %s::timestamptz END, %s
    FROM settlement_payout_row AS r JOIN settlement_payout_batch AS b ON b.id = r.batch
    LEFT JOIN settlement_status_service AS s ON s.channel = b.channel AND s.address <> ''
    WHERE r.id = ANY (%s) AND r.state = 'unknown' ON CONFLICT (row) DO NOTHING
"""
_CLOSE: Final = """
    UPDATE settlement_payout_inquiry AS i
    SET state = 'closed', next_ask_at = NULL, closed_at = %s, closed_by = %s
    FROM settlement_payout_row AS r
    WHERE i.row = r.id AND r.id = ANY (%s) AND r.state IN ('paid', 'failed') AND i.state <> 'closed'
"""


def follow_rows(rows: Sequence[int], instruction: Instruction) -> None:
    """Open inquiries for those rows that have become unknown, close them for those that are answered.

    Args:
        rows: identifiers of rows of a batch that is locked; others' states are not looked at.

    Source: A7.
    """
    connection, at = books.connection(), instruction.at
    connection.execute(_OPEN, [at + PLAN[0], at, list(rows)])
    connection.execute(_CLOSE, [at, instruction.actor, list(rows)])


def begin_asking(channel: str, *, at: datetime) -> None:
    """Put on the plan again what a channel was not asked about to the plan's end; it is asked at once."""
    _move(channel, InquiryState.PERSON, InquiryEvent.ASK, at, asks__lt=len(PLAN))


def stop_asking_over(channel: str) -> None:
    """Hand to people what a channel is asked no more."""
    _move(channel, InquiryState.ASKING, InquiryEvent.GIVE_UP, None)


def put_on(inquiry: PayoutInquiry, *, at: datetime) -> None:
    """Write down when the next ask is, now that there was one more; after the last it is for a person."""
    inquiry.leased_until = None
    if inquiry.state != InquiryState.ASKING:
        return
    if inquiry.asks < len(PLAN):
        inquiry.next_ask_at = at + PLAN[inquiry.asks]
    else:
        after = INQUIRY.after(InquiryState(inquiry.state), InquiryEvent.GIVE_UP)
        inquiry.state, inquiry.next_ask_at = after.value, None


def _move(
    channel: str,
    state: InquiryState,
    event: InquiryEvent,
    next_ask_at: datetime | None,
    **wanted: int,
) -> None:
    PayoutInquiry.objects.filter(channel=channel, state=state.value, **wanted).update(
        state=INQUIRY.after(state, event).value, next_ask_at=next_ask_at
    )
