"""What must be so of wallets beyond one table and the ledger: ways out for locked money, prices, owners.

Source: reliability, section 2: I3, I7, I15, I16, I33, I36.
"""

from __future__ import annotations

from typing import Final

from tael.assurance.ledger_proofs import EXCHANGES, WALLETS
from tael.assurance.proof import Proof

_PARTS: Final = """
    WITH part AS (SELECT number, owner, unnest(ARRAY[free, locked, frozen]) AS account FROM wallet_wallet)
"""
# A reversal gives back to each account at most what its original took from it, which I12 proves.
_NO_LAUNDERING: Final = """
    SELECT gives.entry::text, w.number::text FROM wallet_wallet AS w
    JOIN {book}.posting AS gives ON gives.account = w.locked AND gives.amount < 0
    JOIN {book}.entry AS e ON e.id = gives.entry AND e.reverses IS NULL
    WHERE EXISTS (
        SELECT FROM {book}.posting AS gets JOIN {book}.account AS a ON a.id = gets.account
        WHERE gets.entry = gives.entry AND gets.amount > 0 AND a.class = 'client'
            AND NOT EXISTS (SELECT FROM wallet_wallet AS other WHERE other.locked = gets.account)
    )
"""
# Who has looked a rate up may be overtaken by a new one, but not by a minute.
_RATE_IN_FORCE: Final = """
    SELECT e.id::text, 'rate ' || coalesce(n.data->>'rate', 'none') || ' of ' || coalesce(r.valid_from::text, 'nowhere')
        || ' to one of ' || e.effective_at
    FROM {book}.entry AS e
    JOIN {book}.entry_note AS n ON n.entry = e.id
    LEFT JOIN channels_rate AS r ON r.id = (n.data->>'rate')::bigint
    LEFT JOIN wallet_exchange_quote AS q ON q.entry = e.id
    WHERE e.kind = 'wallet.exchange' AND q.id IS NULL AND (
        r.id IS NULL OR r.valid_from > e.effective_at OR n.data->>'quote' IS NOT NULL
        OR EXISTS (
            SELECT FROM channels_rate AS newer
            WHERE newer.from_currency = r.from_currency AND newer.to_currency = r.to_currency
                AND newer.valid_from > r.valid_from AND newer.valid_from <= e.effective_at
                AND newer.set_at < e.booked_at - interval '1 minute'
        )
        OR (n.data->>'rate_text')::numeric IS DISTINCT FROM r.value
    )
"""
# What the rounding left is kept with the entry as an exact fraction, so that not one unit can be changed.
_REMAINDER: Final = """
    SELECT e.id::text, -gave.amount || ' ' || f.code || ' for ' || got.amount || ' ' || t.code || ', remainder '
        || coalesce(n.data->>'remainder', 'none')
    FROM {book}.entry AS e
    JOIN {book}.entry_note AS n ON n.entry = e.id
    JOIN {book}.posting AS gave ON gave.entry = e.id AND gave.amount < 0
    JOIN {book}.account AS giver ON giver.id = gave.account AND giver.class = 'client'
    JOIN {book}.posting AS got ON got.entry = e.id AND got.amount > 0
    JOIN {book}.account AS taker ON taker.id = got.account AND taker.class = 'client'
    JOIN {book}.currency AS f ON f.code = giver.currency
    JOIN {book}.currency AS t ON t.code = taker.currency
    JOIN channels_rate AS r ON r.id = (n.data->>'rate')::bigint
    WHERE e.kind = 'wallet.exchange' AND (
        (-gave.amount * r.value * 10::numeric ^ t.exponent - got.amount * 10::numeric ^ f.exponent)
            * coalesce(nullif(split_part(n.data->>'remainder', '/', 2), ''), '1')::numeric
        = split_part(n.data->>'remainder', '/', 1)::numeric * 10::numeric ^ f.exponent
    ) IS NOT TRUE
"""
_QUOTES: Final = """
    SELECT q.id::text, 'promised ' || q.amount_in || ' for ' || q.amount_out || ', entry ' || q.entry || ' did otherwise'
    FROM wallet_exchange_quote AS q
    LEFT JOIN {book}.entry_note AS n ON n.entry = q.entry
    LEFT JOIN wallet_wallet AS s ON s.number = q.source
    LEFT JOIN wallet_wallet AS t ON t.number = q.target
    LEFT JOIN {book}.posting AS gave ON gave.entry = q.entry AND gave.account = s.free
    LEFT JOIN {book}.posting AS got ON got.entry = q.entry AND got.account IN (t.free, t.locked)
    WHERE q.entry IS NOT NULL AND (
        gave.amount IS DISTINCT FROM -q.amount_out OR got.amount IS DISTINCT FROM q.amount_in
        OR n.data->>'quote' IS DISTINCT FROM q.id::text OR n.data->>'rate' IS DISTINCT FROM q.rate::text
    )
"""
# A rate is in force from its moment to that of the next one of its pair.
_NO_GAIN: Final = """
    WITH spans AS (
        SELECT id, from_currency, to_currency, value, valid_from,
            lead(valid_from, 1, 'infinity') OVER (
                PARTITION BY from_currency, to_currency ORDER BY valid_from, id
            ) AS valid_to
        FROM channels_rate
    )
    SELECT there.id::text, 'rate ' || back.id || ' at ' || greatest(there.valid_from, back.valid_from)
    FROM spans AS there JOIN spans AS back
        ON back.from_currency = there.to_currency AND back.to_currency = there.from_currency
        AND greatest(there.valid_from, back.valid_from) < least(there.valid_to, back.valid_to)
    WHERE there.from_currency < there.to_currency AND there.value * back.value > 1
"""
_BOTH_SIDES: Final = f"""{_PARTS}
    SELECT e.id::text, count(DISTINCT a.currency) || ' currencies, ' || count(DISTINCT w.number) || ' wallets of '
        || count(DISTINCT w.owner) || ' owners'
    FROM {{book}}.entry AS e
    JOIN {{book}}.posting AS p ON p.entry = e.id
    JOIN {{book}}.account AS a ON a.id = p.account
    LEFT JOIN part AS w ON w.account = p.account
    WHERE e.kind = 'wallet.exchange' GROUP BY e.id
    HAVING (count(DISTINCT a.currency), count(DISTINCT w.number), count(DISTINCT w.owner)) <> (2, 2, 1)
"""
_ONE_WALLET: Final = """
    SELECT owner::text, count(*) || ' wallets ' || currency || ' ' || name FROM wallet_wallet
    GROUP BY owner, currency, name HAVING count(*) > 1
"""
_NO_ORPHANS: Final = f"""{_PARTS}
    SELECT a.id::text, a.code FROM {{book}}.account AS a
    WHERE a.code ~ '^wallet:[0-9]+:(free|locked|frozen)$'
        AND NOT EXISTS (SELECT FROM part WHERE part.account = a.id)
"""
_NO_OWNER: Final = """
    SELECT w.number::text, w.owner::text FROM wallet_wallet AS w
    WHERE NOT EXISTS (SELECT FROM parties_customer AS c WHERE c.number = w.owner)
"""
# What is kept for charts follows from the journal alone, up to the entry that the cursor names.
_DAYS: Final = """
    SELECT coalesce(k.day, j.day)::text || ' of ' || coalesce(k.kind, j.kind) || ' in '
        || coalesce(k.currency, j.currency), coalesce(k.amount, 0) || ', the journal moved ' || coalesce(j.amount, 0)
    FROM wallet_flow_day AS k FULL JOIN (
        SELECT a.currency, (e.effective_at AT TIME ZONE c.zone)::date AS day, e.kind, sum(p.amount) AS amount
        FROM wallet_flow_day_cursor AS c
        JOIN {book}.entry AS e ON e.id <= c.through
        JOIN {book}.posting AS p ON p.entry = e.id AND p.amount > 0
        JOIN {book}.account AS a ON a.id = p.account
        GROUP BY 1, 2, 3
    ) AS j ON (j.currency, j.day, j.kind) = (k.currency, k.day, k.kind)
    WHERE coalesce(k.amount, 0) <> coalesce(j.amount, 0)
"""
# The end of a month is that of its zone, which is at most fourteen hours from ours. Months that were closed
# together are compared together.
_MONTHS: Final = """
    WITH ends AS (
        SELECT date_trunc('month', (closed_through - interval '15 hours') AT TIME ZONE 'UTC')::date AS month,
            max(closed_through) AS through
        FROM {book}.period GROUP BY 1
    ), nets AS (
        SELECT (SELECT min(one.through) FROM ends AS one WHERE one.through >= e.effective_at) AS through, a.currency,
            sum(p.amount) AS net
        FROM {book}.entry AS e JOIN {book}.posting AS p ON p.entry = e.id
        JOIN {book}.account AS a ON a.id = p.account AND a.class = 'client'
        WHERE e.effective_at <= (SELECT max(through) FROM ends)
        GROUP BY e.id, e.effective_at, a.currency
    ), journal AS (
        SELECT through, currency, sum(greatest(net, 0)) AS came, sum(least(net, 0)) AS went FROM nets GROUP BY 1, 2
    ), kept AS (
        SELECT (SELECT min(one.through) FROM ends AS one WHERE one.month >= k.month) AS through, k.currency,
            sum(k.came) AS came, sum(k.went) AS went
        FROM books_period_total AS k GROUP BY 1, 2
    )
    SELECT coalesce(k.through, j.through)::text, 'say ' || coalesce(k.came, 0) || ' and ' || coalesce(k.went, 0) || ' '
        || coalesce(k.currency, j.currency) || ', the journal ' || coalesce(j.came, 0) || ' and ' || coalesce(j.went, 0)
    FROM kept AS k FULL JOIN journal AS j ON (j.through, j.currency) = (k.through, k.currency)
    WHERE (coalesce(k.came, 0), coalesce(k.went, 0)) <> (coalesce(j.came, 0), coalesce(j.went, 0))
        AND coalesce(k.through, j.through) <= (
            SELECT through FROM ends WHERE month = (SELECT max(month) FROM books_period_total)
        )
    UNION ALL
    SELECT month::text, 'open with ' || opening || ' ' || currency || ', the one before closed with ' || before
    FROM (
        SELECT month, currency, opening, lag(closing, 1, 0::numeric) OVER (PARTITION BY currency ORDER BY month) AS before
        FROM books_period_total
    ) AS k WHERE opening <> before
"""

