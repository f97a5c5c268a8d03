"""Finding bill runs (出賬批次): how far each is, and what it could not bill, with the reason.

Source: B-20, B-26; peers-settlement-invest A8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from psycopg import Cursor

from tael import books
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.bills.bill_run import Progress, progress_of
from tael.settlement.models import BillRun, BillRunItem

if TYPE_CHECKING:
    from datetime import date

    from tael.settlement.accounts.merchant_account import MerchantAccount

PAGE_MAX: Final = 200
ITEM_STATES: Final = ("waiting", "done", "parked")

_COUNTED: Final = """
    SELECT run, count(*), count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'parked'),
        count(bill)
    FROM settlement_bill_run_item WHERE run = ANY(%s) GROUP BY run
"""


class UnknownBillRun(Refusal):
    """There is no such bill run."""

    code = "unknown_bill_run"
    because: ClassVar[Because] = "absent"
    rule = "B-20"
    remedy = "Check the number of the run."


class RunSeen(NamedTuple):
    """A run in a list: periods in all, done and parked, and bills made of them."""

    run: BillRun
    periods: int
    done: int
    parked: int
    bills: int

    @property
    def waiting(self) -> int:
        """Give how many periods nobody has tried yet."""
        return self.periods - self.done - self.parked

    @property
    def percent(self) -> int:
        """Give how far it is, in whole percent; a run without periods is at its end."""
        return 100 * self.done // self.periods if self.periods else 100


class RunFacts(NamedTuple):
    """One run and how far it is."""

    run: BillRun
    progress: Progress

    @property
    def waiting(self) -> int:
        """Give how many periods nobody has tried yet."""
        return self.progress.periods - self.progress.done - self.progress.parked

    @property
    def percent(self) -> int:
        """Give how far it is, in whole percent; a run without periods is at its end."""
        periods = self.progress.periods
        return 100 * self.progress.done // periods if periods else 100

    @property
    def goes_on(self) -> bool:
        """Tell whether something is left that nobody has tried yet, also of periods not counted yet."""
        all_tried = self.waiting == 0 and self.progress.parked > 0
        return self.run.state == "running" and not all_tried


class ItemSeen(NamedTuple):
    """An account's period within a run."""

    item: BillRunItem
    account: MerchantAccount


def bill_runs(*, limit: int = 50, before: int | None = None) -> list[RunSeen]:
    """List the runs, newest first. Two queries.

    Args:
        limit: at most 200. before: those below this number.

    Source: B-20; A8.
    """
    found = BillRun.objects.order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    runs = list(found[: min(max(limit, 1), PAGE_MAX + 1)])
    rows = Cursor(books.connection()).execute(_COUNTED, [[run.pk for run in runs]]).fetchall()
    counted = {run: figures for run, *figures in rows}
    return [RunSeen(run, *counted.get(run.pk, (0, 0, 0, 0))) for run in runs]


def run_facts(number: int) -> RunFacts:
    """Give one run.

    Raises:
        UnknownBillRun: there is none.

    Source: B-20; A8.
    """
    run = BillRun.objects.filter(pk=number).first() if number > 0 else None
    if run is None:
        raise _unknown(str(number))
    return RunFacts(run, progress_of(run.pk))


def run_of(day: date) -> RunFacts:
    """Give the run of a business day.

    Raises:
        UnknownBillRun: nobody has started one.

    Source: B-20.
    """
    run = BillRun.objects.filter(day=day).first()
    if run is None:
        raise _unknown(day.isoformat())
    return RunFacts(run, progress_of(run.pk))


def run_items(
    run: int, *, state: str | None = None, limit: int = 50, after: int | None = None
) -> list[ItemSeen]:
    """List the periods of a run, or those in a state, such as the parked ones with their reasons.

    Args:
        limit: at most 200. after: those above this number.

    Source: B-26; A8.
    """
    found = BillRunItem.objects.filter(run=run).select_related("account").order_by("id")
    if state is not None:
        found = found.filter(state=state)
    if after is not None:
        found = found.filter(pk__gt=after)
    rows = found[: min(max(limit, 1), PAGE_MAX + 1)]
    return [ItemSeen(row, account_from(row.account)) for row in rows]


def _unknown(there: str) -> UnknownBillRun:
    return UnknownBillRun("There is no such bill run.", field="run", there=there[:32])
