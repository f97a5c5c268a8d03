"""Rehearsing a file as a job: taken up by a worker, killed anywhere, called off, and the same verdicts at the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import STAFF, in_parallel
from settlement_builders import IN_NOVEMBER, a_merchant_account
from settlement_import_builders import (
    a_file,
    a_line,
    brought,
    imported,
    in_november,
    told_by,
    verdicts,
)
from tael.settlement.alone import alone
from tael.settlement.models import Accrual, AccrualImport
from tael.settlement.records import import_check
from tael.settlement.records.accrual_import import (
    ImportEnded,
    ImportNotChecked,
    accrual_import,
    import_progress,
    record_import,
)
from tael.settlement.records.import_bundle import bundles_of
from tael.settlement.records.import_check import (
    cancel_import,
    carry_on_imports,
    check_import,
    offer_accruals,
)
from tael.settlement.records.old_imports import forget_old_imports

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-14", "T15")]


class DiedError(BaseException):
    """The worker is gone, as after kill -9."""


@pytest.fixture
def data(db, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A file of rows that depend on one another across portions of two; it is too large to be read at once."""
    monkeypatch.setattr(import_check, "READ_AT_ONCE", 0)
    account = a_merchant_account().number
    return a_file(
        a_line(account, "R1", "-1.00", reversed_number="A1"),
        a_line(account, "A2", "1.00"),
        a_line(account, "R2", "-1.00", reversed_number="A1"),
        a_line(account, "A3", "1.00"),
        a_line(account, "A1", "1.00"),
        a_line(account, "A3", "1.00"),
        a_line(account, "A4", "oops"),
        a_line(account, "A3", "2.00"),
    )


WANTED = {
    2: "recorded",
    3: "recorded",
    4: "reversed_too_much",
    5: "recorded",
    6: "recorded",
    7: "there",
    8: "amount_malformed",
    9: "accrual_taken",
}


def offered(data: bytes, **given) -> AccrualImport:
    return offer_accruals(data=data, name="records.csv", instruction=told_by(**given))


def checked(made: AccrualImport, **given):
    return check_import(made.pk, clock=in_november, portion=2, **given)


def test_a_file_is_kept_until_a_worker_has_read_and_rehearsed_it(data) -> None:
    made = offered(data)
    assert (made.state, import_progress(made.pk).rows) == ("reading", 0)
    told = []

    checked(made, told=told.append)

    assert verdicts(made) == WANTED
    assert [each[0] for each in told] == [2, 4, 6, 8, 8, 8, 8]
    assert [each.checked for each in told] == [0, 0, 0, 0, 3, 7, 8]
    assert told[-1].checked == 8
    kept = AccrualImport.objects.get()
    assert (kept.state, kept.size, kept.kept, kept.content) == ("checked", 8, 8, None)
    assert not Accrual.objects.exists()
    record_import(made.pk, actor=STAFF, at=IN_NOVEMBER)
    assert verdicts(made) == WANTED, "the rehearsal has said what recording does"


@pytest.mark.rule("T3")
def test_killed_after_any_portion_it_goes_on_and_ends_in_the_same(data) -> None:
    made, died = offered(data), 0

    def dies(_progress) -> None:
        raise DiedError

    while accrual_import(made.pk).state != "checked":
        with pytest.raises(DiedError):
            checked(made, told=dies)
        died += 1

    assert died > 4
    assert verdicts(made) == WANTED


@pytest.mark.rule("T3")
def test_two_workers_check_and_record_each_row_once(data) -> None:
    made = offered(data)

    def work() -> int:
        return carry_on_imports(clock=in_november)

    in_parallel(work, work)
    carry_on_imports(clock=in_november)  # had one found the other at it, it left the rest to him
    assert verdicts(made) == WANTED

    record_import(made.pk, actor=STAFF, at=IN_NOVEMBER, portion=1, enough=lambda: True)
    in_parallel(work, work)

    assert accrual_import(made.pk).state == "finished", "what somebody began to record is recorded"
    assert Accrual.objects.count() == 4


def test_who_comes_while_somebody_is_at_it_leaves_it_to_him(data) -> None:
    made = offered(data)

    def other() -> int:
        return checked(made).rows

    with alone(f"import:{made.pk}") as free:
        assert free
        assert in_parallel(other) == [0]
    assert checked(made).rows == 8


def test_nothing_is_recorded_before_it_is_rehearsed(data) -> None:
    made = offered(data)

    with pytest.raises(ImportNotChecked):
        record_import(made.pk, actor=STAFF, at=IN_NOVEMBER)


@pytest.mark.parametrize("after", [0, 1, 5, 9])
def test_called_off_anywhere_it_goes_no_further_and_keeps_no_file(data, after: int) -> None:
    made, told = offered(data), []
    checked(made, told=told.append, enough=lambda: len(told) >= after) if after else None
    if accrual_import(made.pk).state == "checked":
        record_import(made.pk, actor=STAFF, at=IN_NOVEMBER, portion=1, enough=lambda: True)

    for _ in range(2):
        row = cancel_import(made.pk, actor=STAFF, at=IN_NOVEMBER)
        assert (row.state, row.content) == ("cancelled", None)
    there = Accrual.objects.count()
    carry_on_imports(clock=in_november)

    assert Accrual.objects.count() == there == (1 if after == 9 else 0)
    with pytest.raises(ImportEnded):
        record_import(made.pk, actor=STAFF, at=IN_NOVEMBER)


def test_what_is_recorded_to_its_end_cannot_be_called_off(db) -> None:
    made, _ = imported(a_file(a_line(a_merchant_account().number, "A1", "1.00")))

    with pytest.raises(ImportEnded):
        cancel_import(made.pk, actor=STAFF, at=IN_NOVEMBER)


def test_a_large_file_that_cannot_be_read_says_why(data) -> None:
    made = offered(b"a,b\n1,2\n")

    assert carry_on_imports(clock=in_november) == 1

    row = AccrualImport.objects.get(pk=made.pk)
    assert (row.state, row.content) == ("failed", None)
    assert row.problem.startswith("import_columns")


@pytest.mark.rule("T22")
def test_a_file_that_nobody_records_is_not_kept_for_ever(data, db) -> None:
    old, done = offered(data), brought(data, check=True)
    check_import(old.pk, clock=in_november)
    record_import(done.pk, actor=STAFF, at=IN_NOVEMBER)

    with db.owner() as owner:
        assert forget_old_imports(owner, before=IN_NOVEMBER) == 0
        assert [forget_old_imports(owner, before=IN_NOVEMBER + timedelta(1)) for _ in "12"] == [
            1,
            0,
        ]

    kept = AccrualImport.objects.get(pk=old.pk)
    assert (kept.state, kept.kept, verdicts(kept)) == ("cancelled", 0, {})
    assert accrual_import(done.pk).state == "finished"


def test_rows_of_one_number_and_reversals_with_their_originals_are_one_bundle() -> None:
    def row(number: str, reversed_number: str = "") -> dict[str, str]:
        return {"source": "s", "kind": "k", "number": number, "reversed_number": reversed_number}

    rows = [row("R", "A"), row("B"), row("R", "C"), row(""), row("A"), row("C"), row(""), row("B")]

    assert bundles_of(enumerate(rows)) == {0: 0, 1: 1, 2: 0, 3: 3, 4: 0, 5: 0, 6: 6, 7: 1}
