"""What pages and the API read about channels, currencies and rates.

Source: F-03, F-11, F-12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import books
from tael.channels.models import Channel, Rate

if TYPE_CHECKING:
    from datetime import datetime

    from tael.books.currency import CurrencyState

PAGE_MAX: Final = 200

_RATES_IN_FORCE: Final = """
    SELECT DISTINCT ON (from_currency, to_currency)
        id, from_currency, to_currency, value, valid_from, set_by, set_at
    FROM channels_rate WHERE valid_from <= %s
    ORDER BY from_currency, to_currency, valid_from DESC, id DESC
"""


def channels() -> list[Channel]:
    """List all channels by identifier, those switched off as well."""
    return list(Channel.objects.order_by("identifier"))


def channel(identifier: str) -> Channel | None:
    """Give one channel, also one that is switched off."""
    return Channel.objects.filter(pk=identifier).first()


def currencies() -> list[CurrencyState]:
    """List all registered currencies by code, those switched off as well."""
    return list(books.currencies().values())


def rates(*, at: datetime) -> list[Rate]:
    """List the rate of each pair that is in force at a moment."""
    return list(Rate.objects.raw(_RATES_IN_FORCE, [at]))


def rate_history(
    *, from_currency: str, to_currency: str, before: int | None = None, limit: int = 50
) -> list[Rate]:
    """List the rates of one pair, newest first; those before `before`."""
    found = Rate.objects.filter(from_currency=from_currency, to_currency=to_currency).order_by(
        "-id"
    )
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found[: max(1, min(limit, PAGE_MAX))])
