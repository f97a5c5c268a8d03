"""Finding merchants' withdrawals (提現申請單): by merchant, state, age and amount; and one with what happened.

One question feeds the page, the API, the command line and the file, so that all give the same rows.

Source: B-33 to B-38, E-15; peers-settlement-invest A7, A20, A39.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Count, Min, Sum

from tael import books
from tael.money import Money
from tael.parties.queries import customer_names
from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.lifecycles import PAYOUT, PayoutEvent, PayoutState, TradeState
from tael.settlement.models import MerchantWithdrawal, PayoutRow
from tael.settlement.payouts.withdrawal import merchant_withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from tael.settlement.accounts.merchant_account import MerchantAccount

PAGE_MAX: Final = 200
ATTEMPTS_MAX: Final = 100
TRADE_STATES: Final = tuple(state.value for state in TradeState)
PAYOUT_STATES: Final = tuple(state.value for state in PayoutState)
WAYS: Final = ("manual", "automatic")
OPEN: Final = ("waiting", "held", "batched", "exported", "unknown")
"""The payout states in which the money is on its way: it has left the account and nobody was paid."""
UNKNOWN_AGES: Final = (timedelta(hours=1), timedelta(days=1), timedelta(days=5))
"""How long an outcome has been unknown, as the queue counts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalsWanted:
    """Which withdrawals are wanted; what is None or empty does not matter.

    Args:
        account: number of the merchant account. owner: the merchant.
        way: manual or automatic. trade, payout: the two states; payout "open" is all that is on its way.
        least, most: bounds of the amount in minor units; they mean something with a currency only.
        since, until: applied for at or after, and before.
        flow_number: the bank's number.
        batch: has a row in this batch.
    """

    account: int | None = None
    owner: int | None = None
    currency: str = ""
    way: str = ""
    trade: str = ""
    payout: str = ""
    least: int | None = None
    most: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    flow_number: str = ""
    batch: int | None = None


class WithdrawalSeen(NamedTuple):
    """A withdrawal in a list.

    Args:
        amount: leaves the account. fee: what it costs. net: is paid.
    """

    row: MerchantWithdrawal
    account: MerchantAccount
    merchant: str
    amount: Money
    fee: Money
    net: Money

    @property
    def moves(self) -> list[str]:
        """Name what may happen to its money; the pages show buttons for some of it.

        A payment that has no flow number yet takes one, and cannot bounce before.
        """
        events = [event.value for event in PAYOUT.events_from(PayoutState(self.row.payout_state))]
        if (
            self.row.payout_state == PayoutState.PAID
            and self.row.trade_state == TradeState.APPLYING
        ):
            return [event for event in events if event != PayoutEvent.BOUNCE] + ["flow_number"]
        return events


class WithdrawalTotal(NamedTuple):
    """What all withdrawals of a filter come to in one currency, each amount once."""

    currency: str
    withdrawals: int
    amount: Money
    fee: Money
    net: Money


class UnknownSince(NamedTuple):
    """How many withdrawals of a currency have had no outcome for at least so long."""

    currency: str
    age: timedelta
    withdrawals: int
    net: Money
    oldest: datetime


class Attempt(NamedTuple):
    """One attempt to pay a withdrawal: its row of a batch (A20)."""

    batch: int
    reference: str
    state: str
    reason: str
    answered_at: datetime | None
    tried_at: datetime


def merchant_withdrawals(
    wanted: WithdrawalsWanted, *, limit: int = 50, before: int | None = None
) -> list[WithdrawalSeen]:
    """List withdrawals, newest first. Two queries, however many there are.

    Args:
        limit: at most 200. before: those below this number.

    Source: E-15; A39.
    """
    found = _chosen(wanted).select_related("account").order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    return seen(found[: min(max(limit, 1), PAGE_MAX + 1)])


