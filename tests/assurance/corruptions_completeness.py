"""What can be done to the completeness checks by somebody who may do anything in the database."""

from __future__ import annotations

_DAY = (
    "INSERT INTO settlement_completeness_day (source, day, acts, recorded, added, cases, checked_at, checked_by)"
    " SELECT code, '2026-10-14', #acts, #recorded, 0, #cases, now(), 'user:7' FROM settlement_source LIMIT 1"
)


def _day(acts: int, recorded: int, cases: int) -> str:
    return (
        _DAY.replace("#acts", str(acts))
        .replace("#recorded", str(recorded))
        .replace("#cases", str(cases))
    )


_CASE = (
    "INSERT INTO settlement_completeness_case (source, day, kind, number, what, reason, state, found_at,"
    " closed_by, note) SELECT code, '2026-10-14', 'service', 'W-1', 'orphan', '', '#state', now(), #by, ''"
    " FROM settlement_source LIMIT 1"
)

# name, invariants that must be among those found, statements
PLANTED_IN_COMPLETENESS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "a day says that differences are open, and there are none": ({"I30"}, (_day(3, 3, 2),)),
    "a day says that more acts are recorded than there are": (
        {"I30", "schema"},
        (
            "ALTER TABLE settlement_completeness_day DROP CONSTRAINT completeness_not_above_all",
            _day(3, 4, 0),
        ),
    ),
    "a difference is open on a day that says it is complete": (
        {"I30"},
        (_day(1, 1, 0), _CASE.replace("#state", "open").replace("#by", "NULL")),
    ),
    "a case is closed by nobody": (
        {"I30"},
        (_day(1, 1, 0), _CASE.replace("#state", "closed").replace("#by", "NULL")),
    ),
    "a check is done before its last day": (
        {"I30"},
        (
            (
                "INSERT INTO settlement_completeness_run (source, by, first_day, last_day, state, checked_through,"
                " acts, added, cases, name, form, digest, rows, rows_done, problem, asked_at, asked_by, ended_at)"
                " SELECT code, 'http', '2026-10-01', '2026-10-14', 'done', '2026-10-13', 0, 0, 0, '', '', '',"
                " 0, 0, '', now(), 'user:7', now()"
                " FROM settlement_source LIMIT 1"
            ),
        ),
    ),
}
