"""The invariants of a book and of the wallets and withdrawals on it, with what each one examines.

The queries stand beside what they prove: `tael.ledger.integrity`, `tael.wallet.integrity` and
`tael.payouts.integrity`.

Source: reliability, section 2: I1 to I16, I22, I30, I32, I33, I35, I36.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.assurance.proof import Proof
from tael.ledger import integrity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


Counted = tuple[str, str, str]  # title, what is counted, SQL that counts it


def _all(table: str) -> str:
    return f"SELECT count(*) FROM {table}"


ENTRIES: Final = ("entries", _all("{book}.entry"))
LINES: Final = ("postings", _all("{book}.posting"))
ACCOUNTS: Final = ("accounts", _all("{book}.account"))
WALLETS: Final = ("wallets", _all("wallet_wallet"))
HOLDS: Final = ("holds", _all("wallet_hold"))
EXCHANGES: Final = (
    "exchanges",
    "SELECT count(*) FROM {book}.entry WHERE kind = 'wallet.exchange'",
)
WITHDRAWALS: Final = ("withdrawals", _all("payouts_withdrawal"))

OF_A_BOOK: Final[Mapping[str, Counted]] = {
    "I1": ("every entry sums to zero in each currency", *ENTRIES),
    "I2": ("all balances of a currency sum to zero", "currencies", _all("{book}.currency")),
    "I3": ("an account holds the sum of its lines", *ACCOUNTS),
    "I4": ("every line has its account and every account its currency", *LINES),
    "I5": ("no account is below its floor", *ACCOUNTS),
    "I6": ("every line moves something, and no number leaves its range", *LINES),
    "I8": ("every entry has its key, and every key its entry", "keys", _all("{book}.entry_key")),
    "I9": ("every entry has the two or more lines that it was written with", *ENTRIES),
    "I10": ("an account's lines are gapless and carry its running balance", *LINES),
    "I11": (
        "no right to change the journal is granted to the application",
        "tables",
        "SELECT count(*) FROM pg_catalog.pg_class WHERE relnamespace = '{book}'::regnamespace AND relkind IN ('r', 'p')",
    ),
    "I12": (
        "nothing is taken back beyond what it moved",
        "reversals",
        "SELECT count(*) FROM {book}.entry WHERE reverses IS NOT NULL",
    ),
    "I35": ("nothing took effect in a period that was closed", *ENTRIES),
    "I36": ("an account code stands once", *ACCOUNTS),
}
OF_WALLETS: Final[Mapping[str, Counted]] = {
    "I5": ("a wallet stands on three accounts of its own that never go below zero", *WALLETS),
    "I7": ("locked money is consumed first and leaves in no other way", *WALLETS),
    "I13": ("frozen money is the rest of the open holds, to the unit", *HOLDS),
    "I15": ("an exchange is one rate's, to less than a minor unit", *EXCHANGES),
    "I22": (
        "a recharge order is credited with what its payments brought",
        "orders",
        _all("wallet_recharge_order"),
    ),
    "I24": (
        "suspense holds the payments that have no place, to the unit",
        "payments",
        "SELECT count(*) FROM wallet_gateway_payment WHERE movement = 'paid' AND wallet IS NULL",
    ),
    "I32": (
        "what becomes of money in suspense took two people",
        "proposals",
        _all("wallet_suspense_proposal"),
    ),
    "I30": (
        "a used card has brought its value",
        "cards",
        "SELECT count(*) FROM wallet_card WHERE state = 'used'",
    ),
    "I33": ("an exchange has both its sides", *EXCHANGES),
}
OF_WITHDRAWALS: Final[Mapping[str, Counted]] = {
    "I14": ("a withdrawal's state is what became of its money", *WITHDRAWALS),
    "I32": ("nobody decided about an application of his own", *WITHDRAWALS),
}


def proofs(
    checks: Sequence[tuple[str, str, str]], counted: Mapping[str, Counted]
) -> tuple[Proof, ...]:
    """Put the queries of each invariant together; one that nobody has described is still examined."""
    by_invariant: dict[str, list[tuple[str, str]]] = {}
    for invariant, message, query in checks:
        by_invariant.setdefault(invariant, []).append((message, query))
    return tuple(
        Proof(invariant, *counted.get(invariant, _plain(invariant)), tuple(queries))
        for invariant, queries in by_invariant.items()
    )


def _plain(invariant: str) -> Counted:
    return (f"{invariant} holds", *ENTRIES)


BOOK_PROOFS: Final = proofs(integrity.CHECKS, OF_A_BOOK)
