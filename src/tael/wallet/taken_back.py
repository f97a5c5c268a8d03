"""Which entries take an entry back, and the amounts by which they have done so.

Source: F-27; I12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg import Cursor

from tael import books, ledger
from tael.wallet.flow import flow_records

if TYPE_CHECKING:
    from tael.wallet.flow import FlowRecord

SHOWN_MAX: Final = 200

_REVERSING: Final = "SELECT id FROM {book}.entry WHERE reverses = %s ORDER BY id DESC LIMIT %s"


def taken_back_by(entry_id: int) -> list[FlowRecord]:
    """Give the records that take an entry back, newest first.

    Source: F-27; I12.
    """
    cursor = Cursor(books.connection())
    rows = cursor.execute(ledger.MAIN.sql(_REVERSING), [entry_id, SHOWN_MAX]).fetchall()
    return flow_records([entry for (entry,) in rows])
