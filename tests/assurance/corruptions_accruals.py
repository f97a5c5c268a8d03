"""What can be done to business records by somebody who may do anything in the database."""

from __future__ import annotations

# name, invariants that must be among those found, statements; {bills.…} are numbers of LivedBills
PLANTED_IN_ACCRUALS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "a record says that less of it was reversed": (
        {"I12"},
        ("UPDATE settlement_accrual SET reversed = reversed - 1 WHERE id = {bills.record}",),
    ),
    "a record says that less of its quantity was reversed": (
        {"I12"},
        (
            "UPDATE settlement_accrual SET reversed_quantity = reversed_quantity - 1 WHERE id = {bills.record}",
        ),
    ),
    "a reversal is taken out": (
        {"I12"},
        ("DELETE FROM settlement_accrual WHERE reverses = {bills.record}",),
    ),
    "more is reversed than there was": (
        {"I12", "schema"},
        (
            "ALTER TABLE settlement_accrual DROP CONSTRAINT accrual_reversed_at_most_whole",
            "UPDATE settlement_accrual SET amount = -100000 WHERE reverses = {bills.record}",
            "UPDATE settlement_accrual SET reversed = 100000 WHERE id = {bills.record}",
        ),
    ),
    "a reversal has the sign of what it reverses": (
        {"I12"},
        ("UPDATE settlement_accrual SET amount = -amount WHERE reverses = {bills.record}",),
    ),
    "a reversal is put on another account": (
        {"I12"},
        (
            (
                "UPDATE settlement_accrual SET account = (SELECT max(number) FROM settlement_account)"
                " WHERE reverses = {bills.record}"
            ),
        ),
    ),
    "a reversal says that it reverses another": (
        {"I12"},
        (
            "UPDATE settlement_accrual SET reverses = {bills.pending} WHERE reverses = {bills.record}",
        ),
    ),
    "a reversal says the number of another": (
        {"I12"},
        ("UPDATE settlement_accrual SET reversed_number = 'X' WHERE reverses = {bills.record}",),
    ),
    "a record is in a state that there is not": (
        {"I30", "schema"},
        (
            "ALTER TABLE settlement_accrual DROP CONSTRAINT accrual_state_known",
            "UPDATE settlement_accrual SET state = 'perhaps' WHERE id = {bills.pending}",
        ),
    ),
    "a record that nobody has confirmed is on a bill": (
        {"I30", "I17", "schema"},
        (
            "ALTER TABLE settlement_accrual DROP CONSTRAINT accrual_billed_when_confirmed",
            "UPDATE settlement_accrual SET bill = {bills.bill} WHERE id = {bills.pending}",
        ),
    ),
    "a record has failed by nobody's word": (
        {"I30"},
        ("UPDATE settlement_accrual SET state = 'failed' WHERE id = {bills.pending}",),
    ),
    "a merchant account stands on a wallet's money": (
        {"I36"},
        ("UPDATE settlement_account SET account = {wallet.free} WHERE number = {bills.account}",),
    ),
    "a merchant account is nobody's": (
        {"I36"},
        ("UPDATE settlement_account SET owner = 999999 WHERE number = {bills.account}",),
    ),
}
