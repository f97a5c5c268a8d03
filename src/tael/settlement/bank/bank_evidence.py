"""What a bank's line proves, by exact numbers and amounts only: a remittance, a payout, a payment over a gateway.

    remittance   its flow number is the line's reference or the payer's number
    payout       the payer's number is the withdrawal's, as our payment file sends it, or its flow number fits
    recharge     the gateway's own number of it, or of a refund, is the line's reference or the payer's number
    suspense     the money was put in suspense because of this line

In each case amount, currency, channel and direction have to be those of the line. Nothing is guessed, and
nothing is written down: an explanation is as good as what it names is now. One payment explains one line, the
first that tells of it: a second one is money that came or went twice.

Source: peers-settlement-invest A23, A26, A29, A31.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple, cast

from psycopg import Cursor

from tael import books
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

What = Literal["suspense", "remittance", "payout", "recharge"]


def _first(*names: str, of_payer: str = "") -> str:
    """Write that no earlier line, whose money is not in suspense, tells of the same.

    Args:
        names: what is the bank's reference or the payer's number in a line that does. of_payer: what is
            the payer's number only.
    """
    places = [(column, name) for name in names for column in ("reference", "end_to_end")]
    places += [("end_to_end", of_payer)] if of_payer else []
    # found by their numbers (the empty texts are named for the partial indexes), and only then by the rest
    told = " UNION ALL ".join(
        f"""SELECT id, account, amount, item FROM settlement_bank_line
            WHERE {column} <> '' AND {column} = {name}"""
        for column, name in places
    )
    return f"""NOT EXISTS (
        SELECT FROM ({told} OFFSET 0) AS o JOIN settlement_bank_account AS h ON h.id = o.account
        WHERE o.id < l.id AND o.amount = l.amount AND o.item IS NULL
            AND h.channel = a.channel AND h.currency = a.currency
    )"""


# a payout that the bank has, or gave back; its channel is known from its batch before it is paid
_OF_PAYOUT: Final = f"""
    SELECT 'payout', w.id, w.payout_state,
        w.payout_state = 'returned' OR l.amount < 0 AND w.payout_state IN ('exported', 'unknown', 'paid'), sent.batch,
        {_first("w.flow_number", of_payer="w.id::text")}
    FROM settlement_withdrawal AS w LEFT JOIN LATERAL (
        SELECT b.channel, CASE WHEN p.state IN ('live', 'unknown') AND b.state IN ('exported', 'settled')
            THEN b.id END AS batch
        FROM settlement_payout_row AS p JOIN settlement_payout_batch AS b ON b.id = p.batch
        WHERE p.withdrawal = w.id AND p.state IN ('live', 'unknown', 'paid')
    ) AS sent ON true
    WHERE w.net = abs(l.amount) AND w.currency = a.currency
        AND coalesce(w.channel, sent.channel, a.channel) = a.channel
"""
_ALL: Final = f"""
    SELECT 'suspense' AS what, l.item AS number, '' AS state, true AS fits, NULL::bigint AS batch, true AS first
    WHERE l.item IS NOT NULL
    UNION ALL
    SELECT 'remittance', r.id, r.state, r.state IN ('declared', 'confirmed'), NULL,
        {_first("r.flow_number")}
    FROM settlement_remittance AS r JOIN settlement_account AS m ON m.number = r.account
    WHERE r.flow_number IN (l.reference, l.end_to_end) AND r.channel = a.channel
        AND r.payer = CASE WHEN l.amount > 0 THEN 'merchant' ELSE 'platform' END
        AND r.amount = abs(l.amount) AND m.currency = a.currency
    UNION ALL ({_OF_PAYOUT}
        AND w.id = CASE WHEN l.end_to_end ~ '^[1-9][0-9]{{0,17}}$' THEN l.end_to_end::bigint END)
    UNION ALL ({_OF_PAYOUT}
        AND w.channel = a.channel AND w.flow_number IN (l.reference, l.end_to_end) AND w.id::text <> l.end_to_end)
    UNION ALL
    SELECT 'recharge', g.id, g.verdict, true, NULL, {_first("g.number")}
    FROM wallet_gateway_payment AS g
    WHERE g.number IN (l.reference, l.end_to_end) AND g.gateway = a.channel AND g.currency = a.currency
        AND g.movement = CASE WHEN l.amount > 0 THEN 'paid' ELSE 'refunded' END AND g.amount = abs(l.amount)
