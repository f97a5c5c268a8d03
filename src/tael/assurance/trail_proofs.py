"""What must be so of states and of the people who changed them: lives, the audit trail, nothing stuck.

Source: reliability, section 2: I30, I31, I32, I34.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tael.assurance.ledger_proofs import WALLETS, WITHDRAWALS
from tael.assurance.proof import Proof
from tael.parties.actor import OWNER_ACTORS
from tael.payouts.lifecycle import WITHDRAWAL
from tael.wallet.lifecycles import CARD, ORDER, PROPOSAL

if TYPE_CHECKING:
    from tael.lifecycle import Lifecycle

LIVES: Final[tuple[tuple[str, str, Lifecycle[Any, Any]], ...]] = (
    ("wallet_recharge_order", "orders", ORDER),
    ("wallet_card", "cards", CARD),
    ("payouts_withdrawal", "withdrawals", WITHDRAWAL),
    ("wallet_suspense_proposal", "proposals", PROPOSAL),
)
ALARMING: Final = (
    "confirmed_before",
    "late",
    "refund_unmatched",
    "refunded_into_debt",
    "suspense_currency",
    "suspense_order",
    "suspense_wallet",
    "unbookable",
)
"""Verdicts on a gateway's notice that a person must hear of."""

_UNRECORDED: Final = f"""
    SELECT act.subject, act.action || ' at ' || act.at FROM (
        SELECT 'customer:' || number AS subject, 'customer.disable' AS action, disabled_at AS at
        FROM parties_customer WHERE disabled_at IS NOT NULL
        UNION ALL SELECT 'payee:' || id, 'payee.add', added_at FROM parties_payee
        UNION ALL SELECT 'payee:' || id, 'payee.close', closed_at FROM parties_payee WHERE closed_at IS NOT NULL
        UNION ALL SELECT 'api_key:' || id, 'api_key.create', created_at FROM parties_api_key
        UNION ALL SELECT 'api_key:' || id, 'api_key.revoke', revoked_at FROM parties_api_key
        WHERE revoked_at IS NOT NULL
        UNION ALL SELECT 'rate:' || from_currency || ':' || to_currency, 'rate.set', valid_from FROM channels_rate
        UNION ALL SELECT 'wallet:' || number, 'wallet.disable', disabled_at FROM wallet_wallet
        WHERE disabled_at IS NOT NULL
        UNION ALL SELECT 'check_limit:' || currency, 'check_limit.set', set_at FROM payouts_check_limit
        UNION ALL SELECT 'withdrawal:' || id, 'withdrawal.review', reviewed_at FROM payouts_withdrawal
        WHERE reviewed_at IS NOT NULL
        UNION ALL SELECT 'gateway_payment:' || payment, 'suspense.propose', proposed_at FROM wallet_suspense_proposal
        UNION ALL SELECT 'gateway_payment:' || payment,
            CASE WHEN state = 'dropped' THEN 'suspense.drop' ELSE 'suspense.confirm' END, decided_at
        FROM wallet_suspense_proposal WHERE decided_at IS NOT NULL
        UNION ALL SELECT 'webhook:' || id, 'webhook.add', added_at FROM outbox_endpoint
        UNION ALL SELECT 'webhook:' || id, 'webhook.rotate', rotated_at FROM outbox_endpoint
        WHERE rotated_at IS NOT NULL
        UNION ALL SELECT 'webhook:' || id, 'webhook.disable', disabled_at FROM outbox_endpoint
        WHERE disabled_at IS NOT NULL
        UNION ALL SELECT 'card_batch:' || id, 'card.issue', issued_at FROM wallet_card_batch
        UNION ALL SELECT DISTINCT 'card_batch:' || batch, 'card.void', changed_at FROM wallet_card WHERE state = 'void'
        UNION ALL SELECT 'gateway_notice:' || id, 'gateway.' || verdict, received_at FROM wallet_gateway_notice
        WHERE verdict IN ({", ".join(f"'{verdict}'" for verdict in ALARMING)})
    ) AS act
    WHERE NOT EXISTS (
        SELECT FROM parties_audit AS a
        WHERE a.subject = act.subject AND a.action = act.action AND a.at = act.at
    )
"""
_SWITCHES: Final = """
    SELECT thing.subject, CASE WHEN thing.off THEN 'off' ELSE 'on' END FROM (
        SELECT 'customer' AS sort, 'customer:' || number AS subject, disabled_at IS NOT NULL AS off FROM parties_customer
        UNION ALL SELECT 'wallet', 'wallet:' || number, disabled_at IS NOT NULL FROM wallet_wallet
        UNION ALL SELECT 'channel', 'channel:' || identifier, NOT enabled FROM channels_channel
        UNION ALL SELECT 'currency', 'currency:' || code, NOT enabled FROM books_currency
    ) AS thing
    LEFT JOIN LATERAL (
        SELECT action FROM parties_audit AS a
        WHERE a.subject = thing.subject AND a.action IN (thing.sort || '.enable', thing.sort || '.disable')
        ORDER BY id DESC LIMIT 1
    ) AS last ON true
    WHERE thing.off <> coalesce(last.action = thing.sort || '.disable', false)
"""
_BLOCKED: Final = """
    SELECT w.number::text, a.code || ' is blocked for ' || a.blocked FROM wallet_wallet AS w
    JOIN {book}.account AS a ON a.id IN (w.free, w.locked, w.frozen)
    WHERE w.disabled_at IS NOT NULL AND a.blocked <> 'both'
"""
_AFTER_EXPIRY: Final = """
    SELECT m.hold::text, later.event || ' in entry ' || later.entry
    FROM wallet_hold_move AS m JOIN wallet_hold_move AS later ON later.hold = m.hold AND later.id > m.id
    WHERE m.event = 'expire'
"""
_DECIDED_BEFORE: Final = """
    SELECT p.id::text, 'entry ' || p.closed_by || ' is older than entry ' || p.frozen_by FROM payouts_withdrawal AS p
    WHERE p.closed_by <= p.frozen_by
"""
_OWN_MONEY: Final = f"""
    SELECT id::text, decided_by FROM payouts_withdrawal
    WHERE state IN ('withdrawn', 'returned') AND decided_by IN ({OWNER_ACTORS})
"""
_DECIDER: Final = """
    SELECT p.id::text, p.decided_by || ', entry ' || p.closed_by || ' was made by ' || coalesce(e.actor, 'nobody')
    FROM payouts_withdrawal AS p LEFT JOIN {book}.entry AS e ON e.id = p.closed_by
    WHERE p.closed_by IS NOT NULL AND e.actor IS DISTINCT FROM p.decided_by
"""
# A gateway repeats a notice until it is answered, so an old one is only stuck if no repetition was judged.
_UNJUDGED: Final = """
    SELECT n.id::text, n.gateway || ' since ' || n.written_at FROM wallet_gateway_notice AS n
    WHERE n.verdict = 'received' AND n.written_at < now() - interval '5 minutes' AND NOT EXISTS (
        SELECT FROM wallet_gateway_notice AS again
        WHERE again.gateway = n.gateway AND again.raw = n.raw AND again.verdict <> 'received'
    )
"""


