"""What stands in the files of the payouts' lists: withdrawals, batches, their rows, rules; and of the bill runs.

Source: B-20, B-33 to B-38, E-15; peers-settlement-invest A8, A17, A19, A20, A24, A39.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from tael.documents.listing import Listing, Merchant, Said
from tael.settlement.bills.run_search import ItemSeen, RunSeen, bill_runs, run_items
from tael.settlement.models import ResultRow
from tael.settlement.payouts.batch import PayoutBatch, total_of
from tael.settlement.payouts.batch_search import (
    BatchesWanted,
    RowSeen,
    UnknownWanted,
    batches,
    result_rows,
    rows_of,
    unknown_rows,
)
from tael.settlement.payouts.payout_rule_search import RuleSeen, RulesWanted, payout_rules
from tael.settlement.payouts.withdrawal_search import (
    WithdrawalSeen,
    WithdrawalsWanted,
    merchant_withdrawals,
)


class RowsOf(NamedTuple):
    """Which rows of which batch, result file or bill run are wanted; an empty state is all of them."""

    number: int
    state: str = ""


WITHDRAWALS: Final = Listing[WithdrawalsWanted, WithdrawalSeen](
    name="merchant-withdrawals",
    page=lambda wanted, limit, before: merchant_withdrawals(wanted, limit=limit, before=before),
    place=lambda one: one.row.pk,
    at=lambda one: one.row.applied_at,
    columns={
        "withdrawal number": lambda one: one.row.pk,
        "merchant": lambda one: Merchant(one.account.owner),
        "merchant account": lambda one: str(one.account.number),
        "way": lambda one: Said(f"way {one.row.way}"),
        "amount": lambda one: one.amount,
        "fee": lambda one: one.fee,
        "paid out": lambda one: one.net,
        "currency": lambda one: one.account.currency.code,
        "applied": lambda one: one.row.applied_at,
        "trade state": lambda one: Said(f"trade {one.row.trade_state}"),
        "payout state": lambda one: Said(f"payout {one.row.payout_state}"),
        "flow number": lambda one: one.row.flow_number or "",
        "paid on": lambda one: one.row.paid_on,
        "info": lambda one: one.row.reason,
    },
    sums=("amount", "fee", "paid out"),
)
BATCHES: Final = Listing[BatchesWanted, PayoutBatch](
    name="payout-batches",
    states="batch",
    page=lambda wanted, limit, before: batches(wanted, limit=limit, before=before),
    place=lambda one: one.pk,
    at=lambda one: one.made_at,
    columns={
        "batch": lambda one: one.reference,
        "channel": lambda one: one.channel,
        "profile": lambda one: one.profile,
        "lines": lambda one: one.rows,
        "amount": total_of,
        "currency": lambda one: one.currency,
        "state": lambda one: Said(f"batch {one.state}"),
        "made at": lambda one: one.made_at,
        "made by": lambda one: one.made_by,
        "checked by": lambda one: one.checked_by,
        "approved by": lambda one: one.approved_by,
        "exported": lambda one: one.exported_at,
        "file digest": lambda one: one.file_digest,
        "reason": lambda one: one.reason,
    },
    sums=("amount",),
)
_ROW: Final = {
    "place": lambda one: one.row.place,
    "withdrawal": lambda one: str(one.withdrawal.pk),
    "merchant account": lambda one: str(one.withdrawal.account_id),
    "payee number": lambda one: str(one.payee.pk),
    "payee": lambda one: one.payee.holder,
    "amount": lambda one: one.net,
    "currency": lambda one: one.withdrawal.currency,
    "state": lambda one: Said(f"row {one.row.state}"),
    "flow number": lambda one: one.row.flow_number or "",
    "reason": lambda one: one.row.reason,
    "answered": lambda one: one.row.answered_at,
}
BATCH_ROWS: Final = Listing[RowsOf, RowSeen](
    name="payout-rows",
    page=lambda of, limit, after: rows_of(of.number, state=of.state, after=after or 0, limit=limit),
    place=lambda one: one.row.place,
    at=lambda one: one.row.answered_at,
    columns=_ROW,
    sums=("amount",),
    counts=lambda one: one.row.state != "taken_out",
)
UNKNOWN_ROWS: Final = Listing[UnknownWanted, RowSeen](
    name="unknown-payouts",
    page=lambda wanted, limit, before: unknown_rows(wanted, before=before, limit=limit),
    place=lambda one: one.row.pk,
    at=lambda one: one.row.answered_at,
    columns={"batch": lambda one: one.row.batch.reference, **_ROW},
    sums=("amount",),
)
RESULT_ROWS: Final = Listing[RowsOf, ResultRow](
    name="result-rows",
    page=lambda of, limit, after: result_rows(
        of.number, verdict=of.state, after=after or 0, limit=limit
    ),
    place=lambda one: one.row,
    at=lambda _one: None,
    columns={
        "place": lambda one: one.row,
        "withdrawal": lambda one: one.withdrawal,
        "state": lambda one: Said(f"row {one.verdict}"),
        "reason": lambda one: one.reason,
    },
)
RULES: Final = Listing[RulesWanted, RuleSeen](
    name="payout-rules",
    states="rule",
    page=lambda wanted, limit, after: payout_rules(wanted, limit=limit, after=after),
    place=lambda one: one.account.number,
    at=lambda one: one.row.set_at,
    columns={
        "merchant account": lambda one: str(one.account.number),
        "merchant": lambda one: Merchant(one.account.owner),
        "active": lambda one: Said("yes" if one.row.active else "no"),
        "schedule": lambda one: Said(f"schedule {one.row.schedule}"),
        "on day": lambda one: one.row.day,
        "trigger": lambda one: one.trigger,
        "keep back": lambda one: one.keep_back,
        "cap": lambda one: one.cap,
        "held amount": lambda one: one.held,
        "currency": lambda one: one.account.currency.code,
        "payee number": lambda one: str(one.row.payee),
        "set at": lambda one: one.row.set_at,
        "set by": lambda one: one.row.set_by,
    },
    sums=("held amount",),
    inside=frozenset({"set by"}),
)
BILL_RUNS: Final = Listing[None, RunSeen](
    name="bill-runs",
    page=lambda _wanted, limit, before: bill_runs(limit=limit, before=before),
    place=lambda one: one.run.pk,
    at=lambda one: one.run.started_at,
    columns={
        "row number": lambda one: one.run.pk,
        "day": lambda one: one.run.day,
        "state": lambda one: Said(f"run {one.run.state}"),
        "periods": lambda one: one.periods,
        "done": lambda one: one.done,
        "parked": lambda one: one.parked,
        "bills": lambda one: one.bills,
        "started": lambda one: one.run.started_at,
        "finished": lambda one: one.run.finished_at,
    },
)
RUN_PERIODS: Final = Listing[RowsOf, ItemSeen](
    name="bill-run-periods",
    states="period",
    page=lambda of, limit, after: run_items(
        of.number, state=of.state or None, limit=limit, after=after
    ),
    place=lambda one: one.item.pk,
    at=lambda one: one.item.done_at,
    columns={
        "merchant account": lambda one: str(one.account.number),
        "merchant": lambda one: Merchant(one.account.owner),
        "from": lambda one: one.item.first_day,
        "to": lambda one: one.item.last_day,
        "state": lambda one: Said(f"period {one.item.state}"),
        "bill": lambda one: "" if one.item.bill is None else str(one.item.bill),
        "reason": lambda one: one.item.reason,
        "attempts": lambda one: one.item.attempts,
        "finished": lambda one: one.item.done_at,
    },
)