"""
ABOUT: Final = f"SELECT *, fits AND first AS explains FROM ({_ALL}) AS every_one"
"""What a line `l` of an account `a` is about: one SQL for the lists, the pages and the proofs."""
EXPLAINED: Final = f"EXISTS (SELECT FROM ({ABOUT}) AS e WHERE e.explains)"
_OF_LINES: Final = f"""
    SELECT l.id, e.what, e.number, e.state, e.explains, e.batch
    FROM settlement_bank_line AS l JOIN settlement_bank_account AS a ON a.id = l.account
    CROSS JOIN LATERAL ({ABOUT}) AS e WHERE l.id = ANY (%s) ORDER BY l.id, e.what, e.number
"""
_LINES_OF: Final = f"""
    SELECT l.id FROM settlement_bank_line AS l JOIN settlement_bank_account AS a ON a.id = l.account
    WHERE (l.reference = ANY (%s) OR l.end_to_end = ANY (%s))
        AND EXISTS (SELECT FROM ({ABOUT}) AS e WHERE e.what = %s AND e.number = %s)
    ORDER BY l.id DESC LIMIT 20
"""

_ASIDE: Final = f"""
    SELECT l.id FROM settlement_bank_line AS l JOIN settlement_bank_account AS a ON a.id = l.account
    WHERE l.item IS NOT NULL AND (l.reference = ANY (%s) OR l.end_to_end = ANY (%s))
        AND EXISTS (SELECT FROM ({ABOUT}) AS e WHERE e.first AND e.what = %s AND e.number = %s)
    ORDER BY l.id LIMIT 1
"""


class MoneyAside(Refusal):
    """The money came as a line of the bank that was put in suspense: booked here as well it would count twice."""

    code = "money_in_suspense"
    because: ClassVar[Because] = "conflict"
    rule = "A31"
    remedy = "Take the line back out of suspense first, then do it again."


class Evidence(NamedTuple):
    """One thing that a line is about.

    Args:
        number: of the remittance, withdrawal, payment or item. state: as it stands.
        explains: whether it accounts for the line; a disputed remittance or a failed payout does not, nor does
            one that an earlier line has told of.
        batch: of a payout that waits for its answer; None for all others.
    """

    what: What
    number: int
    state: str
    explains: bool
    batch: int | None


def evidence_of(lines: Iterable[int]) -> dict[int, list[Evidence]]:
    """Give what some lines are about, by line. One query, however many there are.

    Source: A29, A31.
    """
    found: dict[int, list[Evidence]] = {}
    for line, *told in Cursor(books.connection()).execute(_OF_LINES, [list(lines)]):
        found.setdefault(line, []).append(Evidence(*told))
    return found


def lines_of(what: What, number: int, *, flow_number: str | None) -> list[int]:
    """Give the lines that are about a remittance or a withdrawal, newest first; at most 20.

    Args:
        flow_number: of it, where it has one.

    Source: A29.
    """
    asked = _asked(what, number, flow_number)
    rows = Cursor(books.connection()).execute(_LINES_OF, asked).fetchall()
    return [cast("int", row[0]) for row in rows]


def check_not_aside(what: What, number: int, *, flow_number: str | None) -> None:
    """Refuse to book money that came and stands in suspense, or was placed from there.

    Raises:
        MoneyAside: naming the line.

    Source: A31; I24.
    """
    asked = _asked(what, number, flow_number)
    found = Cursor(books.connection()).execute(_ASIDE, asked).fetchone()
    if found is not None:
        message = f"The money of bank line {found[0]} was put in suspense."
        raise MoneyAside(message, field="number", there=str(number))


def _asked(what: What, number: int, flow_number: str | None) -> list[object]:
    named = [*([flow_number] if flow_number else []), *([str(number)] if what == "payout" else [])]
    return [named, named, what, number]
