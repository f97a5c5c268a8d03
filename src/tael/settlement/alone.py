"""One worker at a time at a long run: a lock of the session, which is gone with whoever held it.

It saves work and proves nothing: what must not happen twice is locked in the transaction that does it.

Source: reliability T3.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from psycopg.pq import TransactionStatus

from tael import books

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAKE: Final = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_HEARD: Final = (TransactionStatus.IDLE, TransactionStatus.INTRANS)
_LEAVE: Final = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"


@contextmanager
def alone(what: str) -> Iterator[bool]:
    """Tell whether nobody else is at it, and keep others away while the block lasts.

    Args:
        what: a name such as "import:7".

    Source: T3.
    """
    connection = books.connection()
    row = connection.execute(_TAKE, [f"tael:{what}"]).fetchone()
    taken = bool(row and row[0])
    try:
        yield taken
    finally:
        # in a transaction that has failed nothing can be said to the server: the lock ends with the session
        if taken and connection.info.transaction_status in _HEARD:
            connection.execute(_LEAVE, [f"tael:{what}"])