WALLET_PROOFS: Final = (
    Proof(
        "I3",
        "the sum of a day is what the journal moved on it",
        "sums of days",
        "SELECT count(*) FROM wallet_flow_day",
        (("the sum of {} says {}", _DAYS),),
    ),
    Proof(
        "I3",
        "what customers owned at both ends of a closed month is what the journal moved",
        "months and currencies",
        "SELECT count(*) FROM books_period_total",
        (("the sums of the months through {} {}", _MONTHS),),
    ),
    Proof(
        "I7",
        "locked money never becomes a customer's free money",
        *WALLETS,
        (("entry {} lets locked money of wallet {} become free", _NO_LAUNDERING),),
    ),
    Proof(
        "I15",
        "an exchange used the rate in force, or the quote that it names",
        *EXCHANGES,
        (
            ("exchange {} used {}", _RATE_IN_FORCE),
            ("exchange {} gave {}, and these do not agree", _REMAINDER),
            ("quote {} {}", _QUOTES),
        ),
    ),
    Proof(
        "I15",
        "exchanging forth and back never gains",
        "rates",
        "SELECT count(*) FROM channels_rate",
        (("rate {} gains together with {}", _NO_GAIN),),
    ),
    Proof("I16", "gross = net + fee (no operation books a fee yet)", "fees", "SELECT 0", ()),
    Proof(
        "I33",
        "an exchange moves two currencies between two wallets of one owner",
        *EXCHANGES,
        (("exchange {} has {}", _BOTH_SIDES),),
    ),
    Proof(
        "I36",
        "one wallet for an owner, currency and name",
        *WALLETS,
        (
            ("customer {} has {}", _ONE_WALLET),
            ("account {}, {}, belongs to no wallet", _NO_ORPHANS),
            ("wallet {} is of customer {}, who is not there", _NO_OWNER),
        ),
    ),
)
