"""What somebody who may do anything in the database can do to merchants' withdrawals; see `corruptions`."""

from __future__ import annotations

AGREE = "ALTER TABLE settlement_withdrawal DROP CONSTRAINT merchant_withdrawal_states_agree"

# name, invariants that must be among those found, statements; {payouts.…} are numbers of LivedPayouts
PLANTED_PAYOUTS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "a withdrawal is to be paid more than was set aside": (
        {"I20"},
        (
            (
                "UPDATE settlement_withdrawal SET amount = amount + 1, net = net + 1"
                " WHERE id = {payouts.waiting}"
            ),
        ),
    ),
    "a fee is turned into pay": (
        {"I20"},
        (
            "UPDATE settlement_withdrawal SET fee = fee - 1, net = net + 1 WHERE id = {payouts.unknown}",
        ),
    ),
    "an amount no longer adds up": (
        {"I20", "schema"},
        (
            "ALTER TABLE settlement_withdrawal DROP CONSTRAINT merchant_withdrawal_adds_up",
            "UPDATE settlement_withdrawal SET net = net + 1 WHERE id = {payouts.waiting}",
        ),
    ),
    "what was paid is to be paid again": (
        {"I20"},
        (
            (
                "UPDATE settlement_withdrawal SET trade_state = 'applying', payout_state = 'waiting',"
                " closing_entry = NULL, flow_number = NULL WHERE id = {payouts.paid}"
            ),
        ),
    ),
    "an unknown outcome is called failed, with a foreign entry": (
        {"I20"},
        (
            (
                "UPDATE settlement_withdrawal SET trade_state = 'failed', payout_state = 'failed', reason = 'x',"
                " closing_entry = {deduction} WHERE id = {payouts.unknown}"
            ),
        ),
    ),
    "a withdrawal is deleted": (
        {"I20"},
        ("DELETE FROM settlement_withdrawal WHERE id = {payouts.returned}",),
    ),
    "a payment is said to have gone over another channel": (
        {"I20"},
        ("UPDATE settlement_withdrawal SET channel = 'WeChat' WHERE id = {payouts.paid}",),
    ),
    "one flow number pays two": (
        {"I20", "schema"},
        (
            "DROP INDEX merchant_withdrawal_flow_number_once",
            (
                "UPDATE settlement_withdrawal SET flow_number = 'F{payouts.paid}'"
                " WHERE id = {payouts.returned}"
            ),
        ),
    ),
    "a withdrawal is paid to somebody else": (
        {"I20"},
        (
            (
                "UPDATE settlement_withdrawal AS w SET payee = (SELECT min(p.id) FROM parties_payee AS p"
                " JOIN settlement_account AS m ON m.owner <> p.customer_id WHERE m.number = w.account)"
                " WHERE id = {payouts.waiting}"
            ),
        ),
    ),
    "an application is called succeeded before it was paid": (
        {"I30", "schema"},
        (
            AGREE,
            "UPDATE settlement_withdrawal SET trade_state = 'succeeded' WHERE id = {payouts.waiting}",
        ),
    ),
    "an automatic withdrawal is of another rule": (
        {"A17"},
        ("UPDATE settlement_withdrawal SET rule = -1 WHERE id = {payouts.automatic}",),
    ),
    "a rule that two people agreed on is edited": (
        {"I32"},
        ("UPDATE settlement_payout_rule SET keep_back = 0 WHERE id = {payouts.rule}",),
    ),
}
