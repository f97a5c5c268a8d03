"""A record that is confirmed, taken back or told in the moment in which its period is billed: on this bill or the next.

Two moments of each: the act stands before its commit while the bill is made, and the bill stands before its
commit while the act comes. `test_bill_races.py` draws such moments at random; here none is missed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from builders import STAFF
from settlement_builders import IN_NOVEMBER, OCTOBER, a_merchant_account, a_record, a_reversal
from tael import books
from tael.settlement.accounts.merchant_account import amounts_now
from tael.settlement.bills import bill_making
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.models import Accrual, Bill
from tael.settlement.records.accrual import confirm_accrual

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-21", "B-23", "I21")]
A_MOMENT = 0.3
PATIENCE = 20.0


class Held:
    """Work on a thread that stops at a point within its transaction until it is let go."""

    def __init__(self, work: Callable[[Held], None]) -> None:
        self.there, self.go, self.failed = threading.Event(), threading.Event(), list[Exception]()
        self.thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self.thread.start()

    def _run(self, work: Callable[[Held], None]) -> None:
        try:
            work(self)
        except Exception as failure:  # noqa: BLE001 - told to who waits
            self.failed.append(failure)
        finally:
            self.there.set()
            books.close_poster()
            connection.close()

    def stop(self) -> None:
        self.there.set()
        assert self.go.wait(PATIENCE)

    def end(self) -> None:
        self.go.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        assert self.failed == []


def confirm(row: Accrual) -> None:
    told = {"source": row.source_id, "kind": row.kind_id, "number": row.number}
    confirm_accrual(**told, actor=STAFF, at=IN_NOVEMBER)


def billed(day: date) -> None:
    run_bills(day=day, actor="system", at=IN_NOVEMBER)


@pytest.mark.parametrize("first", ["act", "bill"])
@pytest.mark.parametrize("what", ["confirmed", "taken back", "told"])
def test_what_comes_while_its_period_is_billed_is_on_this_bill_or_on_the_next(
    what: str, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = a_merchant_account()
    original = a_record(account, "30.00")
    pending = a_record(account, "7.00", confirmed=False)
    acts: dict[str, Callable[[], Any]] = {
        "confirmed": lambda: confirm(pending),
        "taken back": lambda: a_reversal(original, "10.00"),
        "told": lambda: a_record(account, "5.00", day=OCTOBER),
    }

    def act_before_its_commit(held: Held) -> None:
        with transaction.atomic():
            acts[what]()
            held.stop()

    def bill_before_its_commit(held: Held) -> None:
        enter = bill_making._enter

        def stopped(*given: Any) -> None:
            monkeypatch.setattr(bill_making, "_enter", enter)
            held.stop()
            enter(*given)

        monkeypatch.setattr(bill_making, "_enter", stopped)
        billed(date(2026, 11, 1))

    held = Held(act_before_its_commit if first == "act" else bill_before_its_commit)
    assert held.there.wait(PATIENCE)
    other = Held(lambda _: billed(date(2026, 11, 1)) if first == "act" else acts[what]())
    other.there.wait(A_MOMENT)  # either it is done, or it waits for the one that is held
    held.end()
    other.end()
    billed(date(2026, 12, 1))

    confirmed = Accrual.objects.filter(account=account.number, state="confirmed")
    assert confirmed.count() == 2
    assert not confirmed.filter(bill__isnull=True).exists()
    for bill in Bill.objects.all():
        on_it = list(confirmed.filter(bill=bill.pk).values_list("amount", flat=True))
        assert (sum(on_it), len(on_it)) == (bill.total, bill.records)
    total = sum(confirmed.values_list("amount", flat=True))
    assert amounts_now([account])[account.number].minor == total
