"""The legs of an entry in words: which account of whom, how much, and what it holds afterwards.

Source: E-03, F-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tael import books, ledger
from tael.money import Money
from tael.wallet.wallet import wallets_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tael.ledger import PostedLeg
    from tael.wallet.wallet import Wallet


class PostingLine(NamedTuple):
    """One leg.

    Args:
        account: the account's code in the ledger.
        wallet: whose it is, if it is a wallet's; ``part`` says which of its three.
    """

    account: str
    wallet: Wallet | None
    part: str
    amount: Money
    after: Money


def posting_lines(legs: Iterable[PostedLeg]) -> list[PostingLine]:
    """Put the legs of an entry into words, in their order; two queries.

    Source: E-03.
    """
    asked = list(legs)
    numbers = {leg.account for leg in asked}
    accounts = {one.id: one for one in ledger.accounts(books.connection(), ids=numbers)}
    owners = wallets_of(numbers)
    known = books.currencies()
    lines = []
    for leg in asked:
        account = accounts[leg.account]
        unit = known[account.currency].currency
        amount, after = Money(leg.amount, unit), Money(leg.balance_after, unit)
        wallet = owners.get(leg.account)
        part = account.code.rpartition(":")[2] if wallet else ""
        lines.append(PostingLine(account.code, wallet, part, amount, after))
    return lines
