"""Reads of payout batches: lists, one batch with its rows, and what is to be written into its file.

Source: B-38, E-15; peers-settlement-invest A24, A39.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Count, Sum

from tael import books
from tael.money import Money
from tael.parties.models import Payee
from tael.settlement.models import (
    MerchantWithdrawal,
    PayoutBatch,
    PayoutInquiry,
    PayoutRow,
    ResultFile,
    ResultRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

PORTION: Final = 5000
_WAITING: Final = """
    SELECT w.currency, count(*), sum(w.net), count(*) FILTER (WHERE NOT p.active)
    FROM settlement_withdrawal AS w JOIN parties_payee AS p ON p.id = w.payee
    WHERE w.payout_state = 'waiting' GROUP BY w.currency ORDER BY w.currency
"""


class RowToPay(NamedTuple):
    """A row of a batch as it goes into the file.

    Args:
        place: from 1. net: minor units.
    """

    place: int
    withdrawal: int
    account: int
    net: int
    payee: Payee
    applied_at: datetime


class RowSeen(NamedTuple):
    """A row of a batch as a page shows it."""

    row: PayoutRow
    withdrawal: MerchantWithdrawal
    payee: Payee
    net: Money


class RowToChoose(NamedTuple):
    """A withdrawal that waits to be paid."""

    withdrawal: MerchantWithdrawal
    payee: Payee
    net: Money


class BatchTotal(NamedTuple):
    """What the batches of a filter add up to, in one currency."""

    currency: str
    batches: int
    rows: int
    total: Money


class Waiting(NamedTuple):
    """Withdrawals in a currency that wait to be paid.

    Args:
        closed: how many of them go to a payee account that was closed since.
    """

    currency: str
    rows: int
    total: Money
    closed: int


class UnknownWanted(NamedTuple):
    """Which rows of unknown outcome are wanted; what is empty does not matter.

    Args:
        queue: asking (a channel is asked on a plan), or person (somebody has to find it out).
    """

    queue: str = ""
    channel: str = ""


class UnknownTotal(NamedTuple):
    """What the rows of unknown outcome add up to, in one currency."""

    currency: str
    rows: int
    total: Money


class BatchesWanted(NamedTuple):
    """Which batches are wanted; what is empty does not matter."""

    state: str = ""
    currency: str = ""
    channel: str = ""


def rows_to_pay(batch: PayoutBatch) -> Iterator[RowToPay]:
    """Give the rows of a batch in their order, some thousands at a time.

    Source: B-38, E-15.
    """
    after = 0
    while True:
        rows = list(
            PayoutRow.objects.filter(batch=batch, place__gt=after)
            .exclude(state="taken_out")
            .order_by("place")
            .values_list(
                "place",
                "withdrawal_id",
                "withdrawal__account_id",
                "net",
                "payee",
                "withdrawal__applied_at",
            )[:PORTION]
        )
        if not rows:
            return
        payees = Payee.objects.in_bulk({payee for *_, payee, _ in rows})
        for place, withdrawal, account, net, payee, applied_at in rows:
            yield RowToPay(place, withdrawal, account, net, payees[payee], applied_at)
        after = rows[-1][0]


def batches(
    wanted: BatchesWanted, *, before: int | None = None, limit: int = 50
) -> list[PayoutBatch]:
    """Give batches, newest first.

    Args:
        before: the number of the last one of the page before.

    Source: A24.
    """
    rows = _wanted(wanted)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def batch_totals(wanted: BatchesWanted) -> list[BatchTotal]:
    """Add up all batches that a filter finds, by currency.

    Source: A24, A39.
    """
    found = (
        _wanted(wanted)
        .values("currency")
        .order_by("currency")
        .annotate(n=Count("id"), r=Sum("rows"), s=Sum("total"))
    )
    return [
        BatchTotal(one["currency"], one["n"], one["r"], _money(one["s"], one["currency"]))
        for one in found
    ]


def withdrawals_waiting() -> list[Waiting]:
    """Add up what waits to be put into a batch, by currency.

    Source: B-38; A24.
    """
    found = books.connection().execute(_WAITING).fetchall()
    return [
        Waiting(currency, rows, _money(total, currency), closed)
        for currency, rows, total, closed in found
    ]


def waiting_rows(currency: str, *, after: int = 0, limit: int = 100) -> list[RowToChoose]:
    """Give withdrawals in a currency that wait to be paid, oldest first.

    Source: B-38; A24.
    """
    rows = MerchantWithdrawal.objects.filter(
        currency=currency, payout_state="waiting", pk__gt=after
    ).order_by("pk")[:limit]
    payees = Payee.objects.in_bulk({row.payee for row in rows})
    return [RowToChoose(row, payees[row.payee], _money(row.net, currency)) for row in rows]


def rows_of(batch: int, *, state: str = "", after: int = 0, limit: int = 100) -> list[RowSeen]:
    """Give rows of a batch in their order, those taken out of it last.

    Source: A20, A24.
    """
    rows = PayoutRow.objects.filter(batch=batch, place__gt=after)
    if state:
        rows = rows.filter(state=state)
    return _seen(list(rows.select_related("withdrawal").order_by("place")[:limit]))


def row_counts(batch: int) -> dict[str, int]:
    """Count the rows of a batch by their state.

    Source: A24.
    """
    found = PayoutRow.objects.filter(batch=batch).values_list("state").order_by("state")
    return dict(found.annotate(n=Count("id")))


def unknown_rows(
    wanted: UnknownWanted, *, before: int | None = None, limit: int = 100
) -> list[RowSeen]:
    """Give the rows of all batches whose outcome nobody knows, newest first.

    Source: A7, A19; B-36.
    """
    rows = _unknown(wanted)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _seen(list(rows.select_related("withdrawal", "batch").order_by("-pk")[:limit]))


def unknown_totals(wanted: UnknownWanted) -> list[UnknownTotal]:
    """Add up the rows whose outcome nobody knows, by currency.

    Source: A7, A19, A39.
    """
    found = (
        _unknown(wanted)
        .values("batch__currency")
        .order_by("batch__currency")
        .annotate(n=Count("id"), s=Sum("net"))
    )
    return [
        UnknownTotal(one["batch__currency"], one["n"], _money(one["s"], one["batch__currency"]))
        for one in found
    ]


def results_of(batch: int) -> list[ResultFile]:
    """Give the result files of a batch, newest first, without what was read of them.

    Source: A24.
    """
    return list(ResultFile.objects.filter(batch=batch).defer("content").order_by("-pk"))


def result_rows(
    file: int, *, verdict: str = "", after: int = 0, limit: int = 100
) -> list[ResultRow]:
    """Give what became of the rows of a result file, in their order.

    Source: B-35; A24.
    """
    rows = ResultRow.objects.filter(file=file, row__gt=after)
    if verdict:
        rows = rows.filter(verdict=verdict)
    return list(rows.order_by("row")[:limit])


def taken_numbers(channel: str, numbers: Sequence[str]) -> set[str]:
    """Give which of some flow numbers a payout over a channel has.

    Source: I20.
    """
    rows = MerchantWithdrawal.objects.filter(channel=channel, flow_number__in=numbers)
    return {row.flow_number or "" for row in rows.only("flow_number")} if numbers else set()


def _wanted(wanted: BatchesWanted) -> QuerySet[PayoutBatch]:
    return PayoutBatch.objects.filter(
        **{field: value for field, value in wanted._asdict().items() if value}
    )


def _unknown(wanted: UnknownWanted) -> QuerySet[PayoutRow]:
    rows = PayoutRow.objects.filter(state="unknown")
    facts = {"state": wanted.queue, "channel": wanted.channel}
    told = {name: fact for name, fact in facts.items() if fact}
    if told:
        rows = rows.filter(pk__in=PayoutInquiry.objects.filter(**told).values("pk"))
    return rows


def _seen(rows: list[PayoutRow]) -> list[RowSeen]:
    payees = Payee.objects.in_bulk({row.payee for row in rows})
    return [
        RowSeen(row, row.withdrawal, payees[row.payee], _money(row.net, row.withdrawal.currency))
        for row in rows
    ]


def _money(minor: int, currency: str) -> Money:
    return Money(int(minor), books.currencies()[currency].currency)
