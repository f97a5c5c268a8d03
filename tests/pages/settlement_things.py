"""A merchant whose every list grows: accounts, records, bills, payments, payouts and what people decide."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bank_builders import a_row, brought_rows
from builders import AT, STAFF, a_payee, a_wallet, an_instruction, money
from settlement_builders import IN_NOVEMBER, a_kind, a_merchant_account, a_record, a_reversal, told
from settlement_completeness_builders import an_act, checked
from settlement_import_builders import a_file, a_line, brought
from tael.approvals.limit import set_approval_limit
from tael.settlement.accounts.calendar import set_calendar_day
from tael.settlement.accounts.merchant_account import MerchantAccount
from tael.settlement.accounts.terms import AccountTerms, set_terms
from tael.settlement.bills.bill import refresh_bill
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.lifecycles import PayoutEvent
from tael.settlement.models import Bill, PayoutRow
from tael.settlement.payouts.batch import check_batch, make_batches
from tael.settlement.payouts.batch_export import FileWritten, export_batch
from tael.settlement.payouts.inquiry_plan import follow_rows
from tael.settlement.payouts.paying import move_payouts
from tael.settlement.payouts.payout_rule import AccountRule, set_payout_rule
from tael.settlement.payouts.withdrawal import apply_merchant_withdrawal
from tael.settlement.registry import add_source
from tael.settlement.remittances.adjustment import adjust
from tael.settlement.remittances.collection import collect_debt
from tael.settlement.remittances.remittance import declare_remittance

FIRST_DAY = date(2026, 10, 1)


def now(**given: Any):
    return an_instruction(at=IN_NOVEMBER, **given)


class Merchant:
    """One merchant with an account that is billed daily and another one whose bill is a draft."""

    def __init__(self, owner: int) -> None:
        """Give the addresses of his pages what they need."""
        self.owner = owner
        self.of_account = a_merchant_account(owner=owner)
        self.account = self.of_account.number
        self.payee = a_payee(owner)
        self.source = told("1.00").source
        self.of_record = a_record(self.of_account, "100000.00")
        self.record = self.of_record.pk
        self.drafted = a_merchant_account(owner=owner, currency="USD")
        self.debtor = a_merchant_account()
        for account in (self.of_account, self.drafted):
            self._terms(account, cycle="day", review=account is self.drafted)
        wallet = a_wallet(owner=self.debtor.owner, free="1000.00")
        self._terms(self.debtor, collect_from=wallet.number)
        a_record(self.drafted, "7.00", day=FIRST_DAY)
        self.day = date(2026, 10, 15)
        self._bills()
        self.bill = Bill.objects.get(account=self.drafted.number).pk
        limit = {"currency": "CNY", "amount": money("50.00"), "actor": STAFF, "at": AT}
        set_approval_limit(command="settlement.adjust", **limit)

    def add(self, number: int) -> None:
        """Add a row to every list."""
        kind = f"kind{number}"
        a_kind(kind, unit="min")
        a_record(self.drafted, "1.00", kind=kind, quantity="1", day=FIRST_DAY)
        refresh_bill(number=self.bill, instruction=now())
        a_reversal(self.of_record, "1.00")
        a_record(self.of_account, "2.00", kind=kind, day=self.day)
        self.day += timedelta(days=1)
        self._bills()
        a_merchant_account()
        self._terms(self.of_account, cycle="day", minimum_manual=number)
        day = date(2026, 12, 1) + timedelta(days=number)
        set_calendar_day(
            calendar="default", day=day, business=False, name="closed", actor=STAFF, at=AT
        )
        self._checks(number)
        self._payments(number)
        self._payouts()
        self._bank(number)

    def _terms(self, account: MerchantAccount, **given: Any) -> None:
        terms = AccountTerms(**{"zone": "Asia/Shanghai", **given})
        set_terms(account=account, terms=terms, instruction=now())

    def _bills(self) -> None:
        run_bills(day=self.day, actor="system", at=IN_NOVEMBER)

    def _checks(self, number: int) -> None:
        code = f"source{number}"
        said = {"zone": "Asia/Shanghai", "first_day": FIRST_DAY, "actor": STAFF, "at": AT}
        add_source(code=code, name=code, **said)
        day = self.day - timedelta(days=1)  # the record of that day is not listed: a case
        act = an_act(self.of_account, f"A{number}", "1.00", day=day.isoformat())
        checked(act, day=day)
        brought(a_file(a_line(self.account, f"I{number}", "1.00")), check=True)

    def _payments(self, number: int) -> None:
        for side in ("merchant", "platform"):
            declare_remittance(
                account=self.of_account,
                side=side,
                amount=money("1.00"),
                channel="Alipay",
                flow_number=f"{side}{number}",
                paid_on=date(2026, 11, 1),
                instruction=now(actor=f"user:{7000 + number}"),
            )
        for amount in ("1.00", "60.00"):  # the second one waits for somebody else
            said = {"reason": "agreed", "instruction": now()}
            adjust(account=self.of_account, amount=money(amount), **said)
        adjust(account=self.debtor, amount=-money("3.00"), reason="agreed", instruction=now())
        collect_debt(account=self.debtor, instruction=now())

    def _bank(self, number: int) -> None:
        line = a_row("1.00", reference=f"merchant{number}", text=f"line {number}")
        brought_rows(line, a_row("2.00", text=f"line {number}"), a_row("no amount"))

    def _payouts(self) -> None:
        paid_by_rule = a_merchant_account()
        rule = AccountRule(payee=a_payee(paid_by_rule.owner), keep_back=100)
        set_payout_rule(account=paid_by_rule, rule=rule, instruction=now())
        given = {"account": self.of_account, "payee": self.payee}
        for _ in range(2):
            apply_merchant_withdrawal(amount=money("1.00"), instruction=now(), **given)
        (batch,) = make_batches(
            currency="CNY", channel="Alipay", profile="generic", instruction=now()
        )
        check_batch(number=batch.pk, instruction=now())
        export_batch(number=batch.pk, file=FileWritten("a" * 64), instruction=now())
        rows = PayoutRow.objects.filter(batch=batch)
        move_payouts(rows.values_list("withdrawal", flat=True), PayoutEvent.LOSE_SIGHT)
        rows.update(state="unknown")
        follow_rows([row.pk for row in rows], now())
