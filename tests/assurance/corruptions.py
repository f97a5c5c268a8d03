"""What somebody who may do anything in the database can do to the books. The doctor finds each of these."""

from __future__ import annotations

from assurance.corruptions_accruals import PLANTED_IN_ACCRUALS
from assurance.corruptions_bank import PLANTED_BANK
from assurance.corruptions_bills import PLANTED_IN_BILLS
from assurance.corruptions_completeness import PLANTED_IN_COMPLETENESS
from assurance.corruptions_imports import PLANTED_IN_IMPORTS
from assurance.corruptions_links import PLANTED_LINKS
from assurance.corruptions_payouts import PLANTED_PAYOUTS
from assurance.corruptions_remittances import PLANTED_REMITTANCES
from assurance.corruptions_reports import PLANTED_REPORTS

ORDER_CHECKS = (
    "ALTER TABLE wallet_recharge_order DROP CONSTRAINT recharge_order_state_known,"
    " DROP CONSTRAINT recharge_order_success_is_paid"
)

# name, invariants that must be among those found, statements; {…} are numbers of LivedIn
PLANTED: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "an amount is edited": (
        {"I1", "I3", "I10"},
        (
            "UPDATE ledger.posting SET amount = amount + 1 WHERE id = (SELECT min(id) FROM ledger.posting)",
        ),
    ),
    "an amount and all balances after it are edited": (
        {"I1", "I2"},
        (
            "UPDATE ledger.posting SET balance_after = balance_after + 1 WHERE account = {wallet.free}",
            "UPDATE ledger.posting SET amount = amount + 1 WHERE account = {wallet.free} AND version = 1",
            "UPDATE ledger.account SET balance = balance + 1 WHERE id = {wallet.free}",
        ),
    ),
    "a posting is deleted": (
        {"I1", "I3", "I9", "I10"},
        ("DELETE FROM ledger.posting WHERE entry = {deduction} AND account = {wallet.free}",),
    ),
    "a foreign posting is inserted": (
        {"I1", "I3", "I9", "I10"},
        (
            (
                "INSERT INTO ledger.posting (id, entry, account, version, amount, balance_after, prev)"
                " SELECT max(id) + 1, {deduction}, {other.free}, 99, 100, 100, 0 FROM ledger.posting"
            ),
        ),
    ),
    "a posting is put on an account that is not there": (
        {"I4"},
        (
            "UPDATE ledger.posting SET account = 999999 WHERE entry = {deduction} AND account = {wallet.free}",
        ),
    ),
    "a balance is changed": (
        {"I2", "I3"},
        ("UPDATE ledger.account SET balance = balance + 100 WHERE id = {wallet.free}",),
    ),
    "the sum of a day is edited": (
        {"I3"},
        (
            "UPDATE wallet_flow_day SET amount = amount + 1 WHERE id = (SELECT min(id) FROM wallet_flow_day)",
        ),
    ),
    "the sum of a day disappears": (
        {"I3"},
        ("DELETE FROM wallet_flow_day WHERE amount > 0",),
    ),
    "the days are said to reach further than they do": (
        {"I3"},
        ("UPDATE wallet_flow_day_cursor SET through = through + 1",),
    ),
    "two balances are changed so that the sum stays": (
        {"I3"},
        (
            "UPDATE ledger.account SET balance = balance - 100 WHERE id = {wallet.free}",
            "UPDATE ledger.account SET balance = balance + 100 WHERE id = {other.free}",
        ),
    ),
    "an account is moved to another currency": (
        {"I1", "I5"},
        ("UPDATE ledger.account SET currency = 'USD' WHERE id = {wallet.free}",),
    ),
    "a floor is lifted": (
        {"I5"},
        ("UPDATE ledger.account SET floor = NULL WHERE id = {wallet.free}",),
    ),
    "a link of a chain is broken": (
        {"I10"},
        (
            "UPDATE ledger.posting SET prev = prev - 1 WHERE account = {wallet.free} AND version = 3",
        ),
    ),
    "a line number is skipped": (
        {"I10"},
        (
            "UPDATE ledger.posting SET version = version + 1 WHERE account = {wallet.free} AND version = 3",
        ),
    ),
    "the end of the journal is cut off": (
        {"I3", "I10"},
        (
            "DELETE FROM ledger.entry_key WHERE entry = (SELECT max(id) FROM ledger.entry)",
            "DELETE FROM ledger.posting WHERE entry = (SELECT max(id) FROM ledger.entry)",
            "DELETE FROM ledger.entry WHERE id = (SELECT max(id) FROM ledger.entry)",
        ),
    ),
    "a key is dropped": ({"I8"}, ("DELETE FROM ledger.entry_key WHERE entry = {deduction}",)),
    "a key is left without its entry": (
        {"I8", "I9"},
        ("DELETE FROM ledger.entry WHERE id = {deduction}",),
    ),
    "an entry is taken back beyond itself": (
        {"I12"},
        ("UPDATE ledger.posting SET amount = amount * 10 WHERE entry = {refund}",),
    ),
    "a reversal is reversed": (
        {"I12"},
        ("UPDATE ledger.entry SET reverses = {refund} WHERE id = {exchange}",),
    ),
    "an entry is dated into a closed period": (
        {"I35"},
        (
            (
                "INSERT INTO ledger.period (closed_through, closed_at, closed_by)"
                " VALUES ('2030-01-01', '2000-01-01', 'user:1')"
            ),
        ),
    ),
    "the frozen account and the holds part": (
        {"I13"},
        ("UPDATE wallet_hold SET released = released + 100 WHERE id = {hold}",),
    ),
    "a hold is made up": (
        {"I13"},
        (
            (
                "INSERT INTO wallet_hold (wallet, currency, amount, captured, released, expired, purpose, reason, opened_at,"
                " opened_by, entry) SELECT wallet, currency, 5, 0, 0, false, '', '', opened_at, opened_by, 99999"
                " FROM wallet_hold WHERE id = {hold}"
            ),
        ),
    ),
    "a hold's history is changed": (
        {"I13"},
        ("DELETE FROM wallet_hold_move WHERE hold = {hold} AND event = 'capture'",),
    ),
    "an expired hold is captured": (
        {"I30"},
        (
            (
                "INSERT INTO wallet_hold_move (hold, event, amount, entry, at)"
                " SELECT {expired_hold}, 'capture', 1, {deduction}, now()"
            ),
        ),
    ),
    "a withdrawal is marked paid without a move": (
        {"I14"},
        (
            (
                "UPDATE payouts_withdrawal SET state = 'withdrawn', closed_by = {deduction}, decided_by = 'user:7',"
                " decided_at = now() WHERE id = {applied}"
            ),
        ),
    ),
    "a paid withdrawal is marked refused": (
        {"I14"},
        ("UPDATE payouts_withdrawal SET state = 'returned', reason = 'no' WHERE id = {withdrawn}",),
    ),
    "a withdrawal is decided by the one who applied": (
        {"I32", "schema"},
        (
            "ALTER TABLE payouts_withdrawal DROP CONSTRAINT withdrawal_decided_by_another",
            "UPDATE payouts_withdrawal SET decided_by = applied_by WHERE id = {withdrawn}",
        ),
    ),
    "a withdrawal is decided by the one who is paid": (
        {"I32"},
        ("UPDATE payouts_withdrawal SET decided_by = 'customer:' || owner WHERE id = {withdrawn}",),
    ),
    "a withdrawal above the limit is paid on one person's word": (
        {"I32"},
        (
            "DELETE FROM payouts_check_limit",
            (
                "INSERT INTO payouts_check_limit (currency, amount, set_at, set_by, written_at)"
                " VALUES ('CNY', 1000, '2026-03-01T12:00:00Z', 'user:10000', '2026-01-01T00:00:00Z')"
            ),
        ),
    ),
    "a withdrawal is confirmed by the one who approved": (
        {"I32", "schema"},
        (
            "ALTER TABLE payouts_withdrawal DROP CONSTRAINT withdrawal_checked_by_a_third",
            "UPDATE payouts_withdrawal SET reviewed_by = decided_by WHERE id = {confirmed}",
        ),
    ),
    "a withdrawal is approved by the one who is paid": (
        {"I32"},
        (
            "UPDATE payouts_withdrawal SET reviewed_by = 'customer:' || owner WHERE id = {confirmed}",
        ),
    ),
    "an approval is made up": (
        {"I31"},
        (
            (
                "UPDATE payouts_withdrawal SET state = 'reviewed', reviewed_by = 'user:7', reviewed_at = now(),"
                " review_key = gen_random_uuid(), judged_by = 1 WHERE id = {applied}"
            ),
        ),
    ),
    "a state that there is not": (
        {"I30", "schema"},
        (ORDER_CHECKS, "UPDATE wallet_recharge_order SET state = 'forgiven' WHERE id = {order}"),
    ),
    "an order says more than came in": (
        {"I22"},
        ("UPDATE wallet_recharge_order SET credited = credited + 1 WHERE id = {order}",),
    ),
    "locked money is moved out": (
        {"I7"},
        (
            # a transfer that took from the locked account instead of the free one
            "UPDATE ledger.entry SET kind = 'wallet.transfer' WHERE id = {deduction}",
        ),
    ),
    "locked money becomes free in a deduction": (
        {"I7"},
        (
            "UPDATE ledger.posting SET account = {other.free} WHERE entry = {deduction} AND amount > 0",
        ),
    ),
    "free money is taken while locked money is there": (
        {"I7"},
        (
            "UPDATE ledger.posting SET balance_after = 1 WHERE entry = {deduction} AND account = {wallet.locked}",
        ),
    ),
    "an exchange has a wrong figure": (
        {"I15"},
        (
            (
                "UPDATE ledger.posting SET amount = amount + sign(amount) WHERE entry = {exchange}"
                " AND account IN (SELECT id FROM ledger.account WHERE currency = 'MILES')"
            ),
        ),
    ),
    "an exchange names a rate that was never set": (
        {"I15"},
        (
            "UPDATE ledger.entry_note SET data = jsonb_set(data, ARRAY['rate'], '999999') WHERE entry = {exchange}",
        ),
    ),
    "the rate table is changed afterwards": (
        {"I15"},
        ("UPDATE channels_rate SET value = value * 2 WHERE to_currency = 'MILES'",),
    ),
    "a rate is dated after the exchange that used it": (
        {"I15", "I31"},
        (
            "UPDATE channels_rate SET valid_from = valid_from + interval '1 day' WHERE to_currency = 'MILES'",
        ),
    ),
    "a quote promised something else": (
        {"I15"},
        ("UPDATE wallet_exchange_quote SET amount_in = amount_in + 1 WHERE id = {quote}",),
    ),
    "an exchange ends in another customer's wallet": (
        {"I33"},
        (
            (
                "UPDATE wallet_wallet SET owner = {other.owner}, name = 'taken' WHERE owner = {wallet.owner}"
                " AND currency = 'MILES'"
            ),
        ),
    ),
    "a second default wallet": (
        {"I36", "schema"},
        (
            "ALTER TABLE wallet_wallet DROP CONSTRAINT wallet_unique_by_name",
            "UPDATE wallet_wallet SET owner = {wallet.owner} WHERE number = {other.number}",
        ),
    ),
    "a subtotal of a wallet is edited": (
        {"I3"},
        ("UPDATE wallet_subtotal SET free = free + 1 WHERE wallet = {wallet.number}",),
    ),
    "what came in is edited in a subtotal": (
        {"I3"},
        ("UPDATE wallet_subtotal SET came[1] = came[1] + 1 WHERE wallet = {wallet.number}",),
    ),
    "a line is left out of a subtotal": (
        {"I3"},
        ("UPDATE wallet_subtotal SET entries = entries[2:] WHERE wallet = {wallet.number}",),
    ),
    "a line is in two subtotals": (
        {"I3"},
        (
            "UPDATE wallet_subtotal SET entries = entries || entries[1] WHERE wallet = {wallet.number}",
        ),
    ),
    "a wallet is said to be added up no further than its beginning": (
        {"I3"},
        ("UPDATE wallet_subtotal_cursor SET free = 0 WHERE wallet = {wallet.number}",),
    ),
    "fewer lines are said to be added up": (
        {"I3"},
        ("UPDATE wallet_subtotal_cursor SET lines = lines - 1 WHERE wallet = {wallet.number}",),
    ),
    "a wallet disappears": (
        {"I36"},
        (
            "SET CONSTRAINTS ALL IMMEDIATE",
            "DELETE FROM wallet_wallet WHERE number = {other.number}",
        ),
    ),
    "a privileged act leaves no trace": (
        {"I31"},
        ("DELETE FROM parties_audit WHERE action = 'customer.disable'",),
    ),
    "a channel is switched on behind the audit trail": (
        {"I31"},
        ("UPDATE channels_channel SET enabled = true WHERE identifier = 'QQwallet'",),
    ),
    "a wallet that is switched off is unblocked": (
        {"I30"},
        (
            (
                "UPDATE ledger.account SET blocked = 'none' WHERE id IN"
                " (SELECT free FROM wallet_wallet WHERE disabled_at IS NOT NULL)"
            ),
        ),
    ),
    "a notice was never judged": (
        {"I34"},
        (
            (
                "INSERT INTO wallet_gateway_notice (gateway, received_at, written_at, headers, raw, size, verdict, detail)"
                " VALUES ('Alipay', now(), now() - interval '6 minutes', '{{}}', 'x', 1, 'received', '')"
            ),
        ),
    ),
    "the application may delete": ({"I11"}, ("GRANT DELETE ON ledger.posting TO tael_app",)),
    "everybody may delete": ({"I11"}, ("GRANT DELETE ON ledger.entry TO PUBLIC",)),
    "the application may edit a column": (
        {"I11"},
        ("GRANT UPDATE (amount) ON ledger.posting TO tael_app",),
    ),
    "the application may edit a leaf": ({"I11"}, ("GRANT UPDATE ON ledger.posting_0 TO tael_app",)),
    "the application may lift a floor": (
        {"I11"},
        ("GRANT UPDATE (floor) ON ledger.account TO tael_app",),
    ),
    "the application may edit the audit trail": (
        {"I11"},
        ("GRANT UPDATE ON parties_audit TO tael_app",),
    ),
    "the application belongs to the owners": (
        {"I11"},
        (
            "GRANT pg_write_all_data TO tael_app",
            "GRANT DELETE ON ledger.entry TO pg_write_all_data",
        ),
    ),
    "the application is a superuser": ({"I11"}, ("ALTER ROLE tael_app SUPERUSER",)),
    "a trigger is put on the journal": (
        {"schema"},
        (
            "CREATE FUNCTION public.spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE TRIGGER spy AFTER INSERT ON ledger.entry FOR EACH ROW EXECUTE FUNCTION public.spy()",
        ),
    ),
    "the floor rule is dropped": (
        {"schema"},
        ("ALTER TABLE ledger.account DROP CONSTRAINT account_above_floor",),
    ),
    "a table is missing": ({"schema"}, ("DROP TABLE parties_audit",)),
    **PLANTED_REMITTANCES,
    **PLANTED_PAYOUTS,
    **PLANTED_REPORTS,
    **PLANTED_BANK,
    **PLANTED_IN_ACCRUALS,
    **PLANTED_IN_BILLS,
    **PLANTED_IN_COMPLETENESS,
    **PLANTED_IN_IMPORTS,
    **PLANTED_LINKS,
}
