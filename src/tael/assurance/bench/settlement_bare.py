"""The yardstick of the bill run: the bare database marks and adds up the same records, without rules and books.

Source: issue 4 (`tael bench settlement`).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import psycopg

if TYPE_CHECKING:
    from tael.assurance.bench.arena import Arena

# The same rows in a table with the same columns and indexes, settled and added up by one statement.
_READY: Final = (
    "CREATE TABLE bench_bare (LIKE settlement_accrual INCLUDING INDEXES)",
    "INSERT INTO bench_bare SELECT * FROM settlement_accrual",
    "UPDATE bench_bare SET bill = NULL",
    "VACUUM ANALYZE bench_bare",
)
_BARE: Final = """
    WITH taken AS (
        UPDATE bench_bare SET bill = account WHERE state = 'confirmed' AND bill IS NULL
        RETURNING account, kind, amount, quantity
    )
    SELECT account, kind, sum(quantity), sum(amount), count(*) FROM taken GROUP BY 1, 2
"""


def mark_and_add_up(arena: Arena) -> float:
    """Do it once, and give the seconds; what was made for it is removed.

    Source: issue 4.
    """
    with psycopg.connect(arena.url, autocommit=True) as connection:
        for statement in _READY:
            connection.execute(statement)
        began = time.perf_counter()
        connection.execute(_BARE).fetchall()
        seconds = time.perf_counter() - began
        connection.execute("DROP TABLE bench_bare")
    return seconds
