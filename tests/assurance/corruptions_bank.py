"""What somebody who may do anything in the database can do to a bank's lines; see `corruptions`."""

from __future__ import annotations

_ASIDE = "(SELECT id FROM settlement_bank_line WHERE item IS NOT NULL)"

# name, invariants that must be among those found, statements; {…} are numbers of LivedIn
PLANTED_BANK: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "a line of the bank is taken away": (
        {"A26", "A27"},
        ("DELETE FROM settlement_bank_line WHERE copy = 1 AND item IS NULL AND reference = ''",),
    ),
    "a bank's statement hides that its balances break": (
        {"A26"},
        ("UPDATE settlement_bank_statement SET breaks = 0 WHERE breaks > 0",),
    ),
    "a line of the bank says more than was put in suspense for it": (
        {"A23"},
        (f"UPDATE settlement_bank_line SET amount = amount + 1 WHERE id = {_ASIDE}",),
    ),
    "a line forgets that its money is in suspense": (
        {"A23"},
        (f"UPDATE settlement_bank_line SET item = NULL WHERE id = {_ASIDE}",),
    ),
    "money in suspense is looked after by a customer": (
        {"A23"},
        (
            (
                "UPDATE wallet_gateway_payment SET suspense_owner = 'user:999999'"
                " WHERE verdict = 'suspense_bank_line'"
            ),
        ),
    ),
    "money in suspense is booked as a remittance as well": (
        {"A31"},
        (
            (
                "UPDATE settlement_bank_line SET reference = 'aside', amount = r.amount"
                " FROM settlement_remittance AS r WHERE r.id = {remitted.confirmed} AND item IS NOT NULL"
            ),
            "UPDATE settlement_remittance SET flow_number = 'aside' WHERE id = {remitted.confirmed}",
        ),
    ),
}
