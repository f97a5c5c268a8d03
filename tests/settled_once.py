"""A settlement in which each of its lists has some rows: what the tests of lists and of their files look at."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from assurance.lived_in_bills import lived_bills
from assurance.lived_in_payouts import lived_payouts
from assurance.lived_in_remittances import remittances_and_adjustments
from settlement_batch_builders import filled, with_the_bank
from settlement_builders import a_record
from settlement_completeness_builders import act_of, an_act, checked
from settlement_payout_builders import now
from tael.settlement.accounts.merchant_account import MerchantAccount, merchant_account
from tael.settlement.models import BillRun
from tael.settlement.payouts.result_file import NEEDED, import_result
from tael.settlement.reports.period_report import make_reports
from tael.sheets import read_sheet

IN_JANUARY = datetime(2027, 1, 5, tzinfo=UTC)  # some periods later


class Settled(NamedTuple):
    """Numbers of what some lists are of."""

    account: MerchantAccount
    bill: int
    batch: int
    result: int
    run: int


def settled_once() -> Settled:
    """Let everything that a list shows happen, some of it twice."""
    bills = lived_bills()
    account = merchant_account(bills.account)
    lived_payouts()
    differs = a_record(account, "7.00", note="=1+1")
    a_record(account, "5.00", number="-2", note="'=1")
    checked(act_of(differs, amount="8.00"), an_act(account, "new"))
    batch, content = with_the_bank("10.00", "20.00", "30.00")
    answer = filled(content, ("paid", "T-1", ""), ("failed", "", "closed"), ("unknown", "", ""))
    sheet = read_sheet(answer, name="result.xlsx", wanted=NEEDED)
    result = import_result(number=batch.pk, sheet=sheet, instruction=now())
    remittances_and_adjustments()
    make_reports(account=account, actor="system", at=IN_JANUARY)
    run = BillRun.objects.get(day=date(2026, 11, 1))
    return Settled(account, bills.bill, batch.pk, result.pk, run.pk)
