"""What the application's database role can really do, however it came by it: grants, PUBLIC, membership.

Source: reliability, M13 and section 6; I11, T19.
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

ROLE: Final = "tael_app"
_JOURNAL: Final = r"^((entry|posting)(_[0-9]+)?|entry_key|entry_note|period)$"
_MAY_CHANGE: Final = ("balance", "version", "last_posting")
_MAY_GIVE: Final = ("code", "currency", "class", "floor")

_THERE: Final = "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = %(role)s)"
_POWERS: Final = """
    SELECT rolname, power FROM pg_catalog.pg_roles CROSS JOIN LATERAL (VALUES
        (rolsuper, 'is a superuser'), (rolbypassrls, 'passes by row security'), (rolcreaterole, 'makes roles'),
        (rolcreatedb, 'makes databases'), (rolreplication, 'replicates')
    ) AS powers (has, power)
    WHERE rolname = %(role)s AND has
    UNION ALL
    SELECT %(role)s::text, 'is a member of ' || o.rolname FROM pg_catalog.pg_roles AS o
    WHERE o.rolname <> %(role)s AND pg_has_role(%(role)s, o.oid, 'MEMBER') AND (
        o.rolsuper OR EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.relowner = o.oid AND c.relkind IN ('r', 'p'))
    )
"""
_BOOK_TABLES: Final = """
    SELECT c.relname, verb FROM pg_catalog.pg_class AS c
    CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS verb
    WHERE c.relnamespace = %(book)s::text::regnamespace AND c.relkind IN ('r', 'p')
        AND has_table_privilege(%(role)s, c.oid, verb)
        AND NOT (verb = 'INSERT' AND c.relname ~ %(journal)s)
    UNION ALL
    SELECT c.relname || '.' || a.attname, verb FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE']) AS verb
    WHERE c.relnamespace = %(book)s::text::regnamespace AND c.relkind IN ('r', 'p')
        AND has_column_privilege(%(role)s, c.oid, a.attnum, verb)
        AND NOT has_table_privilege(%(role)s, c.oid, verb)
        AND NOT (c.relname = 'currency' AND verb = 'INSERT')
        AND NOT (c.relname = 'account' AND (verb = 'UPDATE' AND a.attname = ANY(%(change)s)
            OR verb = 'INSERT' AND a.attname = ANY(%(give)s)))
    UNION ALL
    SELECT nspname, 'CREATE' FROM pg_catalog.pg_namespace
    WHERE nspname IN (%(book)s::text, 'public') AND has_schema_privilege(%(role)s, oid, 'CREATE')
"""
_MODEL_TABLES: Final = """
    SELECT c.relname, verb FROM unnest(%(tables)s::text[]) AS t (name)
    JOIN pg_catalog.pg_class AS c ON c.oid = to_regclass('public.' || quote_ident(t.name))
    CROSS JOIN unnest(ARRAY['DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS verb
    WHERE has_table_privilege(%(role)s, c.oid, verb)
    UNION ALL
    SELECT c.relname || '.' || a.attname, 'UPDATE' FROM unnest(%(tables)s::text[]) AS t (name)
    JOIN pg_catalog.pg_class AS c ON c.oid = to_regclass('public.' || quote_ident(t.name))
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE has_column_privilege(%(role)s, c.oid, a.attnum, 'UPDATE')
        AND NOT (c.relname || '.' || a.attname) = ANY(%(changeable)s)
"""
_HOW_MANY: Final = """
    SELECT count(*) FROM pg_catalog.pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace IN (%(book)s::text::regnamespace, 'public'::regnamespace)
"""


def check_rights(connection: Connection, books: Sequence[Book]) -> Iterator[Check]:
    """Ask the database itself what the application's role can do in each book and with each table.

    Source: reliability, M13; I11.
    """
    declared = declared_tables()
    values = {
        "role": ROLE,
        "journal": _JOURNAL,
        "change": list(_MAY_CHANGE),
        "give": list(_MAY_GIVE),
        "tables": [each.table for each in declared],
        "changeable": [f"{each.table}.{column}" for each in declared for column in each.changeable],
    }
    cursor = Cursor(connection)
    there = cursor.execute(_THERE, values).fetchone()
    if not (there and there[0]):
        return
    for book in books:
        found = []
        for query in (_POWERS, _BOOK_TABLES, _MODEL_TABLES):
            for subject, verb in cursor.execute(query, {**values, "book": book.name}):
                message = f"{ROLE} {verb}" if query is _POWERS else f"{ROLE} may {verb} {subject}"
                found.append(Violation("I11", subject, message))
        row = cursor.execute(_HOW_MANY, {"book": book.name}).fetchone()
        title = "the application can add to the books and change nothing that was written"
        yield Check("I11", title, row[0] if row else 0, tuple(found), "tables")
