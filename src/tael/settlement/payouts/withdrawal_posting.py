"""What a merchant's withdrawal posts: the money leaves his account when he applies, and comes back if it is not paid.

Source: B-34 to B-36; A-B5, A-B6; peers-settlement-invest A16, A18.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import books, ledger
from tael.ledger import Entry, Kind, Leg
from tael.settlement.house import beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.books import Instruction
    from tael.ledger import Posted, Replayed
    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.house import Beside
    from tael.settlement.models import MerchantWithdrawal

WITHDRAW: Final = Kind(
    "settlement.withdraw",
    "Merchant's withdrawal",
    mixes=True,
    moves=("merchant owed -gross", "payable +net", "house:income +fee"),
)
BACK: Final = Kind(
    "settlement.withdraw_back",
    "Merchant's withdrawal taken back",
    mixes=True,
    moves=("merchant owed +gross", "payable -net", "house:income -fee"),
    gives_back=True,
)


def take_out(
    account: MerchantAccount, amount: Money, fee: Money, payee: int, instruction: Instruction
) -> Posted | Replayed:
    """Take an application's amount out of the account, now.

    Postings: merchant owed -amount, payable +net, house:income +fee.

    Source: B-34, B-37.
    """
    legs = [
        Leg(account.account, -amount.minor),
        Leg(beside("payable", account.currency.code), amount.minor - fee.minor),
    ]
    if fee.minor:
        legs.append(Leg(beside("income", account.currency.code), fee.minor))
    keys = instruction.entry_keys()
    (posted,) = books.post_all_now(
        [
            Entry(
                kind=WITHDRAW,
                legs=tuple(legs),
                key=keys.key,
                aliases=keys.aliases,
                effective_at=instruction.at,
                actor=instruction.actor,
                channel=instruction.channel,
                content=("merchant_withdrawal", account.number, amount.minor, payee),
            )
        ]
    )
    return posted


def entry_back(
    row: MerchantWithdrawal, instruction: Instruction, side: Callable[[Beside, str], int] = beside
) -> Entry:
    """Give the entry that puts all of an application back; ``side`` may keep what ``beside`` gave."""
    legs = [Leg(row.account.account, row.amount), Leg(side("payable", row.currency), -row.net)]
    if row.fee:
        legs.append(Leg(side("income", row.currency), -row.fee))
    return Entry(
        kind=BACK,
        legs=tuple(legs),
        key=ledger.key_of(BACK.code, str(row.pk)),
        effective_at=instruction.at,
        actor=instruction.actor,
        reverses=row.entry,
    )