def _alive(table: str, unit: str, life: Lifecycle[Any, Any]) -> Proof:
    """Make the proof that a table holds no state but those of its life."""
    query = f"SELECT id::text, coalesce(state, 'none') FROM {table} WHERE ({life.check_sql('state')}) IS NOT TRUE"
    return Proof(
        "I30",
        f"{unit} are in a state of their life",
        unit,
        f"SELECT count(*) FROM {table}",
        ((f"{table} {{}} is in no state that there is: {{}}", query),),
    )


TRAIL_PROOFS: Final = (
    *(_alive(*life) for life in LIVES),
    Proof(
        "I30",
        "nothing happens to a hold after its expiry",
        "moves of holds",
        "SELECT count(*) FROM wallet_hold_move",
        (("hold {} had expired before {}", _AFTER_EXPIRY),),
    ),
    Proof(
        "I30",
        "a withdrawal was applied for before it was decided",
        *WITHDRAWALS,
        (("withdrawal {}: {}", _DECIDED_BEFORE),),
    ),
    Proof(
        "I30",
        "a wallet that is switched off is blocked in the ledger",
        *WALLETS,
        (("wallet {} is switched off, but {}", _BLOCKED),),
    ),
    Proof(
        "I31",
        "every privileged act has its audit record, and what is off was switched off",
        "audit records",
        "SELECT count(*) FROM parties_audit",
        (
            ("{} has no audit record of {}", _UNRECORDED),
            ("{} is {}, its last act says otherwise", _SWITCHES),
        ),
    ),
    Proof(
        "I32",
        "nobody decided about money of his own, and who decided made the entry",
        *WITHDRAWALS,
        (
            ("withdrawal {} was decided by {}, who is paid by it", _OWN_MONEY),
            ("withdrawal {} was decided by {}", _DECIDER),
        ),
    ),
    Proof(
        "I34",
        "no gateway notice waits to be judged",
        "notices",
        "SELECT count(*) FROM wallet_gateway_notice",
        (("notice {} of {} has had no effect yet", _UNJUDGED),),
    ),
)
