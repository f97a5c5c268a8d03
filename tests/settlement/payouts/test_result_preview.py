"""What a large answer of the bank would do: judged by a worker, anew after he was killed or another one was taken."""

from __future__ import annotations

import pytest

from settlement.payouts.test_result_file import account, answer, filled, sent
from settlement_payout_builders import now
from tael.settlement.models import MerchantWithdrawal
from tael.settlement.payouts import result_preview
from tael.settlement.payouts.result_file import NEEDED, drop_result, keep_result, result_file
from tael.settlement.payouts.result_preview import look_at_waiting, outlook, preview
from tael.sheets import read_sheet

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("T15")]
__all__ = ["account"]


def looked_at() -> int:
    return look_at_waiting(clock=lambda: now().at)


@pytest.fixture
def batch(account, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(result_preview, "JUDGED_AT_ONCE", 1)
    return sent(account, "10.00", "20.00")


def kept(batch, content):
    sheet = read_sheet(content, name="result.xlsx", wanted=NEEDED)
    return keep_result(number=batch.pk, sheet=sheet, instruction=now()).pk


def test_a_large_answer_is_judged_by_a_worker_and_nothing_is_done(batch, monkeypatch) -> None:
    one, content = batch
    file = kept(one, filled(content, ("paid", "F1", ""), ("paid", "F1", "")))
    assert outlook(result_file(file)) is None

    def dies(*_given):
        raise KeyboardInterrupt  # killed, where it would tell how far it is

    with monkeypatch.context() as patch:
        patch.setattr(result_preview, "_looked", dies)
        with pytest.raises(KeyboardInterrupt):
            looked_at()
    assert looked_at() == 1

    found = result_file(file)
    seen = outlook(found)
    assert seen == preview(file)
    assert (seen.counts["paid"], seen.counts["refused"], found.looked) == (1, 1, 2)
    assert not MerchantWithdrawal.objects.filter(payout_state="paid").exists()
    assert looked_at() == 0


def test_another_answer_that_is_taken_makes_it_out_of_date(batch) -> None:
    one, content = batch
    file = kept(one, filled(content, ("paid", "F1", ""), ("paid", "F2", "")))
    looked_at()

    answer(one, filled(content, ("paid", "F1", "")))

    assert outlook(result_file(file)) is None
    looked_at()
    assert outlook(result_file(file)).counts["unchanged"] == 1


def test_one_that_is_laid_aside_is_looked_at_no_further(batch) -> None:
    one, content = batch
    file = kept(one, filled(content, ("paid", "F1", ""), ("paid", "F2", "")))
    drop_result(file=file, instruction=now())

    assert looked_at() == 0
    assert not result_preview._looked(file, 1)
