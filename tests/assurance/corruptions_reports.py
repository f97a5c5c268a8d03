"""What can be done to period reports by somebody who may do anything in the database. The doctor finds each."""

from __future__ import annotations

_FIRST = "(SELECT min(id) FROM settlement_period_report WHERE account = {bills.account})"
_LAST = "(SELECT max(id) FROM settlement_period_report WHERE account = {bills.account})"

# name, invariants that must be among those found, statements; {bills.…} are numbers of LivedBills
PLANTED_REPORTS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "a report closes with more than it has": (
        {"I19"},
        (
            "ALTER TABLE settlement_period_report DROP CONSTRAINT period_report_adds_up",
            f"UPDATE settlement_period_report SET closing = closing + 1 WHERE id = {_LAST}",
        ),
    ),
    "a report does not open with what the one before closed with": (
        {"I19"},
        (
            (
                "UPDATE settlement_period_report SET opening = opening + 1, closing = closing + 1"
                f" WHERE id = {_LAST}"
            ),
        ),
    ),
    "a report says that more came and went": (
        {"I19"},
        (
            f"UPDATE settlement_period_report SET came = came + 1, went = went - 1 WHERE id = {_FIRST}",
        ),
    ),
    "two reports agree on what the ledger does not say": (
        {"I19"},
        (
            (
                "UPDATE settlement_period_report SET came = came + 1, closing = closing + 1"
                f" WHERE id = {_FIRST}"
            ),
            (
                "UPDATE settlement_period_report SET opening = opening + 1, went = went - 1"
                f" WHERE id = {_LAST}"
            ),
        ),
    ),
    "a report is removed": (
        {"I19"},
        (f"DELETE FROM settlement_period_report WHERE id = {_FIRST}",),
    ),
    "what came in is edited in a subtotal of an account": (
        {"I3"},
        ("UPDATE settlement_subtotal SET came[1] = came[1] + 1 WHERE account = {bills.account}",),
    ),
    "a subtotal of an account is removed": (
        {"I3"},
        ("DELETE FROM settlement_subtotal WHERE account = {bills.account} AND first_line = 1",),
    ),
    "a subtotal is said to begin earlier": (
        {"I3"},
        (
            (
                "UPDATE settlement_subtotal SET from_at = from_at + interval '-1 microsecond'"
                " WHERE account = {bills.account}"
            ),
        ),
    ),
}
