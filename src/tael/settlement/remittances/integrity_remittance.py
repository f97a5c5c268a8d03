"""Proving remittances, collections and adjustments against the ledger, and what two people decided.

Source: B-03, B-25, B-31, B-32; SM-05; reliability, section 2: I32; peers-settlement-invest A36.
"""

from __future__ import annotations

from typing import Final

from tael.approvals.digest import DIGEST
from tael.parties.actor import OWNER_ACTORS

# The line of an entry on the merchant's own account, and the other one.
_LINES: Final = """
    LEFT JOIN {book}.entry AS e ON e.id = r.entry AND e.kind = '%s'
    LEFT JOIN {book}.posting AS p ON p.id >= e.first_posting AND p.id < e.first_posting + e.legs
        AND p.account = m.account
    LEFT JOIN {book}.posting AS q ON q.id >= e.first_posting AND q.id < e.first_posting + e.legs
        AND q.account <> m.account
    LEFT JOIN {book}.account AS other ON other.id = q.account
"""

# invariant, message, SQL that gives (subject, detail) for each violation
CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "B-32",
        "remittance {} is {}",
        f"""
        SELECT r.id::text, r.state || ', entry ' || coalesce(r.entry::text, 'none') || ' moved '
            || coalesce(p.amount::text, 'nothing') || ' against ' || coalesce(other.code, 'nothing')
        FROM settlement_remittance AS r JOIN settlement_account AS m ON m.number = r.account
        {_LINES % "settlement.remittance"}
        WHERE (r.state = 'confirmed' OR r.entry IS NOT NULL) AND (
            r.state <> 'confirmed'
            OR p.amount IS DISTINCT FROM CASE r.payer WHEN 'merchant' THEN r.amount ELSE -r.amount END
            OR other.code IS DISTINCT FROM 'channel:' || r.channel || ':' || m.currency
        )
        """,
    ),
    (
        "B-32",
        "entry {} is of {}",
        """
        SELECT e.id::text, 'no remittance that was confirmed' FROM {book}.entry AS e
        LEFT JOIN settlement_remittance AS r ON r.entry = e.id AND r.state = 'confirmed'
        WHERE e.kind = 'settlement.remittance' AND r.id IS NULL
        """,
    ),
    (
        "B-31",
        "remittance {} was decided by {}, who declared it or is the merchant",
        f"""
        SELECT r.id::text, r.decided_by
        FROM settlement_remittance AS r JOIN settlement_account AS m ON m.number = r.account
        WHERE r.state IN ('confirmed', 'disputed') AND (
            r.decided_by = r.declared_by
            OR (r.payer = 'merchant' AND r.decided_by IN ({OWNER_ACTORS}))
        )
        """,
    ),
    (
        "B-25",
        "collection {} is {}",
        f"""
        SELECT r.id::text, 'of ' || r.amount || ', entry ' || r.entry || ' moved '
            || coalesce(p.amount::text, 'nothing')
        FROM settlement_collection AS r JOIN settlement_account AS m ON m.number = r.account
        LEFT JOIN wallet_wallet AS w ON w.number = r.wallet AND w.owner = m.owner
        {_LINES % "wallet.collect"}
        WHERE p.amount IS DISTINCT FROM r.amount OR q.account IS DISTINCT FROM w.free
        """,
    ),
    (
        "B-25",
        "entry {} is of {}",
        """
        SELECT e.id::text, 'no collection' FROM {book}.entry AS e
        LEFT JOIN settlement_collection AS r ON r.entry = e.id
        WHERE e.kind = 'wallet.collect' AND r.id IS NULL
        """,
    ),
    (
        "B-03",
        "adjustment {} is {}",
        f"""
        SELECT r.id::text, 'of ' || r.amount || ', entry ' || r.entry || ' moved '
            || coalesce(p.amount::text, 'nothing')
        FROM settlement_adjustment AS r JOIN settlement_account AS m ON m.number = r.account
        {_LINES % "settlement.adjust"}
        WHERE p.amount IS DISTINCT FROM r.amount
            OR other.code IS DISTINCT FROM 'house:settlement:' || m.currency
        """,
    ),
    (
        "B-03",
        "entry {} is of {}",
        """
        SELECT e.id::text, 'no adjustment' FROM {book}.entry AS e
        LEFT JOIN settlement_adjustment AS r ON r.entry = e.id
        WHERE e.kind = 'settlement.adjust' AND r.id IS NULL
        """,
    ),
)

