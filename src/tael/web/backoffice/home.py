"""The back office's first page: the business day, what waits for a person, and what moves.

Source: peers-settlement-invest, sections 4.1 and 4.3.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.urls import path
from django.utils.translation import gettext as _

from tael import books
from tael.approvals.proposal_search import proposals_waiting
from tael.money import Money
from tael.payouts.waiting import waiting_withdrawals
from tael.refusal import Refusal
from tael.settlement.bills.bill_search import BillsWanted, bill_totals
from tael.settlement.completeness.completeness_search import open_cases
from tael.settlement.lifecycles import BatchState, BillState
from tael.settlement.payouts.batch_search import BatchesWanted, batch_totals, withdrawals_waiting
from tael.settlement.remittances.remittance_search import remittances_waiting
from tael.wallet.flow_sums import flow_sums
from tael.wallet.operation import Operation
from tael.wallet.order_search import notices_to_look_into
from tael.wallet.serial_number import business_zone
from tael.wallet.waiting import waiting
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked, begin_of_day
from tael.web.look.chart import Line, chart
from tael.web.look.formats import NAMES

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.payouts.waiting import WaitingSum
    from tael.wallet.flow_sums import FlowSum
    from tael.web.backoffice.page import Staff

PERIODS: Final = {"1M": 31, "3M": 92, "1Y": 366}
"""Chips of the chart, in days."""
FIRST_PERIOD: Final = "1M"
LOOKED_BACK: Final = 7
"""Days for which a notice to look into stands here."""


@page()
def home(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show what waits and what moves, as far as one's roles may see it."""
    now = datetime.now(UTC)  # noqa: TID251 - the caller's clock
    today = now.astimezone(business_zone()).date()
    facts: dict[str, Any] = {"today": today, "now": now, "until_today": f"until={today}"}
    if staff.may("withdrawals.see"):
        withdrawals = waiting_withdrawals()
        facts |= {
            "withdrawals": withdrawals,
            "to_review": _in_state(withdrawals, "applied"),
            "to_check": _in_state(withdrawals, "reviewed"),
        }
    if staff.may("settlement.see"):
        facts["cases"] = open_cases()
    if staff.may("wallets.see"):
        facts["waiting"] = waiting(at=now, until=begin_of_day(today + timedelta(days=1)))
    if staff.may("orders.see"):
        first = today - timedelta(days=LOOKED_BACK - 1)
        facts["notices"] = notices_to_look_into(since=begin_of_day(first))
        facts["look_query"] = f"verdict=look&since={first}"
    if staff.may("proposals.decide"):
        facts["proposals"] = sum(proposals_waiting(at=now, but=staff.actor).values())
    if staff.may("remittances.handle"):
        facts["remittances"] = remittances_waiting(payer="merchant")
    facts |= _of_merchants(staff)
    status = 200
    if staff.may("flows.see"):
        try:
            facts |= _flows(request, today, now)
        except Refusal as refusal:
            facts["refusal"] = refusal
            status = STATUS[refusal.because]
    return rendered(request, "backoffice/home.html", facts, staff=staff, status=status)


def _of_merchants(staff: Staff) -> dict[str, Any]:
    """Give what waits of the settlement: drafts of bills, merchants to be paid, batches to be approved."""
    facts: dict[str, Any] = {}
    if staff.may("bills.make"):
        drafts = bill_totals(BillsWanted(state=BillState.DRAFT))
        facts["drafts"] = {
            "count": sum(one.bills for one in drafts),
            "amounts": [one.total for one in drafts],
        }
    if staff.may("payouts.make"):
        to_pay = withdrawals_waiting()
        facts["to_pay"] = {
            "count": sum(one.rows for one in to_pay),
            "amounts": [one.total for one in to_pay],
        }
    if staff.may("proposals.decide"):
        checked = batch_totals(BatchesWanted(state=BatchState.CHECKED))
        facts["batches"] = {
            "count": sum(one.batches for one in checked),
            "amounts": [one.total for one in checked],
        }
    return facts


def _in_state(withdrawals: list[WaitingSum], state: str) -> dict[str, Any]:
    """Give what waits in one state: how many, and how much in each currency."""
    found = [one for one in withdrawals if one.state == state]
    return {
        "count": sum(one.applications for one in found),
        "amounts": [one.amount for one in found],
    }


def _flows(request: HttpRequest, today: date, now: datetime) -> dict[str, Any]:
    asked = Asked(request.GET, ("currency", "period"))
    period = asked.word("period", PERIODS) or FIRST_PERIOD
    codes = [code for code, state in books.currencies().items() if state.enabled]
    currency = asked.currency() or (codes[0] if codes else "")
    facts: dict[str, Any] = {"period": period, "periods": list(PERIODS), "codes": codes}
    if not currency:
        return facts
    since = today - timedelta(days=PERIODS[period] - 1)
    sums, missing = flow_sums(currency, since=since, until=today, at=now)
    totals = _totals(sums)
    return facts | {
        "currency": currency,
        "totals": totals,
        "missing": missing,
        "chart": _chart(sums, [operation for operation, _amount in totals], since, today),
    }


def _totals(sums: list[FlowSum]) -> list[tuple[Operation | None, Money]]:
    """Add up what each operation moved in the whole period, in the order of their numbers."""
    totals: dict[Operation | None, Money] = {}
    for one in sums:
        so_far = totals.get(one.operation)
        totals[one.operation] = one.amount if so_far is None else so_far + one.amount
    return sorted(totals.items(), key=lambda total: total[0] or len(Operation) + 1)


def _chart(
    sums: list[FlowSum], operations: list[Operation | None], since: date, today: date
) -> dict[str, Any]:
    """Give the drawing: one line for each operation, a point for each day."""
    moved = {(one.day, one.operation): one.amount for one in sums}
    days = [since + timedelta(days=past) for past in range((today - since).days + 1)]
    nothing = Money.zero(sums[0].amount.currency) if sums else None
    return chart(
        days,
        [
            Line(
                str(_("refund") if operation is None else NAMES[operation]),
                [moved.get((day, operation), nothing) for day in days],
            )
            for operation in operations
        ],
    )


addresses: Final = [path("", home, name="home")]
