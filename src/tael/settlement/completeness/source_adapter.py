"""Adapters: how the acts of a source are listed, a day at a time. One lists files, one asks over HTTP.

Source: B-14; peers-settlement-invest A6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import date

    from tael.settlement.records.listed_act import Listed


class SourceUnanswered(Refusal):
    """The business system gave no list: it cannot be reached, takes too long, or answers with an error."""

    code = "source_unanswered"
    because: ClassVar[Because] = "busy"
    rule = "B-14"
    remedy = "See that the business system runs and knows the secret; the check can be run again."
    retry = True


class ListMalformed(Refusal):
    """What the business system gave is no list of acts, or has no end."""

    code = "act_list_malformed"
    rule = "B-14"
    remedy = "Let the business system answer as docs/completeness.md describes."


class Adapter(Protocol):
    """Lists the acts of a source. Never called inside a transaction."""

    def acts_of(self, day: date) -> list[Listed]:
        """Give all acts of a day of the source's own zone.

        Raises:
            SourceUnanswered, ListMalformed: nothing can be said about this day.
        """
        ...