# what took two people: the proposal, its digest, its decision and what was carried out
PROPOSAL_CHECKS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "I32",
        "proposal {} is no longer {}",
        f"""
        SELECT id::text, 'what was proposed: ' || command || ' has another digest'
        FROM approvals_proposal WHERE digest <> {DIGEST}
        """,
    ),
    (
        "I32",
        "proposal {} was decided by {}, who proposed it",
        """
        SELECT id::text, decided_by FROM approvals_proposal
        WHERE state IN ('approved', 'refused') AND decided_by = proposed_by
        """,
    ),
    (
        "I32",
        "adjustment {} is not {}",
        """
        SELECT r.id::text, 'what proposal ' || r.proposal || ' says, which is ' || coalesce(p.state, 'not there')
        FROM settlement_adjustment AS r
        LEFT JOIN approvals_proposal AS p ON p.id = r.proposal AND p.command = 'settlement.adjust'
        WHERE r.proposal IS NOT NULL AND (
            p.state IS DISTINCT FROM 'approved' OR p.payload IS DISTINCT FROM
                jsonb_build_object('account', r.account, 'amount', r.amount, 'reason', r.reason)
            OR p.proposed_by <> r.made_by OR p.decided_by <> r.approved_by
        )
        """,
    ),
    (
        "I32",
        "proposal {} was approved and {}",
        """
        SELECT p.id::text, 'never carried out' FROM approvals_proposal AS p
        LEFT JOIN settlement_adjustment AS r ON r.proposal = p.id
        LEFT JOIN settlement_terms AS t ON t.proposal = p.id
        WHERE p.state = 'approved' AND (
            (p.command = 'settlement.adjust' AND r.id IS NULL) OR (p.command = 'settlement.terms' AND t.id IS NULL)
        )
        """,
    ),
    (
        "I32",
        "terms {} are not {}",
        """
        SELECT t.id::text, 'what proposal ' || t.proposal || ' says, which is ' || coalesce(p.state, 'not there')
        FROM settlement_terms AS t
        LEFT JOIN approvals_proposal AS p ON p.id = t.proposal AND p.command = 'settlement.terms'
        WHERE t.proposal IS NOT NULL AND (
            p.state IS DISTINCT FROM 'approved' OR p.payload->'account' IS DISTINCT FROM to_jsonb(t.account)
            OR NOT to_jsonb(t) - 'reserve_percent' @> (p.payload->'terms') - 'reserve_percent'
            OR t.reserve_percent IS DISTINCT FROM (p.payload->'terms'->>'reserve_percent')::numeric
        )
        """,
    ),
    (
        "I32",
        "adjustment {} was approved by {}, whose account it is",
        f"""
        SELECT r.id::text, coalesce(r.approved_by, r.made_by)
        FROM settlement_adjustment AS r JOIN settlement_account AS m ON m.number = r.account
        WHERE coalesce(r.approved_by, r.made_by) IN ({OWNER_ACTORS})
        """,
    ),
    (
        "I32",
        "adjustment {} was made on one person's word, {}",
        """
        SELECT r.id::text, r.made_by || ', above limit ' || l.id
        FROM settlement_adjustment AS r JOIN settlement_account AS m ON m.number = r.account
        JOIN {book}.entry AS e ON e.id = r.entry
        CROSS JOIN LATERAL (
            SELECT id, amount FROM approvals_limit
            WHERE command = 'settlement.adjust' AND currency = m.currency AND written_at < e.booked_at
            ORDER BY id DESC LIMIT 1
        ) AS l
        WHERE r.proposal IS NULL AND abs(r.amount) > l.amount
        """,
    ),
)
