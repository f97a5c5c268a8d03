"""I21: whatever happens to records, terms and bills, each confirmed record is on one bill at last.

Histories are drawn, let happen, and compared day by day with the same on paper.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from builders import STAFF, an_instruction, money
from conftest import a_database
from properties.settlement_model import DAY, Paper, PaperAccount, Papers
from properties.size import SEED, sized
from settlement_builders import a_kind, a_merchant_account, signed, the_shop
from tael.ledger import AccountBlocked
from tael.settlement.accounts.merchant_account import (
    MerchantAccount,
    amounts_now,
    disable_merchant_account,
    enable_merchant_account,
)
from tael.settlement.accounts.terms import AccountTerms, set_terms
from tael.settlement.bills.bill import issue_bill, refresh_bill, replace_bill, review_bill
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.bills.reserve import kept_back_now, release_due_reserves
from tael.settlement.models import Accrual, Bill, BillRunItem
from tael.settlement.records.accrual import Told, confirm_accrual, fail_accrual, record_accrual
from tael.settlement.records.reversal import reverse_accrual

BEGIN = date(2026, 11, 3)
CYCLES = (("day", 1), ("week", 1), ("week", 4), ("month", 1), ("month", 15), ("month", 28))
KINDS = ("phone", "advance")
ACTS = (
    *("record",) * 6,
    *("confirm", "fail", "reverse", "reverse") * 2,
    *("days",) * 6,
    *("issue", "replace", "refresh", "review", "terms", "terms", "switch", "release", "again"),
)
AGO = (0, 0, 1, 0, 2, 30, 0, 1, 4, 0, 11)  # days
number = st.integers(0, 2**16)
HISTORIES = st.lists(
    st.tuples(st.sampled_from(ACTS), number, number, number), min_size=15, max_size=60
)


class History:
    """The same acts in the database and on paper."""

    def __init__(self) -> None:
        """Open two accounts."""
        self.today = BEGIN
        self.papers = Papers()
        self.real: dict[int, MerchantAccount] = {}
        self.seen: Counter[str] = Counter()
        the_shop()
        a_kind("phone", unit="min")
        a_kind("advance")
        for _ in range(2):
            account = a_merchant_account()
            self.real[account.number] = account
            born = date(2026, 11, 2)  # as the builder opens it
            self.papers.accounts.append(PaperAccount(account.number, born))
        for place in range(2):
            self.terms(place, place, 0)

    @property
    def at(self) -> datetime:
        return datetime.combine(self.today, time(12), UTC)

    def told(self) -> Any:
        return an_instruction(at=self.at)

    def let(self, act: str, one: int, two: int, three: int) -> None:
        getattr(self, act)(one, two, three)
        self.compare()

    def an_account(self, place: int) -> PaperAccount:
        return self.papers.accounts[place % len(self.papers.accounts)]

    def days(self, one: int, two: int, _: int) -> None:
        """Some days pass; the job runs on each, or on the last only."""
        for left in reversed(range(1 + one % 20)):
            self.today += DAY
            if two % 3 == 0 or not left:
                run_bills(day=self.today, actor="system", at=self.at, chunk=1 + two % 2)
                self.papers.run(self.today)

    def again(self, one: int, _: int, __: int) -> None:
        """Somebody runs a day that was run, or was missed."""
        day = self.today - one % 30 * DAY
        run_bills(day=day, actor=STAFF, at=self.at)
        self.papers.run(day)

    def record(self, one: int, two: int, three: int) -> None:
        """Some acts are told of, most of them of these days."""
        for place in range(3):
            self._record(one + place, two * (place + 1), AGO[(three + place) % len(AGO)])

    def _record(self, one: int, two: int, ago: int) -> None:
        account = self.an_account(one)
        if account.off:
            return
        minor = (two % 2000 - 700) or 1
        paper = Paper(
            f"N{len(self.papers.records)}",
            account.number,
            minor,
            self.today - ago * DAY,
            "pending" if one % 3 == 0 else "confirmed",
        )
        kind = KINDS[two % 2]
        text = f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"
        record_accrual(
            account=self.real[account.number],
            told=Told(
                source="shop",
                kind=kind,
                number=paper.number,
                amount=signed(text),
                day=paper.day,
                quantity=None if kind == "advance" else Decimal(abs(minor) % 90),
            ),
            confirmed=paper.state == "confirmed",
            actor=STAFF,
            at=self.at,
        )
        self.papers.records.append(paper)

    def confirm(self, one: int, _: int, __: int) -> None:
        self._decide("confirmed", confirm_accrual, one)

    def fail(self, one: int, _: int, __: int) -> None:
        self._decide("failed", fail_accrual, one)

    def _decide(self, state: str, decide: Any, place: int) -> None:
        pending = [paper for paper in self.papers.records if paper.state == "pending"]
        if pending:
            paper = pending[place % len(pending)]
            kind = Accrual.objects.get(number=paper.number).kind_id
            decide(source="shop", kind=kind, number=paper.number, actor=STAFF, at=self.at)
            paper.state = state
            self.seen[state] += 1

    def reverse(self, one: int, two: int, three: int) -> None:
        """A part of a confirmed record, or what is left of it, is taken back; perhaps in another period."""
        open_ones = [
            paper
            for paper in self.papers.records
            if paper.state == "confirmed" and paper.reverses is None and paper.left
        ]
        if not open_ones:
            return
        paper = open_ones[one % len(open_ones)]
        if next(each for each in self.papers.accounts if each.number == paper.account).off:
            return
        minor = paper.left if two % 3 == 0 else 1 + two % paper.left
        back = Paper(
            f"R{len(self.papers.records)}",
            paper.account,
            -minor if paper.amount > 0 else minor,
            self.today - three % 5 * DAY,
            "confirmed",
            reverses=paper.number,
        )
        reverse_accrual(
            source="shop",
            kind=Accrual.objects.get(number=paper.number).kind_id,
            reversed_number=paper.number,
            number=back.number,
            amount=money(f"{minor // 100}.{minor % 100:02d}"),
            day=back.day,
            actor=STAFF,
            at=self.at,
        )
        paper.reversed += minor
        self.papers.records.append(back)
        self.seen["reversed later" if paper.bill else "reversed"] += 1

    def terms(self, one: int, two: int, three: int) -> None:
        account = self.an_account(one)
        account.cycle, account.anchor = CYCLES[two % len(CYCLES)]
        account.settle_after = 1 + three % 3
        account.review = three % 4 == 3
        account.percent = (0, 0, 10)[two % 3]
        set_terms(
            account=self.real[account.number],
            terms=AccountTerms(
                cycle=account.cycle,
                anchor=account.anchor,
                settle_after=account.settle_after,
                review=account.review,
                reserve_percent=str(account.percent),
                reserve_days=7 if account.percent else 0,
                reversal_style=("red", "blue")[three % 2],
                zone="UTC",
            ),
            instruction=self.told(),
        )

    def switch(self, one: int, _: int, __: int) -> None:
        account = self.an_account(one)
        act = enable_merchant_account if account.off else disable_merchant_account
        act(account=self.real[account.number], actor=STAFF, at=self.at, reason="drawn")
        account.off = not account.off

    def _a_bill(self, one: int, two: int, *states: str) -> tuple[PaperAccount, date, int] | None:
        account = self.an_account(one)
        found = sorted(last for last, bill in account.bills.items() if bill.state in states)
        if not found:
            return None
        last = found[two % len(found)]
        live = Bill.objects.exclude(state="void").get(account=account.number, last_day=last)
        return account, last, live.pk

    def issue(self, one: int, two: int, _: int) -> None:
        found = self._a_bill(one, two, "draft")
        if found is None:
            return
        account, last, real = found
        bill = account.bills[last]
        if account.off and bill.total:
            with pytest.raises(AccountBlocked):
                issue_bill(number=real, instruction=self.told())
            return
        issue_bill(number=real, instruction=self.told())
        self.papers.issue(bill)

    def review(self, one: int, two: int, _: int) -> None:
        found = self._a_bill(one, two, "draft")
        if found is not None:
            review_bill(number=found[2], instruction=self.told())

    def refresh(self, one: int, two: int, _: int) -> None:
        found = self._a_bill(one, two, "draft")
        if found is not None and Bill.objects.get(pk=found[2]).state == "draft":
            account, last, real = found
            refresh_bill(number=real, instruction=self.told())
            self.papers.take(account, last, account.bills[last])

    def replace(self, one: int, two: int, _: int) -> None:
        found = self._a_bill(one, two, "draft", "issued")
        if found is None:
            return
        account, last, real = found
        replace_bill(number=real, reason="drawn", instruction=self.told())
        self.papers.replace(account, last)
        self.seen["replaced"] += 1

    def release(self, _: int, __: int, ___: int) -> None:
        """Reserves are kept for a week from their issue; those of accounts that are off are given back too."""
        release_due_reserves(at=self.at + timedelta(days=400))
        for account in self.papers.accounts:
            for bill in account.bills.values():
                bill.kept = 0

    def compare(self) -> None:
        """The bills, what is on them, and the accounts are as on paper."""
        live = {(row.account_id, row.last_day): row for row in Bill.objects.exclude(state="void")}
        on_paper = {
            (account.number, last): bill
            for account in self.papers.accounts
            for last, bill in account.bills.items()
        }
        assert live.keys() == on_paper.keys()
        for key, bill in on_paper.items():
            row = live[key]
            state = "draft" if row.state == "reviewed" else row.state
            assert (state, row.total, row.records) == (bill.state, bill.total, len(bill.records))
        where = dict(Accrual.objects.values_list("number", "bill"))
        for paper in self.papers.records:
            there = paper.bill and live[paper.account, paper.bill].pk
            assert where[paper.number] == there, paper
        for account in self.papers.accounts:
            real = self.real[account.number]
            kept = sum(bill.kept for bill in account.bills.values())
            owed = amounts_now([real])[real.number].minor
            assert (owed, kept_back_now(real).amount.minor) == (self.papers.owed(account), kept)

    def come_to_an_end(self) -> None:
        """Every account is on, time passes, every draft is issued: nothing confirmed is left over."""
        for account in self.papers.accounts:
            if account.off:
                self.switch(self.papers.accounts.index(account), 0, 0)
        for _ in range(4):
            self.days(19, 1, 0)
        self.compare()
        for row in Bill.objects.filter(state__in=["draft", "reviewed"]):
            issue_bill(number=row.pk, instruction=self.told())
        self.release(0, 0, 0)
        left = Accrual.objects.filter(state="confirmed", bill__isnull=True)
        assert not left.exists()
        assert not Accrual.objects.exclude(state="confirmed").filter(bill__isnull=False).exists()
        assert not BillRunItem.objects.exclude(state="done").exists()
        for number_, account in self.real.items():
            bills = Bill.objects.filter(account=number_, state="issued")
            confirmed = Accrual.objects.filter(account=number_, state="confirmed")
            billed = sum(bills.values_list("total", flat=True))
            assert amounts_now([account])[number_].minor == billed
            assert billed == sum(confirmed.values_list("amount", flat=True))


EVENTS = {"confirmed", "failed", "reversed", "reversed later", "replaced"}


@pytest.mark.rule("I21", "B-21", "B-23", "B-26", "B-06")
@pytest.mark.timeout(3600)
def test_every_confirmed_record_reaches_one_bill_and_the_account_is_their_sum(
    pg: Any, maintenance: Any, proven: Any
) -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=sized(10, 400, 3_000),
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(HISTORIES)
    def histories(acts: list[tuple[str, int, int, int]]) -> None:
        with a_database(pg, maintenance, proven):
            history = History()
            for act in acts:
                history.let(*act)
            history.come_to_an_end()
            seen.update(history.seen)

    print(f"TAEL_TEST_SEED={SEED}")  # noqa: T201 - repeats a failure
    for turn in range(4):  # chance may leave a rare event out of one turn
        seed(SEED + turn)(histories)()
        if seen.keys() >= EVENTS:
            break
    assert seen.keys() >= EVENTS
