"""Flow numbers (流水號): the bank's own number of a payment, which one payment over a channel has.

Source: B-24, B-35; I20.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Final

from tael import books
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

_FORM: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,63}")
_TAKEN: Final = """
    SELECT w.id, w.flow_number FROM settlement_withdrawal AS w
    JOIN unnest(%s::text[], %s::text[]) AS asked (channel, number)
        ON w.channel = asked.channel AND w.flow_number = asked.number
    ORDER BY w.id LIMIT 1
"""


class FlowNumberMalformed(Refusal):
    """A flow number has other characters than letters, digits and . _ / - or more than 64 of them."""

    code = "flow_number_malformed"
    rule: ClassVar[str] = "B-24"
    remedy = "Send the bank's number as it stands on its advice, as text."


class FlowNumberTaken(Refusal):
    """Another payment over the channel has this flow number."""

    code = "flow_number_taken"
    because: ClassVar[Because] = "conflict"
    rule = "I20"
    remedy = "Check the number; a payment is told once."


def parse_flow_number(text: object, *, field: str = "flow_number") -> str:
    """Give a flow number without blanks around it.

    Raises:
        FlowNumberMalformed.

    Source: B-24.
    """
    number = text.strip() if isinstance(text, str) else ""
    if not _FORM.fullmatch(number):
        message = "This is no flow number."
        there = repr(text)[:60] if isinstance(text, str) else type(text).__name__
        allowed = "1 to 64 letters, digits, . _ / -"
        raise FlowNumberMalformed(message, field=field, there=there, allowed=allowed)
    return number


def check_free(wanted: Sequence[tuple[str, str]]) -> None:
    """Refuse flow numbers that another payout over the channel has, or that are told twice.

    Until the transaction ends nobody else takes numbers of these channels.

    Args:
        wanted: channel and flow number.

    Raises:
        FlowNumberTaken.

    Source: I20.
    """
    if not wanted:
        return
    twice = [number for (_, number), times in Counter(wanted).items() if times > 1]
    if twice:
        message = f"Flow number {twice[0]} is told twice."
        raise FlowNumberTaken(message, field="flow_number", there=twice[0])
    # the unique constraint would do, but whoever tells the same number in parallel is to be refused in words
    for channel in sorted({channel for channel, _ in wanted}):
        books.connection().execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"tael:payout_flow_number:{channel}"],
        )
    columns = [list(column) for column in zip(*wanted, strict=True)]
    taken = books.connection().execute(_TAKEN, columns).fetchone()
    if taken is not None:
        message = f"Withdrawal {taken[0]} has flow number {taken[1]}."
        raise FlowNumberTaken(message, field="flow_number", there=str(taken[1]))
