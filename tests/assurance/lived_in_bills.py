"""Bills to whom everything has happened once, for the doctor to look at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from builders import an_instruction
from settlement_builders import (
    IN_NOVEMBER,
    a_merchant_account,
    a_record,
    a_reversal,
    some_terms,
)
from tael.settlement.bills.bill import issue_bill, replace_bill
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.bills.reserve import release_due_reserves
from tael.settlement.models import Bill, Reserve

DECEMBER = date(2026, 12, 1)


class LivedBills(NamedTuple):
    """Numbers of things that a test wants to spoil.

    Args:
        account, bill: one that was issued, with a reserve that is kept. even: one that comes to 0.
        void, successor: one that was taken back, and the draft after it.
        draft: one that waits. record: on ``bill``; pending: one that nobody has confirmed.
    """

    account: int
    bill: int
    even: int
    void: int
    successor: int
    draft: int
    record: int
    pending: int
    entry: int
    reserve: int


def lived_bills() -> LivedBills:
    """Let bills be made, issued, kept back of, given back, replaced and wait."""
    kept, even, wrong, waits, given = (a_merchant_account() for _ in range(5))
    for account, days in ((kept, 90), (wrong, 90), (given, 1)):
        some_terms(account, reserve_percent="10", reserve_days=days)
    some_terms(waits, review=True)
    record = a_record(kept, "10.00", kind="phone", unit="min", quantity="12")
    a_reversal(record, "2.50")
    a_record(kept, "-3.00", kind="advance")
    pending = a_record(kept, "1.00", confirmed=False)
    a_reversal(a_record(even, "9.00"))
    for account in (wrong, waits, given):
        a_record(account, "20.00")
    run_bills(day=date(2026, 11, 1), actor="system", at=IN_NOVEMBER)
    release_due_reserves(at=IN_NOVEMBER + timedelta(days=3))
    of = {one: Bill.objects.get(account=one.number) for one in (kept, even, wrong, waits)}
    told = an_instruction(at=IN_NOVEMBER)
    successor = replace_bill(number=of[wrong].pk, reason="wrong", instruction=told)
    issue_bill(number=of[waits].pk, instruction=told)
    a_record(waits, "5.00", day=date(2026, 11, 2))
    run_bills(day=DECEMBER, actor="system", at=IN_NOVEMBER)
    draft = Bill.objects.get(account=waits.number, state="draft")
    return LivedBills(
        account=kept.number,
        bill=of[kept].pk,
        even=of[even].pk,
        void=of[wrong].pk,
        successor=successor.pk,
        draft=draft.pk,
        record=record.pk,
        pending=pending.pk,
        entry=Bill.objects.get(pk=of[kept].pk).entry or 0,
        reserve=Reserve.objects.get(bill=of[kept].pk).pk,
    )
