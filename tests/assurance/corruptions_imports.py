"""What can be done to imports by somebody who may do anything in the database."""

from __future__ import annotations

_IMPORT = (
    "INSERT INTO settlement_import (id, key, name, form, digest, size, kept, source, problem, state, brought_at,"
    " brought_by, begun_at, begun_by, finished_at) VALUES (77, 'k', 'x.csv', 'csv', '', 1, #kept, '', '',"
    " 'finished', now(), 'user:7', now(), 'user:7', now())"
)
_ROW = (
    "INSERT INTO settlement_import_row (import, row, turn, facts, done, verdict, accrual, code, field, reason)"
    " VALUES (77, 2, 0, #facts, #done, 'recorded', #accrual, '', '', '')"
)
_FOREIGN = "jsonb_build_object('source', 'nowhere', 'kind', 'none', 'number', '0')"


def _import(kept: int) -> str:
    return _IMPORT.replace("#kept", str(kept))


def _row(done: str, accrual: str) -> str:
    told = _ROW.replace("#facts", _FOREIGN).replace("#done", done)
    return told.replace("#accrual", accrual)


# name, invariants that must be among those found, statements
PLANTED_IN_IMPORTS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "an import is finished and a row has no verdict of its own": (
        {"I30"},
        (_import(1), _row("false", "NULL")),
    ),
    "a row of an import is gone": ({"I30"}, (_import(1),)),
    "an import is finished and a row of its file was never kept": ({"I30"}, (_import(0),)),
    "a row of an import says that it is a record that is not there": (
        {"I30"},
        (_import(1), _row("true", "999999")),
    ),
}