def withdrawal_totals(wanted: WithdrawalsWanted) -> list[WithdrawalTotal]:
    """Add up all withdrawals of a filter, by currency. One query.

    Source: A39; peers-settlement-invest, section 4.3.
    """
    sums = (
        _chosen(wanted)
        .order_by("currency")
        .values("currency")
        .annotate(count=Count("pk"), gross=Sum("amount"), fees=Sum("fee"), paid=Sum("net"))
    )
    units = books.currencies()

    def money(row: Mapping[str, Any], name: str) -> Money:
        return Money(int(row[name]), units[row["currency"]].currency)

    return [
        WithdrawalTotal(
            row["currency"],
            row["count"],
            money(row, "gross"),
            money(row, "fees"),
            money(row, "paid"),
        )
        for row in sums
    ]


def withdrawal_seen(number: int, *, owner: int | None = None) -> WithdrawalSeen:
    """Give one withdrawal with its account and merchant.

    Args:
        owner: the merchant; only his own.

    Raises:
        UnknownMerchantWithdrawal: there is none, or it is another's.

    Source: E-15; reliability T14.
    """
    return seen([merchant_withdrawal(number, owner=owner)])[0]


def attempts_of(number: int) -> list[Attempt]:
    """Give the attempts to pay a withdrawal, oldest first.

    Source: A19, A20.
    """
    rows = PayoutRow.objects.filter(withdrawal=number).select_related("batch").order_by("pk")
    return [
        Attempt(
            row.batch_id,
            row.batch.reference,
            row.state,
            row.reason,
            row.answered_at,
            row.batch.exported_at or row.batch.made_at,
        )
        for row in rows[:ATTEMPTS_MAX]
    ]


def unknown_outcomes(*, at: datetime) -> list[UnknownSince]:
    """Count the withdrawals of which nobody knows whether they were paid, by currency and age.

    Each is counted with the longest of the ages that it has reached; a younger one than all with the first.

    Args:
        at: now.

    Source: A7.
    """
    rows = MerchantWithdrawal.objects.filter(payout_state=PayoutState.UNKNOWN.value)
    units = books.currencies()
    found = []
    bounds = [at, *(at - age for age in UNKNOWN_AGES[1:]), None]
    for age, newest, oldest in zip(UNKNOWN_AGES, bounds[:-1], bounds[1:], strict=True):
        within = rows.filter(applied_at__lte=newest)
        if oldest is not None:
            within = within.filter(applied_at__gt=oldest)
        sums = (
            within.order_by("currency")
            .values("currency")
            .annotate(count=Count("pk"), paid=Sum("net"), first=Min("applied_at"))
        )
        found += [
            UnknownSince(
                row["currency"],
                age,
                row["count"],
                Money(int(row["paid"]), units[row["currency"]].currency),
                row["first"],
            )
            for row in sums
        ]
    return found


def seen(rows: Iterable[MerchantWithdrawal]) -> list[WithdrawalSeen]:
    """Give rows that were read with their accounts as they stand in lists. One query."""
    found = list(rows)
    names = customer_names(row.account.owner for row in found)
    accounts = [account_from(row.account) for row in found]
    return [
        WithdrawalSeen(
            row,
            account,
            names.get(account.owner, ""),
            account.money(row.amount),
            account.money(row.fee),
            account.money(row.net),
        )
        for row, account in zip(found, accounts, strict=True)
    ]


def _chosen(wanted: WithdrawalsWanted) -> QuerySet[MerchantWithdrawal]:
    given = {
        "account": wanted.account,
        "account__owner": wanted.owner,
        "currency": wanted.currency or None,
        "way": wanted.way or None,
        "trade_state": wanted.trade or None,
        "amount__gte": wanted.least,
        "amount__lte": wanted.most,
        "applied_at__gte": wanted.since,
        "applied_at__lt": wanted.until,
        "flow_number": wanted.flow_number or None,
    }
    found = MerchantWithdrawal.objects.filter(
        **{name: each for name, each in given.items() if each is not None}
    )
    if wanted.payout == "open":
        found = found.filter(payout_state__in=OPEN)
    elif wanted.payout:
        found = found.filter(payout_state=wanted.payout)
    if wanted.batch is not None:
        rows = PayoutRow.objects.filter(batch=wanted.batch)
        found = found.filter(pk__in=rows.values("withdrawal"))
    return found
