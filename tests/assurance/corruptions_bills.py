"""What can be done to bills by somebody who may do anything in the database. The doctor finds each of these."""

from __future__ import annotations

# name, invariants that must be among those found, statements; {bills.…} are numbers of LivedBills
PLANTED_IN_BILLS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "a bill's total is edited": (
        {"I17", "I18"},
        ("UPDATE settlement_bill SET total = total + 1 WHERE number = {bills.bill}",),
    ),
    "a bill says that it has more records": (
        {"I17"},
        ("UPDATE settlement_bill SET records = records + 1 WHERE number = {bills.bill}",),
    ),
    "a line of a bill is edited": (
        {"I17"},
        (
            (
                "UPDATE settlement_bill_line SET amount = amount + 1, income = income + 1 WHERE bill = {bills.bill}"
                " AND kind = 'phone'"
            ),
        ),
    ),
    "a quantity of a bill is edited": (
        {"I17"},
        (
            "UPDATE settlement_bill_line SET quantity = quantity + 0.5 WHERE bill = {bills.bill} AND kind = 'phone'",
        ),
    ),
    "income of a line is shown as more, with the expense": (
        {"I17"},
        (
            (
                "UPDATE settlement_bill_line SET income = income + 1, expense = expense - 1 WHERE bill = {bills.bill}"
                " AND kind = 'phone'"
            ),
        ),
    ),
    "a line is taken off a bill": (
        {"I17"},
        ("DELETE FROM settlement_bill_line WHERE bill = {bills.bill} AND kind = 'phone'",),
    ),
    "a record's amount is edited after it was billed": (
        {"I17"},
        ("UPDATE settlement_accrual SET amount = amount + 1 WHERE id = {bills.record}",),
    ),
    "a billed record is unsettled again": (
        {"I17"},
        ("UPDATE settlement_accrual SET bill = NULL WHERE id = {bills.record}",),
    ),
    "a record is put on another bill": (
        {"I17"},
        ("UPDATE settlement_accrual SET bill = {bills.even} WHERE id = {bills.record}",),
    ),
    "a record is put on a bill that is not there": (
        {"I17"},
        ("UPDATE settlement_accrual SET bill = 999999 WHERE id = {bills.record}",),
    ),
    "a record is left on a void bill": (
        {"I17"},
        ("UPDATE settlement_accrual SET bill = {bills.void} WHERE bill = {bills.successor}",),
    ),
    "a record is dated after the bill that it is on": (
        {"I17"},
        ("UPDATE settlement_accrual SET day = '2026-12-24' WHERE id = {bills.record}",),
    ),
    "a pending record is billed": (
        {"I17", "schema"},
        (
            "ALTER TABLE settlement_accrual DROP CONSTRAINT accrual_billed_when_confirmed",
            "UPDATE settlement_accrual SET bill = {bills.bill} WHERE id = {bills.pending}",
        ),
    ),
    "a void bill loses its successor": (
        {"I17"},
        ("UPDATE settlement_bill SET replaces = NULL WHERE number = {bills.successor}",),
    ),
    "a period says that another bill is its own": (
        {"I17"},
        ("UPDATE settlement_bill_run_item SET bill = {bills.successor} WHERE bill = {bills.bill}",),
    ),
    "a bill is said to be issued without an entry": (
        {"I18", "schema"},
        (
            "ALTER TABLE settlement_bill DROP CONSTRAINT bill_issued_with_its_entry",
            "UPDATE settlement_bill SET state = 'issued' WHERE number = {bills.draft}",
        ),
    ),
    "a bill is said to be posted by another's entry": (
        {"I18"},
        (
            (
                "UPDATE settlement_bill SET entry = NULL, state = 'draft', issued_at = NULL, issued_by = NULL"
                " WHERE number = {bills.bill}"
            ),
        ),
    ),
    "a bill of nothing is said to be posted": (
        {"I18"},
        ("UPDATE settlement_bill SET entry = 1 WHERE number = {bills.even}",),
    ),
    "a posted bill is a draft again": (
        {"I18", "schema"},
        (
            "ALTER TABLE settlement_bill DROP CONSTRAINT bill_posted_when_issued",
            "UPDATE settlement_bill SET state = 'draft' WHERE number = {bills.bill}",
        ),
    ),
    "a bill is said to have been taken back by its own entry": (
        {"I18"},
        ("UPDATE settlement_bill SET void_entry = entry WHERE number = {bills.void}",),
    ),
    "a bill is in no state that there is": (
        {"I30", "schema"},
        (
            "ALTER TABLE settlement_bill DROP CONSTRAINT bill_state_known",
            "UPDATE settlement_bill SET state = 'lost' WHERE number = {bills.draft}",
        ),
    ),
    "more is said to be kept back": (
        {"I3"},
        ("UPDATE settlement_reserve SET amount = amount + 1 WHERE id = {bills.reserve}",),
    ),
    "what is kept back is said to be given back": (
        {"I3"},
        (
            (
                "UPDATE settlement_reserve SET released_at = now(), release_entry = {bills.entry}"
                " WHERE id = {bills.reserve}"
            ),
        ),
    ),
    "a line of a merchant account is another operation's": (
        {"I3", "I18"},
        ("UPDATE ledger.entry SET kind = 'wallet.transfer' WHERE id = {bills.entry}",),
    ),
}
