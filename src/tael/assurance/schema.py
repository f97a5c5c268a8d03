"""Whether the rules that the database itself keeps are all there: constraints and unique indexes.

Source: style, part 3, rule 9; I4, I5, I6, I8, I30, I36.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg import Cursor

from tael.assurance.declared import declared_tables
from tael.assurance.report import Check
from tael.ledger.integrity import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg import Connection

    from tael.ledger import Book

OF_A_BOOK: Final = (
    ("account", "account_above_floor"),
    ("account", "account_balance_in_range"),
    ("account", "account_blocked_known"),
    ("account", "account_class_known"),
    ("account", "account_code_unique"),
    ("account", "account_pkey"),
    ("currency", "currency_exponent_in_range"),
    ("currency", "currency_kind_known"),
    ("currency", "currency_pkey"),
    ("entry", "entry_pkey"),
    ("entry_key", "entry_key_pkey"),
    ("entry_note", "entry_note_pkey"),
    ("posting", "posting_moves_something"),
    ("posting", "posting_pkey"),
)
# A constraint that is there, tested on all rows, and in force; or a unique index that is valid. Whether the
# table itself is there is asked elsewhere.
_PRESENT: Final = """
    SELECT wanted.schema || '.' || wanted.tab, wanted.rule
    FROM unnest(%(schemas)s::text[], %(tables)s::text[], %(rules)s::text[]) AS wanted (schema, tab, rule)
    JOIN pg_catalog.pg_class AS t
        ON t.oid = to_regclass(quote_ident(wanted.schema) || '.' || quote_ident(wanted.tab))
    WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint AS c
        WHERE c.conrelid = t.oid AND c.conname = wanted.rule AND c.convalidated
            AND coalesce((to_jsonb(c)->>'conenforced')::boolean, true)
    ) AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS n ON n.oid = i.indexrelid
        WHERE i.indrelid = t.oid AND n.relname = wanted.rule AND i.indisunique AND i.indisvalid
    )
"""
_EXTRA: Final = """
    SELECT c.oid::regclass::text, t.tgname FROM pg_catalog.pg_trigger AS t
    JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    WHERE c.relnamespace = %(book)s::text::regnamespace AND NOT t.tgisinternal
    UNION ALL
    SELECT c.oid::regclass::text, r.rulename FROM pg_catalog.pg_rewrite AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
    WHERE c.relnamespace = %(book)s::text::regnamespace AND c.relkind IN ('r', 'p')
"""


def check_schema(connection: Connection, books: Sequence[Book]) -> Iterator[Check]:
    """Look for each named rule in the database's catalog, and for triggers and rewrite rules on a book.

    Source: style, part 3, rule 9.
    """
    wanted = [(book.name, table, rule) for book in books for table, rule in OF_A_BOOK]
    wanted += [("public", each.table, rule) for each in declared_tables() for rule in each.rules]
    schemas, tables, rules = (list(column) for column in zip(*wanted, strict=True))
    cursor = Cursor(connection)
    values = {"schemas": schemas, "tables": tables, "rules": rules}
    found = [
        Violation("schema", table, f"{table} has lost its rule {rule}, or it is not in force")
        for table, rule in cursor.execute(_PRESENT, values)
    ]
    for book in books:
        found += [
            Violation(
                "schema", table, f"{table} has a trigger or rule {name}, and should have none"
            )
            for table, name in cursor.execute(_EXTRA, {"book": book.name})
        ]
    title = "the rules that the database itself keeps are in force"
    yield Check("schema", title, len(wanted), tuple(found), "rules")
