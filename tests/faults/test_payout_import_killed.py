"""The import of a bank's answer is killed in the middle (kill -9) and run again: each row is done once."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime

import pytest

from faults.children import forked
from settlement_batch_builders import filled, with_the_bank
from settlement_builders import amount_of
from settlement_payout_builders import an_account_with, now
from tael.books import Instruction
from tael.settlement.models import MerchantWithdrawal, PayoutRow, ResultRow
from tael.settlement.payouts import answered_rows, result_row
from tael.settlement.payouts.batch import payout_batch
from tael.settlement.payouts.result_file import keep_result, result_file, take_part
from tael.settlement.payouts.result_row import NEEDED
from tael.sheets import read_sheet

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-36", "I20")]
ROWS = 24


def dying(file, moment, at):
    """Take the answers in portions of five, and die at the nth: before its money is posted, or after it."""
    result_row.PORTION = 5
    do, done = answered_rows._book, []

    def killed(*given):
        done.append(1)
        if moment == "before" and len(done) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        do(*given)
        if moment == "after" and len(done) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    answered_rows._book = killed
    said = Instruction(key="child", actor="user:10000", at=datetime(2026, 11, 3, 9, tzinfo=UTC))
    take_part(file=file, instruction=said)


@pytest.mark.timeout(120)
def test_an_import_that_is_killed_goes_on_where_it_was():
    account = an_account_with("1000.00")
    batch, content = with_the_bank(*["10.00"] * ROWS, account=account)
    answers = [
        ("failed", "", "no such account") if place % 4 == 0 else ("paid", f"F{place}", "")
        for place in range(ROWS)
    ]
    sheet = read_sheet(filled(content, *answers), name="r.xlsx", wanted=NEEDED)
    kept = keep_result(number=batch.pk, sheet=sheet, instruction=now())
    seen = []
    for moment, portion in (("before", 1), ("before", 2), ("after", 1), ("after", 2)):
        assert forked(dying, kept.pk, moment, portion).wait() == -signal.SIGKILL
        seen.append(result_file(kept.pk).done)

    assert seen == [0, 5, 5, 10]
    done = take_part(file=kept.pk, instruction=now())

    assert (done.state, done.paid, done.failed, done.unchanged, done.refused) == (
        "taken",
        18,
        6,
        0,
        0,
    )
    assert amount_of(account) == "820.00"
    assert MerchantWithdrawal.objects.filter(payout_state="paid").count() == 18
    assert PayoutRow.objects.filter(state="failed").count() == 6
    assert ResultRow.objects.filter(file=kept.pk).count() == ROWS
    assert payout_batch(batch.pk).state == "settled"
