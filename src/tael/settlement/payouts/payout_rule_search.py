"""Finding rules for automatic withdrawal, with what their accounts hold.

Source: peers-settlement-invest A17, A39.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from tael.parties.queries import customer_names
from tael.settlement.accounts.merchant_account import account_from, amounts_now
from tael.settlement.models import PayoutRule

if TYPE_CHECKING:
    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount

PAGE_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesWanted:
    """Which rules in force are wanted; what is None or empty does not matter."""

    account: int | None = None
    owner: int | None = None
    currency: str = ""
    active: bool | None = None


class RuleSeen(NamedTuple):
    """The rule in force of an account, with what the account holds now."""

    row: PayoutRule
    account: MerchantAccount
    merchant: str
    held: Money

    @property
    def trigger(self) -> Money:
        """Give the amount above which it acts."""
        return self.account.money(self.row.trigger)

    @property
    def keep_back(self) -> Money:
        """Give what stays in the account."""
        return self.account.money(self.row.keep_back)

    @property
    def cap(self) -> Money | None:
        """Give the most that is taken at once; None without a bound."""
        return None if self.row.cap is None else self.account.money(self.row.cap)


def payout_rules(
    wanted: RulesWanted, *, limit: int = 50, after: int | None = None
) -> list[RuleSeen]:
    """List the rules in force by account. Three queries, however many there are.

    Args:
        limit: at most 200. after: the number of the last account seen.

    Source: A17.
    """
    newest = PayoutRule.objects.order_by("account_id", "-id").distinct("account_id")
    given = {
        "account": wanted.account,
        "account__owner": wanted.owner,
        "account__currency": wanted.currency or None,
        "active": wanted.active,
    }
    found = PayoutRule.objects.filter(
        pk__in=newest.values("pk"),
        **{name: each for name, each in given.items() if each is not None},
    )
    if after is not None:
        found = found.filter(account__gt=after)
    rows = list(
        found.select_related("account").order_by("account_id")[: min(max(limit, 1), PAGE_MAX + 1)]
    )
    names = customer_names(row.account.owner for row in rows)
    accounts = [account_from(row.account) for row in rows]
    held = amounts_now(accounts)
    return [
        RuleSeen(row, account, names.get(account.owner, ""), held[account.number])
        for row, account in zip(rows, accounts, strict=True)
    ]
