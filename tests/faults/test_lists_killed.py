"""A worker that reads, rehearses and records an import, or adds what a list has, is killed with kill -9 in the middle.

Each death comes inside a transaction or just behind one; the next worker goes on where the books are, and at
the end every row has one verdict and every record is there once.
"""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest

from builders import STAFF, an_instruction
from faults.children import forked
from settlement_builders import a_kind, a_merchant_account, the_shop
from settlement_completeness_builders import an_act
from settlement_import_builders import a_file, a_line, told_by, verdicts
from sheet_files import a_csv
from tael.settlement.completeness import completeness
from tael.settlement.completeness.completeness_run import carry_out_waiting, check_file
from tael.settlement.completeness.completeness_steps import LEASE_OF_FILE
from tael.settlement.models import Accrual, CompletenessCase, CompletenessRun
from tael.settlement.records import accrual_import, import_check
from tael.settlement.records.accrual_import import import_progress, record_import

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-14", "B-15", "T3")]
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def dying(place: str, name: str, at: int, now: datetime) -> None:
    """A worker's round in portions of two; it kills itself when the nth call of a function returns."""
    completeness.CHUNK = 2
    for portioned in (import_check.check_import, accrual_import.record_import):
        portioned.__kwdefaults__["portion"] = 2
    module = import_module(f"tael.settlement.{place}")
    do, done = getattr(module, name), []

    def killed(*given, **named):
        found = do(*given, **named)
        done.append(1)
        if len(done) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    setattr(module, name, killed)
    import_check.carry_on_imports(clock=lambda: now)
    carry_out_waiting(clock=lambda: now)


def kill_in(place: str, name: str, at: int, *, now: datetime = AT) -> None:
    """Let a worker die when the nth call of a function has returned."""
    assert forked(dying, place, name, at, now).wait() == -signal.SIGKILL


@pytest.mark.timeout(120)
def test_an_import_killed_while_it_is_read_rehearsed_and_recorded_records_each_row_once(
    monkeypatch,
) -> None:
    monkeypatch.setattr(import_check, "READ_AT_ONCE", 0)
    account = a_merchant_account().number
    lines = [a_line(account, f"A{place}", "1.00") for place in range(8)]
    lines[3] = a_line(account, "A3", "oops")
    lines[6] = a_line(account, "A0", "1.00")
    made = import_check.offer_accruals(
        data=a_file(*lines), name="records.csv", instruction=told_by()
    )

    kill_in("records.import_check", "keep_rows", 2)
    assert import_progress(made.pk).rows == 2, "the second portion died with its transaction"
    kill_in("records.import_check", "write_verdicts", 2)
    assert (accrual_import.accrual_import(made.pk).state, import_progress(made.pk).rows) == (
        "checking",
        8,
    )
    import_check.check_import(made.pk, clock=lambda: AT)
    record_import(made.pk, actor=STAFF, at=AT, portion=1, enough=lambda: True)
    seen = []
    for at in (1, 2):
        kill_in("records.accrual_import", "write_verdicts", at)
        seen.append((import_progress(made.pk).done, Accrual.objects.count()))
    assert import_check.carry_on_imports(clock=lambda: AT) == 1

    assert seen == [(1, 1), (3, 3)], "a portion stands whole or not at all"
    assert accrual_import.accrual_import(made.pk).state == "finished"
    refused = {5: "amount_malformed", 8: "there"}
    assert verdicts(made) == {row: refused.get(row, "recorded") for row in range(2, 10)}
    progress = import_progress(made.pk)
    assert (progress.done, progress.recorded, progress.there, progress.refused) == (8, 6, 1, 1)
    numbers = Accrual.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == ["A0", "A1", "A2", "A4", "A5", "A7"]


@pytest.mark.timeout(120)
def test_a_list_killed_before_and_behind_each_transaction_adds_each_act_once() -> None:
    a_kind()
    account = a_merchant_account()
    acts = [an_act(account, f"W-{number}", day="2026-10-13") for number in range(5)]
    acts += [an_act(account, f"V-{number}", day="2026-10-15") for number in range(3)]
    rows = [*acts, an_act(account, "X", day="soon")]
    run = check_file(
        source=the_shop(),
        data=a_csv([list(rows[0]), *(list(row.values()) for row in rows)]),
        name="acts.csv",
        instruction=an_instruction(at=AT),
        at_once=5,
    )

    moments = [
        ("completeness.completeness", "record_many", 2),  # in the transaction of the second chunk
        ("completeness.completeness_steps", "_note", 1),  # behind the first day
    ]
    seen = []
    for times, (place, name, at) in enumerate(moments):
        kill_in(place, name, at, now=AT + times * LEASE_OF_FILE)
        row = CompletenessRun.objects.defer("content").get(pk=run.pk)
        seen.append((Accrual.objects.count(), row.checked_through is not None))
    last = AT + timedelta(hours=1)
    assert carry_out_waiting(clock=lambda: last) == 1

    assert seen == [(2, False), (5, True)]
    row = CompletenessRun.objects.get(pk=run.pk)
    assert (row.state, row.acts, row.added, row.cases, row.rows_done) == ("done", 9, 8, 1, 9)
    assert Accrual.objects.count() == 8
    assert CompletenessCase.objects.count() == 1
