"""What the merchants of the demonstration and the house settle between them: payments, withdrawals, corrections.

It hangs on the merchants' days, told as days before the end, and is done by the people who can sign in. What
is newest waits, so that everybody finds something to do.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tael.approvals.limit import set_approval_limit
from tael.approvals.proposal import Proposal, approve_proposal
from tael.books import Instruction
from tael.documents.payout_download import export_payout
from tael.parties.queries import payees
from tael.parties.user import find_login
from tael.settlement.bills.bill import issue_bill, replace_bill, review_bill
from tael.settlement.bills.bill_search import BillsWanted, bills
from tael.settlement.bills.reserve import release_due_reserves
from tael.settlement.payouts.automatic import run_automatic
from tael.settlement.payouts.batch import approve_batch, check_batch, make_batches
from tael.settlement.payouts.payout_hold import hold_payout
from tael.settlement.payouts.payout_rule import AccountRule, set_payout_rule
from tael.settlement.payouts.result_file import import_result
from tael.settlement.payouts.withdrawal import apply_merchant_withdrawal, cancel_merchant_withdrawal
from tael.settlement.remittances.adjustment import adjust
from tael.settlement.remittances.collection import collect_due
from tael.settlement.remittances.remittance import (
    confirm_remittance,
    declare_remittance,
    dispute_remittance,
)
from tael.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.remittances.remittance import Side

FRIDAY: Final = 5
LIMITS: Final = (
    ("settlement.adjust", "CNY", 20_000),
    ("settlement.adjust", "EUR", 20_000),
    ("settlement.payout_batch", "CNY", 100_000),
    ("settlement.payout_batch", "EUR", 100_000),
)


class Settlement:
    """The settling days of two merchants; each day does what stands in ``STORY`` for it.

    Args:
        weekly: is billed by the week and paid out by a rule. daily: is billed by the day, and asks.
    """

    def __init__(self, *, weekly: MerchantAccount, daily: MerchantAccount, actor: str) -> None:
        """Find the people and their payee accounts."""
        self.weekly, self.daily, self.actor = weekly, daily, actor
        self.maker, self.checker = _user("maker", staff=True), _user("checker", staff=True)
        self.merchant = {
            weekly.number: _user("nordlicht", staff=False),
            daily.number: _user("chen", staff=False),
        }
        self.payees = {
            account.number: [payee.pk for payee in payees(customer=account.owner)]
            for account in (weekly, daily)
        }
        self.rows: dict[str, int] = {}
        self._at: datetime
        self._keys = 0

    def live(self, left: int, day: date, at: datetime) -> None:
        """Do what a day brings.

        Args:
            left: how many days come after it.
        """
        self._at = at
        release_due_reserves(at=at)
        collect_due(at=at)
        if day.isoweekday() == FRIDAY:
            run_automatic(at=at)
        if left in STORY:
            STORY[left](self, day)

    def begin(self, at: datetime) -> None:
        """Let the administrator say above which amounts it takes two people."""
        for command, currency, amount in LIMITS:
            money = (self.weekly if currency == "EUR" else self.daily).money(amount)
            set_approval_limit(
                command=command, currency=currency, amount=money, actor=self.actor, at=at
            )

    def told(self, actor: str) -> Instruction:
        """Give an instruction of somebody with a key of its own."""
        self._keys += 1
        self._at += timedelta(minutes=3)
        key = f"demo.settlement.{self._keys}"
        return Instruction(key=key, actor=actor, at=self._at, channel="Admin")

    def pay(
        self,
        name: str,
        account: MerchantAccount,
        side: Side,
        minor: int,
        channel: str,
        flow: str,
        day: date,
        note: str = "",
    ) -> None:
        """Let one side say that it has paid the other."""
        actor = self.maker if side == "platform" else self.merchant[account.number]
        self.rows[name] = declare_remittance(
            account=account,
            side=side,
            amount=account.money(minor),
            channel=channel,
            flow_number=flow,
            paid_on=day,
            note=note,
            instruction=self.told(actor),
        ).remittance.pk

    def ask(self, name: str, minor: int, payee: int = 0) -> None:
        """Let the merchant who asks apply to be paid out."""
        number = self.daily.number
        self.rows[name] = apply_merchant_withdrawal(
            account=self.daily,
            amount=self.daily.money(minor),
            payee=self.payees[number][payee],
            instruction=self.told(self.merchant[number]),
        ).withdrawal.pk

    def batch(self, currency: str, channel: str, names: Sequence[str] | None = None) -> int:
        """Let the maker put withdrawals into a batch."""
        (made,) = make_batches(
            currency=currency,
            channel=channel,
            profile="generic",
            withdrawals=None if names is None else [self.rows[name] for name in names],
            instruction=self.told(self.maker),
        )
        return made.pk

    def send(self, batch: int, answers: Mapping[int, tuple[str, str, str]]) -> None:
        """Let a batch be checked, approved and exported; the bank answers its rows by their places.

        A row that is not named was paid.
        """
        check_batch(number=batch, instruction=self.told(self.maker))
        approve_batch(number=batch, instruction=self.told(self.checker))
        file = export_payout(
            number=batch, form="csv", language="en", instruction=self.told(self.maker)
        )
        _, head, *rows = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
        of = {name: place for place, name in enumerate(head)}
        for row in rows:
            place = row[of["row"]]
            if place.isdecimal():
                paid = ("paid", f"DE{batch:02}{int(place):06}", "")
                said = answers.get(int(place), paid)
                row[of["payout_status"]], row[of["flow_number"]], row[of["reason"]] = said
        sheet = a_sheet("result.csv", head, rows)
        import_result(number=batch, sheet=sheet, instruction=self.told(self.maker))

    def correct(self, account: MerchantAccount, minor: int, reason: str) -> Proposal | None:
        """Let the maker correct an account; gives what waits for a second person, if it does."""
        amount = account.money(minor)
        done = adjust(
            account=account, amount=amount, reason=reason, instruction=self.told(self.maker)
        )
        return done if isinstance(done, Proposal) else None


def a_sheet(name: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Sheet:
    """Give a sheet of texts as it is when somebody has brought it as a csv."""
    lines = [json.dumps([place, False, list(row)]) for place, row in enumerate(rows, start=3)]
    content = "\n".join(lines).encode()
    digest = hashlib.sha256(content).hexdigest()
    return Sheet(name, "csv", digest, tuple(head), 1, len(rows), content)


def _user(word: str, *, staff: bool) -> str:
    found = find_login(f"{word}@demo.example", staff=staff)
    assert found is not None, f"{word} is one of the demo's users"
    return found.actor


def _towards_the_lease(s: Settlement, day: date) -> None:
    note = "車輛租金 · towards the lease"
    s.pay("lease", s.daily, "merchant", 50_000, "Alipay", "2026042200014477", day, note)


def _has_come(s: Settlement, _day: date) -> None:
    confirm_remittance(number=s.rows["lease"], side="platform", instruction=s.told(s.checker))


def _rule(s: Settlement, _day: date) -> None:
    (payee, *_) = s.payees[s.weekly.number]
    rule = AccountRule(
        payee=payee, schedule="week", day=FRIDAY, trigger=30_000, keep_back=20_000, cap=150_000
    )
    actor = s.merchant[s.weekly.number]
    set_payout_rule(account=s.weekly, rule=rule, instruction=s.told(actor))


def _first_batch(s: Settlement, _day: date) -> None:
    batch = s.batch("CNY", "UnionPay", ("first", "second", "third"))
    s.send(batch, {2: ("failed", "", "收款賬戶已註銷 · the account has been closed")})


def _changed_his_mind(s: Settlement, _day: date) -> None:
    s.ask("cancelled", 30_000)
    cancel_merchant_withdrawal(
        number=s.rows["cancelled"],
        owner=s.daily.owner,
        instruction=s.told(s.merchant[s.daily.number]),
    )


def _the_house_has_paid(s: Settlement, day: date) -> None:
    note = "Advance for the fair in Hamburg"
    s.pay("fair", s.weekly, "platform", 25_000, "PayPal", "8XT90210KJ443322L", day, note)
    actor = s.merchant[s.weekly.number]
    confirm_remittance(number=s.rows["fair"], side="merchant", instruction=s.told(actor))


def _good_will(s: Settlement, _day: date) -> None:
    s.correct(s.daily, 2_500, "The app was down for an evening.")
    waits = s.correct(s.daily, -36_000, "A tariff was counted twice in the first week.")
    assert waits is not None
    approve_proposal(number=waits.pk, instruction=s.told(s.checker))


def _billed_anew(s: Settlement, _day: date) -> None:
    """Replace the driver's newest bill: the void one keeps its number, its successor takes its records."""
    (last,) = bills(BillsWanted(account=s.daily.number), limit=1)
    reason = "Printed before the driver's name was corrected."
    made = replace_bill(number=last.bill.pk, reason=reason, instruction=s.told(s.maker))
    review_bill(number=made.pk, instruction=s.told(s.maker))
    issue_bill(number=made.pk, instruction=s.told(s.checker))


