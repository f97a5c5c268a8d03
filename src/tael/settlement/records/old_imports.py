"""A file of business records of which nobody has recorded anything is called off after a while, and its rows go.

Source: B-14; reliability T22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.postgres.portions import PORTION, in_portions

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

_FORGET: Final = """
    WITH old AS (
        SELECT id FROM settlement_import
        WHERE brought_at < %(before)s AND begun_at IS NULL
            AND (state IN ('reading', 'checking', 'checked') OR state = 'cancelled' AND kept > 0)
        ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM settlement_import_row AS r USING old WHERE r.import = old.id
    )
    UPDATE settlement_import AS i SET state = 'cancelled', content = NULL, kept = 0,
        finished_at = coalesce(i.finished_at, now())
    FROM old WHERE i.id = old.id
"""


def forget_old_imports(owner: Connection, *, before: datetime, limit: int = PORTION) -> int:
    """Call off the imports that were brought before a moment and never recorded, and remove what they said.

    Args:
        owner: a connection of the database's owner.

    Source: B-14; T22.
    """
    return in_portions(owner, _FORGET, {"before": before}, limit=limit)
