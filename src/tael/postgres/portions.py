"""Long removals in portions: each is a transaction of its own, so that nobody waits long for a row.

A run that is cut off has done some portions, and the next one goes on from there.

Source: reliability T22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, LiteralString

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

PORTION: Final = 1000  # rows


def in_portions(
    owner: Connection,
    statement: LiteralString,
    values: Mapping[str, Any],
    *,
    limit: int = PORTION,
) -> int:
    """Run a statement until a portion is not full, commit after each, and tell how many rows it took.

    Args:
        owner: a connection of the database's owner: the application may remove nothing.
        statement: takes at most ``%(limit)s`` rows, and those that others hold it leaves for the next run.

    Source: T22.
    """
    taken = 0
    while True:
        count = owner.execute(statement, {**values, "limit": limit}).rowcount
        owner.commit()
        taken += count
        if count < limit:
            return taken
