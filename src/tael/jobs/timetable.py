"""The timetable: which job is done when. Each is one call of the domain.

Cron has a sixth field for seconds. A job that is still waiting is not put into the queue a second time, and
one that is still being done is not begun a second time, but for those that share their work out.

Source: architecture, section 5 (jobs); reliability T3.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from procrastinate import Blueprint
from procrastinate.exceptions import AlreadyEnqueued
from psycopg.errors import InsufficientPrivilege

from tael import books, ledger
from tael.approvals.proposal import expire_proposals
from tael.jobs import retention
from tael.jobs.stalled import dead_after, take_up_stalled
from tael.outbox import delivery
from tael.parties import actor as actors
from tael.postgres.connect import find_databases
from tael.settlement.accounts import account_subtotal
from tael.settlement.bills.bill_grace import issue_after_grace
from tael.settlement.bills.bill_run import bill_today
from tael.settlement.bills.bill_silence import tell_of_silence
from tael.settlement.bills.reserve import release_due_reserves
from tael.settlement.completeness import completeness_run
from tael.settlement.payouts import result_preview
from tael.settlement.payouts.automatic import run_automatic
from tael.settlement.payouts.inquiry import ask_due
from tael.settlement.records.import_check import carry_on_imports as _carry_on
from tael.settlement.remittances.collection import collect_due
from tael.settlement.remittances.remittance_expiry import expire_remittances, remittance_lifetime
from tael.settlement.reports.period_report import make_due_reports
from tael.wallet import flow_days, flow_events, subtotal
from tael.wallet.early_refund import tell_of_waiting_refunds
from tael.wallet.paid_orders import ask_about_paid_orders, chargeback_window
from tael.wallet.period_totals import add_up_closed_months
from tael.wallet.recharge_order import expire_orders
from tael.wallet.silent_orders import ask_gateways
from tael.wallet.suspense_return import ask_for_returns
from tael.wallet.unfreeze import expire_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from procrastinate import JobContext
    from psycopg import Connection

INSIDE: Final = "default"
OUTSIDE: Final = (
    "outside"  # the queue of the jobs that ask other systems, and wait for what they answer
)

log: Final = logging.getLogger(__name__)


class Job(NamedTuple):
    """One line of the timetable.

    Args:
        cron: minute, hour, day, month, weekday and, if wanted, second.
        does: what is done; it is told the time.
        shared: several may be at it, each with what no other has in hand.
    """

    name: str
    cron: str
    does: Callable[[datetime], object]
    queue: str = INSIDE
    shared: bool = False


def expire_holds(at: datetime) -> int:
    """Give back what is left of the holds whose time has come.

    Source: F-31; I13.
    """
    run = expire_due(at=at)
    for hold, refusal in run.parked:
        log.warning("hold %s stays: %s: %s", hold, refusal.code, refusal.message)
    return len(run.expired)


def ask_silent_gateways(at: datetime) -> int:
    """Ask the payment gateways about the orders whose notices never came.

    Source: reliability T8 (no callback at all).
    """
    told = ask_gateways(at=at)
    for number, refusal in told.failed:
        log.warning("recharge order %s: %s: %s", number, refusal.code, refusal.message)
    return len(told.outcomes)


def ask_paid_gateways(at: datetime) -> int:
    """Ask the payment gateways whether they have taken back what was paid, within the operator's window.

    Source: reliability T8 (no callback at all), section 3a (refund or chargeback).
    """
    told = ask_about_paid_orders(at=at, window=chargeback_window(os.environ))
    for number, refusal in told.failed:
        log.warning("paid order %s: %s: %s", number, refusal.code, refusal.message)
    return len(told.outcomes)


def withdraw_by_rule(at: datetime) -> int:
    """Pay out the merchant accounts whose rule's day has come.

    Source: B-36; A-B17; peers-settlement-invest A17.
    """
    run = run_automatic(at=at)
    for one in run.parked:
        why = "; ".join(refusal.message for refusal in one.refusals)
        log.info("merchant account %s is not paid out: %s", one.account.number, why)
    return len(run.applied)


def return_money(at: datetime) -> int:
    """Let the gateways give back the money in suspense of which people have confirmed it.

    Source: reliability, section 3a (suspense).
    """
    told = ask_for_returns(at=at)
    for number, refusal in told.failed:
        log.warning("return %s: %s: %s", number, refusal.code, refusal.message)
    return len(told.outcomes)


def tell_of_early_refunds(at: datetime) -> int:
    """Raise the alarm for refunds whose payment has not come within a day.

    Source: reliability, section 3a (refund or chargeback).
    """
    return tell_of_waiting_refunds(at=at)


def make_room(_at: datetime) -> None:
    """Make the journal's next leaves before somebody needs them.

    A book that another program keeps beside ours, and has granted us nothing of, is passed over: whoever
    writes in it makes room himself.

    Source: architecture, section 2.
    """
    connection = books.connection()
    for book in ledger.books(connection):
        with suppress(InsufficientPrivilege):
            ledger.make_room_ahead(connection, book=book)


def index_full_leaves(_at: datetime) -> int:
    """Index the leaves of the journal that are full.

    Source: performance, section 9.
    """
    with _as_owner() as owner:
        return sum(ledger.index_full_leaves(owner, book=book) for book in ledger.books(owner))
    return 0


def forget_old(at: datetime) -> int:
    """Forget what is older than its setting: notices' words, told events, ended sessions and the like.

    Source: T22.
    """
    with _as_owner() as owner:
        forgotten = retention.forget_old(owner, at=at)
        for name, count in forgotten.items():
            log.info("forgotten, older than it is kept: %s %s", count, name)
        return sum(forgotten.values())
    return 0


def tell_new_entries(_at: datetime) -> int:
    """Make events of what the journal has booked.

    Source: architecture, section 5 (transactional outbox).
    """
    return flow_events.tell_new_entries()


def add_up_days(at: datetime) -> int:
    """Add what was booked to the sums of the days, which the charts read.

    Source: F-22; peers-settlement-invest, section 4.3.
    """
    return flow_days.add_up_days(at=at)


def add_up_periods(_at: datetime) -> int:
    """Add up what customers owned in the months that have been closed.

    Source: I35; B-28.
    """
    return add_up_closed_months()


def add_up_wallets(_at: datetime) -> int:
    """Add up the lines of busy wallets, so that a page of their statements reads a few only.

    Source: F-22; B-28.
    """
    return subtotal.add_up_wallets()


def add_up_accounts(_at: datetime) -> int:
    """Add up the lines of busy merchant accounts, so that their details and reports read a few only.

    Source: E-11, E-16; B-06.
    """
    return account_subtotal.add_up_accounts()


def make_bills(at: datetime) -> int:
    """Make the bills that are due today, soon after midnight of each account's zone.

    Source: B-20, B-26.
    """
    return bill_today(at=at)


def tell_of_silent_bill_runs(at: datetime) -> int:
    """Raise the alarm where a day's bills were not made, though they have been tried once more.

    A worker that was down over midnight makes them when it comes up; that is no alarm.

    Source: B-20.
    """
    try:
        bill_today(at=at)
    finally:
        told = tell_of_silence(at=at)
    return told


def ask_business_systems(at: datetime) -> int:
    """Ask for the daily completeness check of each source that has an address.

    Source: B-14.
    """
    return completeness_run.check_source_daily(
        days=completeness_run.days_checked_daily(os.environ), at=at
    )


def check_completeness(_at: datetime) -> int:
    """Carry out the completeness checks that somebody asked for.

    Source: B-14; reliability T3.
    """
    return completeness_run.carry_out_waiting(clock=_now)


def ask_about_payouts(_at: datetime) -> int:
    """Ask the channels what became of payouts whose outcome nobody knows.

    Source: peers-settlement-invest A7.
    """
    return ask_due(clock=_now)


def collect_debts(at: datetime) -> int:
    """Take what merchants owe from the wallets that their terms name.

    Source: B-25.
    """
    run = collect_due(at=at)
    for number, refusal in run.parked:
        log.warning("merchant account %s owes still: %s: %s", number, refusal.code, refusal.message)
    return len(run.collected)


def expire_declared_remittances(at: datetime) -> int:
    """Close the remittances that nobody has confirmed or disputed in the operator's time.

    Source: SM-05; peers-settlement-invest A14.
    """
    return expire_remittances(at=at, lifetime=remittance_lifetime(os.environ))


def expire_old_proposals(at: datetime) -> int:
    """Close the proposals that nobody has decided in time.

    Source: I32; peers-settlement-invest, section 3.3.
    """
    told = books.Instruction(key=f"expiry-{at.isoformat()}", actor=actors.of_part("expiry"), at=at)
    return expire_proposals(instruction=told)


TIMETABLE: Final = (
    Job("tell_new_entries", "* * * * * */2", tell_new_entries),
    Job("add_up_days", "* * * * * */5", add_up_days),
    Job("expire_holds", "* * * * * */15", expire_holds),
    Job("expire_recharge_orders", "* * * * * 20", lambda at: expire_orders(at=at)),
    Job("ask_silent_gateways", "* * * * * 50", ask_silent_gateways, OUTSIDE),
    Job("ask_paid_gateways", "* * * * * 5", ask_paid_gateways, OUTSIDE),
    Job("withdraw_by_rule", "7 * * * *", withdraw_by_rule),
    Job("return_money", "* * * * * */10", return_money, OUTSIDE),
    Job("tell_of_early_refunds", "*/10 * * * *", tell_of_early_refunds),
    Job("add_up_wallets", "*/5 * * * *", add_up_wallets),
    Job("add_up_accounts", "2-59/5 * * * *", add_up_accounts),
    Job("make_room", "* * * * * 40", make_room),
    Job("add_up_periods", "*/2 * * * *", add_up_periods),
    Job("index_full_leaves", "*/10 * * * *", index_full_leaves),
    Job("make_bills", "1-59/10 * * * *", make_bills),
    Job("issue_bills", "3-59/10 * * * *", lambda at: issue_after_grace(at=at)),
    Job("release_reserves", "5-59/10 * * * *", lambda at: release_due_reserves(at=at)),
    Job("make_period_reports", "9-59/10 * * * *", lambda at: make_due_reports(at=at)),
    Job("tell_of_silent_bill_runs", "25 * * * *", tell_of_silent_bill_runs),
    Job("ask_business_systems", "23 * * * *", ask_business_systems),
    Job("check_completeness", "* * * * * */5", check_completeness, OUTSIDE, shared=True),
    Job("ask_about_payouts", "* * * * * */30", ask_about_payouts, OUTSIDE),
    Job("carry_on_imports", "* * * * * */2", lambda _at: _carry_on(clock=_now), shared=True),
    Job("look_at_answers", "* * * * * */2", lambda _at: result_preview.look_at_waiting(clock=_now)),
    Job("collect_debts", "7-59/10 * * * *", collect_debts),
    Job("expire_remittances", "*/15 * * * *", expire_declared_remittances),
    Job("expire_proposals", "*/15 * * * * 30", expire_old_proposals),
    Job("forget_old", "17 3 * * *", forget_old),
)


def timetable(*, heartbeat: int) -> Blueprint:
    """Give the jobs as the queue wants them.

    Args:
        heartbeat: seconds between the signs of life of a worker, 1 to 10.
    """
    queue = Blueprint()
    for job in TIMETABLE:
        _add(queue, job)

    @queue.task(name="deliver_webhooks", queue=OUTSIDE)
    def deliver(endpoint: int) -> None:
        delivery.deliver_due(endpoint=endpoint, clock=_now)

    @queue.periodic(cron="* * * * * */2")
    @queue.task(name="wake_endpoints", queueing_lock="wake_endpoints")
    def wake_endpoints(timestamp: int) -> None:  # noqa: ARG001 - the queue's form
        for number in delivery.due_endpoints(at=_now()):
            one = f"endpoint:{number}"  # one worker at a time for each: a slow one cannot take them all
            with suppress(AlreadyEnqueued):
                deliver.configure(lock=one, queueing_lock=one).defer(endpoint=number)

    @queue.periodic(cron=f"* * * * * */{dead_after(heartbeat)}")
    @queue.task(name="take_up_stalled", queueing_lock="take_up_stalled", pass_context=True)
    async def take_up(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue's form
        await take_up_stalled(context.app.job_manager, heartbeat=heartbeat)

    @queue.periodic(cron="29 * * * *")
    @queue.task(name="forget_jobs", queueing_lock="forget_jobs", pass_context=True)
    async def forget_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue's form
        await context.app.job_manager.delete_old_jobs(
            nb_hours=24 * retention.kept_days("jobs"), include_failed=True, include_aborted=True
        )

    return queue


def _add(queue: Blueprint, job: Job) -> None:
    def body(timestamp: int) -> None:  # noqa: ARG001 - when it was due; what counts is the time now
        job.does(_now())

    alone = None if job.shared else job.name
    task = queue.task(name=job.name, queue=job.queue, lock=alone, queueing_lock=job.name)
    queue.periodic(cron=job.cron)(task(body))


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the worker is a door and reads the clock


@contextmanager
def _as_owner() -> Iterator[Connection]:
    """Give a connection of the owner, whom the environment names.

    Where it names none but a login with fewer rights, the work is left to `tael maintain`, and that is said.

    Source: reliability, M13.
    """
    databases = find_databases(os.environ)
    assert databases is not None, "a worker has its database"
    try:
        with databases.owner() as connection:
            yield connection
    except InsufficientPrivilege as failure:
        log.warning(
            "left to `tael maintain`, run by the owner of the database: %s",
            failure.diag.message_primary,
        )
