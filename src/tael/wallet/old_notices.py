"""The words of gateways' notices are forgotten after a while; what came of them is kept for ever.

Source: reliability T22 and section 3a (stored raw before parsing); I23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.postgres.portions import PORTION, in_portions

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

# The row stays: its event may act only once, however late it is told again.
_FORGET: Final = """
    WITH old AS (
        SELECT id FROM wallet_gateway_notice
        WHERE received_at < %(before)s AND verdict <> 'received' AND (octet_length(raw) > 0 OR headers <> '{}')
        ORDER BY received_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE wallet_gateway_notice AS n SET raw = '', headers = '{}' FROM old WHERE n.id = old.id
"""


def forget_old_notices(owner: Connection, *, before: datetime, limit: int = PORTION) -> int:
    """Empty the bodies and headers of notices that came before; commits after each ``limit`` of them.

    Names and account numbers of payers stand in them. A notice that was never judged keeps its words.

    Args:
        owner: a connection of the database's owner: the application may change no notice.

    Source: T22; I23.
    """
    return in_portions(owner, _FORGET, {"before": before}, limit=limit)
