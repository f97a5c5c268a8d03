"""Quotes that expired unused are forgotten after a while; one that was used stays with its exchange.

Source: F-37; reliability T22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.postgres.portions import PORTION, in_portions

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

_FORGET: Final = """
    DELETE FROM wallet_exchange_quote WHERE id IN (
        SELECT id FROM wallet_exchange_quote WHERE expires_at < %(before)s AND entry IS NULL
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
"""


def forget_old_quotes(owner: Connection, *, before: datetime, limit: int = PORTION) -> int:
    """Remove quotes that expired before a moment and that nobody used.

    Args:
        owner: a connection of the database's owner.

    Source: F-37; T22.
    """
    return in_portions(owner, _FORGET, {"before": before}, limit=limit)
