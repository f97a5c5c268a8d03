"""Bills on paper: what records, periods and bills come to, day by day and without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass
class Paper:
    """A business record on paper."""

    number: str
    account: int
    amount: int
    day: date
    state: str
    reverses: str | None = None
    bill: date | None = None  # the last day of the bill's period
    reversed: int = 0

    @property
    def left(self) -> int:
        """How much of it may still be taken back."""
        return abs(self.amount) - self.reversed


@dataclass
class PaperBill:
    """A bill on paper, known by its account and its last day."""

    state: str
    percent: int
    records: list[Paper]
    kept: int = 0

    @property
    def total(self) -> int:
        """What its records come to."""
        return sum(record.amount for record in self.records)


@dataclass
class PaperAccount:
    """An account on paper: its terms, its periods, its bills."""

    number: int
    born: date
    cycle: str = "month"
    anchor: int = 1
    settle_after: int = 1
    review: bool = False
    percent: int = 0
    off: bool = False
    opened_to: date | None = None
    waiting: list[date] = field(default_factory=list)
    bills: dict[date, PaperBill] = field(default_factory=dict)

    def ends(self, day: date) -> bool:
        """Whether a period ends on a day."""
        following = day + DAY
        if self.cycle == "day":
            return True
        return (following.isoweekday() if self.cycle == "week" else following.day) == self.anchor

    def open_periods(self, today: date) -> None:
        """Let the periods that are due by today wait for their bills."""
        newest = today - self.settle_after * DAY
        while not self.ends(newest):
            newest -= DAY
        day = self.opened_to + DAY if self.opened_to else min(self.born, newest)
        while day <= newest:
            if self.ends(day):
                self.waiting.append(day)
                self.opened_to = day
            day += DAY


class Papers:
    """Everything on paper."""

    def __init__(self) -> None:
        """Nothing has happened."""
        self.accounts: list[PaperAccount] = []
        self.records: list[Paper] = []

    def unsettled(self, account: PaperAccount, last: date) -> list[Paper]:
        """What a bill of a period takes."""
        return [
            record
            for record in self.records
            if record.account == account.number
            and record.state == "confirmed"
            and record.bill is None
            and record.day <= last
        ]

    def take(self, account: PaperAccount, last: date, bill: PaperBill) -> None:
        """Put what is unsettled on a bill."""
        taken = self.unsettled(account, last)
        bill.records += taken
        for record in taken:
            record.bill = last

    def run(self, today: date) -> None:
        """Bill what is due, oldest period first; an account that is switched off stops where it must pay."""
        for account in self.accounts:
            account.open_periods(today)
            while account.waiting:
                last = account.waiting[0]
                taken = self.unsettled(account, last)
                total = sum(record.amount for record in taken)
                if account.off and total and not account.review:
                    break
                account.waiting.pop(0)
                if taken:
                    bill = PaperBill("draft", account.percent, [])
                    self.take(account, last, bill)
                    account.bills[last] = bill
                    if not account.review:
                        self.issue(bill)

    @staticmethod
    def issue(bill: PaperBill) -> None:
        """Enter a bill, and keep a part of it back."""
        bill.state = "issued"
        bill.kept = max(bill.total, 0) * bill.percent // 100

    def replace(self, account: PaperAccount, last: date) -> None:
        """Make a bill anew, by the terms of now."""
        bill = account.bills[last]
        bill.state, bill.percent, bill.kept = "draft", account.percent, 0
        self.take(account, last, bill)

    @staticmethod
    def owed(account: PaperAccount) -> int:
        """What is on the account."""
        issued = [bill for bill in account.bills.values() if bill.state == "issued"]
        return sum(bill.total - bill.kept for bill in issued)
