"""Days of a merchant account: they begin and end in the time zone of its terms.

Source: E-11; peers-settlement-invest A9.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from tael.settlement.accounts.account_details import DetailsWanted
from tael.settlement.accounts.terms import terms_in_force
from tael.settlement.registry import parse_zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tael.settlement.models import Terms


def details_of_days(
    account: int, *, word: str | None = None, first: date | None = None, last: date | None = None
) -> DetailsWanted:
    """Say which details of an account are wanted by days of its time zone, both included.

    Source: A9, E-11; A39.
    """
    zone = zone_of(terms_in_force(account))
    return DetailsWanted(
        word=word,
        since=None if first is None else begin_of(first, zone),
        until=None if last is None else begin_of(last + timedelta(days=1), zone),
    )


def zone_of(terms: Terms) -> ZoneInfo:
    """Give the time zone in which an account's days are meant.

    Source: A9.
    """
    return parse_zone(terms.zone)


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """Give the moment at which a day begins.

    Source: A9.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)
