"""The figures of a wallet: liquid, locked, frozen, and what of it may leave.

Source: F-08, F-09, F-39; I5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from psycopg import Cursor

from tael import books, ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tael.ledger import Posted, Replayed
    from tael.money import Money
    from tael.wallet.wallet import Wallet

_NOW: Final = "SELECT id, balance, last_posting FROM {book}.account WHERE id = ANY(%s)"

# What an account held after an entry: back from its newest line, one look-up a step. An entry just
# written is one step away.
_AFTER: Final = """
    WITH RECURSIVE line (account, entry, balance, prev) AS (
        SELECT p.account, p.entry, p.balance_after, p.prev
        FROM {book}.account AS a JOIN {book}.posting AS p ON p.id = a.last_posting
        WHERE a.id = ANY(%(accounts)s)
        UNION ALL
        SELECT p.account, p.entry, p.balance_after, p.prev
        FROM line AS l JOIN {book}.posting AS p ON p.id = l.prev WHERE l.entry > %(entry)s
    )
    SELECT account, balance FROM line WHERE entry <= %(entry)s
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a wallet holds at one moment.

    Args:
        liquid: all that can be consumed, locked money included (流動資金).
        locked: the part of it that can only be consumed (鎖定資金).
        frozen: what is set aside by holds (凍結資金); no part of ``liquid``.
    """

    liquid: Money
    locked: Money
    frozen: Money

    @property
    def withdrawable(self) -> Money:
        """Give what may leave: withdrawn, transferred, exchanged or frozen (F-09)."""
        return self.liquid - self.locked


def figures_of(wallet: Wallet, balances: Mapping[int, int]) -> Figures:
    """Make a wallet's figures from the balances of its accounts; one without lines holds nothing.

    Source: F-09.
    """
    free, locked, frozen = (balances.get(account, 0) for account in wallet.accounts)
    return Figures(wallet.money(free + locked), wallet.money(locked), wallet.money(frozen))


def figures_now(wallets: Iterable[Wallet]) -> dict[int, Figures]:
    """Read the present figures of wallets, by number; one query however many they are.

    Source: F-39.
    """
    asked = list(wallets)
    accounts = [account for wallet in asked for account in wallet.accounts]
    balances = ledger.balances(books.connection(), accounts)
    return {wallet.number: figures_of(wallet, balances) for wallet in asked}


def figures_after(posted: Posted | Replayed, wallets: Iterable[Wallet]) -> dict[int, Figures]:
    """Give the figures of wallets as an entry left them, whatever has happened since.

    What the ledger has not told is read; it stands as it stood then unless it has a newer line.

    Source: F-22, F-39.
    """
    asked = list(wallets)
    balances = {leg.account: leg.balance_after for leg in posted.legs}
    if not posted.replayed:
        balances.update(posted.watched)
    untouched = [
        account for wallet in asked for account in wallet.accounts if account not in balances
    ]
    if untouched:
        cursor = Cursor(books.connection())
        rows = cursor.execute(ledger.MAIN.sql(_NOW), [untouched]).fetchall()
        if all(newest < posted.first_posting for _, _, newest in rows):
            balances.update((account, balance) for account, balance, _ in rows)
        else:
            values = {"accounts": untouched, "entry": posted.entry_id}
            balances.update(cursor.execute(ledger.MAIN.sql(_AFTER), values).fetchall())
    return {wallet.number: figures_of(wallet, balances) for wallet in asked}
