"""Reading the lines of a wallet out of the journal: those that its subtotals do not hold yet.

Source: architecture, section 2; F-22.
"""

from __future__ import annotations

from typing import Final

LINES: Final = """
    line (id, entry, account, amount, prev, through) AS (
        SELECT p.id, p.entry, p.account, p.amount, p.prev, part.through
        FROM part JOIN {book}.posting AS p ON p.id = part.last
        WHERE part.last > part.through AND p.id >= %(indexed_below)s
        UNION ALL
        SELECT p.id, p.entry, p.account, p.amount, p.prev, line.through
        FROM line JOIN {book}.posting AS p ON p.id = line.prev
        WHERE line.prev > line.through AND line.prev >= %(indexed_below)s
    ), lines AS (
        SELECT id, entry, account, amount FROM line
        UNION ALL
        SELECT p.id, p.entry, p.account, p.amount
        FROM part JOIN {book}.posting AS p ON p.account = part.account AND p.id > part.through AND p.id <= part.last
        WHERE p.id < %(indexed_below)s
    )
"""
"""Lines of accounts: those of open leaves along ``prev``, those of full ones by their index.

``part`` says of which: the account, its newest line to read, and the one before the oldest (0: all).
"""

MOVED: Final = """
    SELECT entry,
        coalesce(sum(amount) FILTER (WHERE account = %(free)s), 0)::bigint AS free,
        coalesce(sum(amount) FILTER (WHERE account = %(locked)s), 0)::bigint AS locked,
        coalesce(sum(amount) FILTER (WHERE account = %(frozen)s), 0)::bigint AS frozen,
        count(*) AS many,
        max(id) FILTER (WHERE account = %(free)s) AS free_line,
        max(id) FILTER (WHERE account = %(locked)s) AS locked_line,
        max(id) FILTER (WHERE account = %(frozen)s) AS frozen_line
    FROM lines GROUP BY entry
"""
"""What each entry of ``lines`` moved on a wallet's three accounts, and by which lines."""

KIND: Final = """
    CASE WHEN e.kind = %(refund)s AND e.reverses IS NOT NULL
        THEN coalesce((SELECT o.kind FROM {book}.entry AS o WHERE o.id = e.reverses), e.kind)
        ELSE e.kind END
"""
"""The kind of an entry e; a refund is of the kind that it takes back."""

# One entry after the other by its number: with a join the planner may read the whole journal.
HELD: Final = f"""
    SELECT s.id AS subtotal, e.id AS entry, e.effective_at, {KIND} AS kind, m.free, m.locked, m.frozen
    FROM wallet_subtotal AS s CROSS JOIN LATERAL unnest(s.entries) AS held (entry)
    CROSS JOIN LATERAL (
        SELECT id, effective_at, kind, reverses, first_posting, legs FROM {{book}}.entry WHERE id = held.entry OFFSET 0
    ) AS e
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.amount) FILTER (WHERE p.account = %(free)s), 0)::bigint AS free,
            coalesce(sum(p.amount) FILTER (WHERE p.account = %(locked)s), 0)::bigint AS locked,
            coalesce(sum(p.amount) FILTER (WHERE p.account = %(frozen)s), 0)::bigint AS frozen
        FROM {{book}}.posting AS p WHERE p.id >= e.first_posting AND p.id < e.first_posting + e.legs
    ) AS m
"""
"""The lines that a wallet's subtotals s hold, out of the journal."""

WHOLE: Final = """
    part (account, last, through) AS (
        SELECT id, last_posting, 0::bigint FROM {book}.account WHERE id = ANY(%(accounts)s)
    )
"""
"""The whole history of the accounts."""