def _second_batch(s: Settlement, _day: date) -> None:
    s.send(s.batch("EUR", "PayPal"), {})


def _not_come(s: Settlement, day: date) -> None:
    s.pay("lost", s.daily, "merchant", 30_000, "WeChat", "4200001998202605", day)
    dispute_remittance(
        number=s.rows["lost"],
        side="platform",
        reason="No payment with this number has come.",
        instruction=s.told(s.maker),
    )


def _looked_into(s: Settlement, _day: date) -> None:
    s.ask("held", 60_000, payee=1)
    hold_payout(
        number=s.rows["held"],
        reason="The holder is written in another way than in his papers.",
        instruction=s.told(s.maker),
    )


def _wait(s: Settlement, day: date) -> None:
    s.ask("fourth", 120_000)
    s.ask("fifth", 45_000)
    s.batch("CNY", "UnionPay", ("fourth", "fifth"))
    s.ask("newest", 20_000)
    s.pay("open", s.daily, "merchant", 12_000, "UnionPay", "6226090000001234", day)
    s.pay("owed", s.weekly, "platform", 18_000, "PayPal", "5JK77100AB998811M", day)
    s.correct(s.weekly, 26_000, "The platform fee of a market day was charged twice.")


STORY: Final[dict[int, Callable[[Settlement, date], None]]] = {
    49: _towards_the_lease,
    48: _has_come,
    29: lambda s, _day: s.ask("first", 200_000),
    27: lambda s, _day: s.ask("second", 150_000, payee=1),
    25: lambda s, _day: s.ask("third", 80_000),
    24: _rule,
    22: _first_batch,
    20: _changed_his_mind,
    16: _the_house_has_paid,
    14: _good_will,
    12: _billed_anew,
    9: _second_batch,
    6: _not_come,
    3: _looked_into,
    1: _wait,
}
"""What happens how many days before the end."""
