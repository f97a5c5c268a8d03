"""Proving merchants' withdrawals and their rules against the ledger.

Source: reliability, section 2: I20, I30, I32; B-35 to B-37; A17.
"""

from __future__ import annotations

from typing import Final

OPEN: Final = "('waiting', 'held', 'batched', 'exported', 'unknown')"

# What each entry of a withdrawal must have moved, and on which account.
_OWED: Final = """
    SELECT w.*, m.account AS owed, pay.id AS payable, inc.id AS income, ch.id AS outside
    FROM settlement_withdrawal AS w JOIN settlement_account AS m ON m.number = w.account
    LEFT JOIN {book}.account AS pay ON pay.code = 'payable:' || w.currency
    LEFT JOIN {book}.account AS inc ON inc.code = 'house:income:' || w.currency
    LEFT JOIN {book}.account AS ch ON ch.code = 'channel:' || w.channel || ':' || w.currency
"""
_EXPECTED: Final = f"""
    WITH w AS ({_OWED}), expected AS (
        SELECT id, entry, 'settlement.withdraw' AS kind, owed AS account, -amount AS amount FROM w
        UNION ALL SELECT id, entry, 'settlement.withdraw', payable, net FROM w
        UNION ALL SELECT id, entry, 'settlement.withdraw', income, fee FROM w WHERE fee <> 0
        UNION ALL SELECT id, closing_entry, 'settlement.withdraw_back', owed, amount FROM w
            WHERE payout_state IN ('failed', 'cancelled')
        UNION ALL SELECT id, closing_entry, 'settlement.withdraw_back', payable, -net FROM w
            WHERE payout_state IN ('failed', 'cancelled')
        UNION ALL SELECT id, closing_entry, 'settlement.withdraw_back', income, -fee FROM w
            WHERE payout_state IN ('failed', 'cancelled') AND fee <> 0
        UNION ALL SELECT id, closing_entry, 'settlement.pay', payable, -net FROM w
            WHERE payout_state IN ('paid', 'returned')
        UNION ALL SELECT id, closing_entry, 'settlement.pay', outside, net FROM w
            WHERE payout_state IN ('paid', 'returned')
        UNION ALL SELECT id, bounce_entry, 'settlement.bounce', outside, -net FROM w
            WHERE payout_state = 'returned'
        UNION ALL SELECT id, bounce_entry, 'settlement.bounce', owed, net FROM w
            WHERE payout_state = 'returned'
    ), posted AS (
        SELECT e.id AS entry, e.kind, p.account, p.amount
        FROM {{book}}.entry AS e JOIN {{book}}.posting AS p ON p.entry = e.id
        WHERE e.kind IN ('settlement.withdraw', 'settlement.withdraw_back', 'settlement.pay', 'settlement.bounce')
    )
"""
# invariant, message, SQL that gives (subject, detail) for each violation
CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I20",
        "{} holds {}",
        f"""
        SELECT coalesce(a.code, 'payable:' || d.currency), coalesce(a.balance, 0)
            || ', withdrawals on their way come to ' || coalesce(d.due, 0)
        FROM (SELECT code, balance FROM {{book}}.account WHERE starts_with(code, 'payable:')) AS a
        FULL JOIN (
            SELECT currency, sum(net) AS due FROM settlement_withdrawal WHERE payout_state IN {OPEN} GROUP BY currency
        ) AS d ON a.code = 'payable:' || d.currency
        WHERE coalesce(a.balance, 0) <> coalesce(d.due, 0)
        """,
    ),
    (
        "I20",
        "{} moved {}",
        f"""
        {_EXPECTED}
        SELECT coalesce('withdrawal ' || x.id, 'entry ' || p.entry), coalesce(p.amount::text, 'nothing')
            || ' by ' || coalesce(x.kind, p.kind) || ' on account ' || coalesce(x.account, p.account, 0)
            || ' instead of ' || coalesce(x.amount::text, 'nothing')
        FROM expected AS x FULL JOIN posted AS p
            ON (p.entry, p.kind, p.account) = (x.entry, x.kind, x.account)
        WHERE x.amount IS DISTINCT FROM p.amount
        """,
    ),
    (
        "I20",
        "withdrawal {} was taken back by {}",
        """
        SELECT w.id::text, 'entry ' || w.closing_entry || ', which takes back ' || coalesce(e.reverses::text, 'nothing')
        FROM settlement_withdrawal AS w LEFT JOIN {book}.entry AS e ON e.id = w.closing_entry
        WHERE w.payout_state IN ('failed', 'cancelled') AND e.reverses IS DISTINCT FROM w.entry
        """,
    ),
    (
        "I20",
        "flow number {} stands for {} withdrawals",
        """
        SELECT channel || ' ' || flow_number, count(*)::text FROM settlement_withdrawal
        WHERE flow_number IS NOT NULL GROUP BY channel, flow_number HAVING count(*) > 1
        """,
    ),
    (
        "I20",
        "withdrawal {} is of {}",
        """
        SELECT w.id::text, w.amount || ', fee ' || w.fee || ' and net ' || w.net || ' ' || w.currency
        FROM settlement_withdrawal AS w JOIN settlement_account AS m ON m.number = w.account
        WHERE w.amount <> w.fee + w.net OR w.net <= 0 OR w.fee < 0 OR w.currency <> m.currency
        """,
    ),
    (
        "I20",
        "withdrawal {} is paid to {}, another's account",
        """
        SELECT w.id::text, w.payee::text
        FROM settlement_withdrawal AS w JOIN settlement_account AS m ON m.number = w.account
        LEFT JOIN parties_payee AS p ON p.id = w.payee
        WHERE p.customer_id IS DISTINCT FROM m.owner
        """,
    ),
    (
        "I30",
        "withdrawal {} is {}",
        f"""
        SELECT id::text, trade_state || ' and ' || payout_state FROM settlement_withdrawal
        WHERE (trade_state = 'applying') <> (
            payout_state IN {OPEN} OR (payout_state = 'paid' AND flow_number IS NULL)
        ) OR (trade_state = 'succeeded') <> (payout_state = 'paid' AND flow_number IS NOT NULL)
            OR (trade_state = 'cancelled') <> (payout_state = 'cancelled')
        """,
    ),
)
RULE_CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "A17",
        "withdrawal {} is of rule {}, which is another account's",
        """
        SELECT w.id::text, w.rule::text FROM settlement_withdrawal AS w
        LEFT JOIN settlement_payout_rule AS r ON r.id = w.rule AND r.account = w.account
        WHERE w.way = 'automatic' AND r.id IS NULL
        """,
    ),
    (
        "A17",
        "an occasion of account {} was used by {} withdrawals",
        """
        SELECT account || ' on ' || occasion, count(*)::text FROM settlement_withdrawal
        WHERE way = 'automatic' GROUP BY account, occasion HAVING count(*) > 1
        """,
    ),
    (
        "I32",
        "rule {} is not what two people agreed on in proposal {}",
        """
        SELECT r.id::text, r.proposal::text FROM settlement_payout_rule AS r
        LEFT JOIN approvals_proposal AS p
            ON p.id = r.proposal AND p.command = 'settlement.payout_rule' AND p.state = 'approved'
        WHERE r.proposal IS NOT NULL AND (p.id IS NULL OR (p.payload ->> 'account')::bigint <> r.account
            OR p.payload -> 'rule' <> jsonb_build_object('active', r.active, 'schedule', r.schedule, 'day', r.day,
                'trigger', r.trigger, 'keep_back', r.keep_back, 'cap', r.cap, 'payee', r.payee))
        """,
    ),
)
