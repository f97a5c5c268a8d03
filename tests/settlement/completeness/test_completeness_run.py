"""A check of some days: asked for once, carried out day by day, taken up where it was cut off."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from builders import STAFF, an_instruction, in_parallel
from settlement.business_system import BusinessSystem, a_business_system, answer
from settlement_builders import IN_NOVEMBER, OCTOBER, a_kind, a_merchant_account, a_record, the_shop
from settlement_completeness_builders import an_act
from tael.jobs.timetable import TIMETABLE
from tael.ledger import KeyReused
from tael.postgres.connect import Databases
from tael.settlement.asking.source_address import SourceNotAsked, bring_files, set_address
from tael.settlement.completeness.completeness_run import (
    CUT_OFF,
    CheckEnded,
    CheckWindowMalformed,
    CompletenessRun,
    Progress,
    UnknownCheck,
    ask_for_check,
    carry_out,
    carry_out_waiting,
    check_file,
    check_source_daily,
    completeness_run,
    days_checked_daily,
    stop_check,
)
from tael.settlement.completeness.completeness_steps import LEASE
from tael.settlement.completeness.source_adapter import ListMalformed
from tael.settlement.completeness.source_adapter_http import HttpAdapter
from tael.settlement.models import Accrual, CompletenessCase, CompletenessDay, Source
from tael.settlement.registry import UnknownSource, switch_source

FIRST, LAST = date(2026, 10, 13), date(2026, 10, 15)


def the_clock() -> datetime:
    return IN_NOVEMBER


@pytest.fixture
def shop(db: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[BusinessSystem]:
    """A business system that is asked at its address. Its clock is the test's own."""
    monkeypatch.setenv("TAEL_SOURCES_TO_PRIVATE", "1")
    monkeypatch.setattr("settlement.business_system.CLOCK_SECONDS", 1e9)
    a_kind()
    with a_business_system() as system:
        given = set_address(source=the_shop(), address=system.address, actor=STAFF, at=IN_NOVEMBER)
        system.secret = given.secret
        yield system


def asked(first: date = FIRST, last: date = LAST, **given: Any) -> CompletenessRun:
    instruction = an_instruction(at=IN_NOVEMBER, **given)
    return ask_for_check(source="shop", first=first, last=last, instruction=instruction)


@pytest.mark.rule("B-14")
@pytest.mark.rule("X-B10")
def test_a_business_system_is_asked_and_what_is_missing_is_added_once(shop: BusinessSystem) -> None:
    account = a_merchant_account()
    a_record(account, "10.00", number="W-1")
    shop.acts = [an_act(account, f"W-{number}") for number in (1, 2)]
    told: list[Progress] = []

    run = carry_out(asked(), clock=the_clock, told=told.append)

    assert (run.state, run.acts, run.added, run.cases) == ("done", 2, 1, 0)
    assert [each.done for each in told] == [0, 1, 2, 3]
    assert [
        (row.day, row.acts, row.recorded) for row in CompletenessDay.objects.order_by("day")
    ] == [
        (FIRST, 0, 0),
        (OCTOBER, 2, 2),
        (LAST, 0, 0),
    ]

    again = carry_out(asked(), clock=the_clock)

    assert (again.state, again.acts, again.added) == ("done", 2, 0)
    assert Accrual.objects.count() == 2


def test_a_check_is_asked_for_once_by_its_key(shop: BusinessSystem) -> None:
    first = asked(key="k1")

    assert asked(key="k1").pk == first.pk
    with pytest.raises(KeyReused):
        asked(last=OCTOBER, key="k1")
    assert CompletenessRun.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2025, 12, 31), date(2026, 1, 2)),
        (OCTOBER, date(2026, 10, 13)),
        (OCTOBER, date(2026, 11, 3)),
        (date(2026, 7, 1), date(2026, 10, 1)),
    ],
)
def test_days_that_cannot_be_checked_are_refused(
    shop: BusinessSystem, first: date, last: date
) -> None:
    with pytest.raises(CheckWindowMalformed):
        asked(first, last)


def test_a_source_without_an_address_or_switched_off_is_not_asked(db: Databases) -> None:
    the_shop()
    with pytest.raises(SourceNotAsked):
        asked()
    switch_source(code="shop", on=False, actor=STAFF, at=IN_NOVEMBER)
    with pytest.raises(UnknownSource):
        asked()


def test_a_check_that_is_not_there(db: Databases) -> None:
    for number in (0, 1, 2**63):
        with pytest.raises(UnknownCheck):
            completeness_run(number)


@pytest.mark.rule("B-14")
def test_a_system_that_fails_on_the_second_day_leaves_the_first_checked_and_says_why(
    shop: BusinessSystem,
) -> None:
    account = a_merchant_account()
    shop.acts = [an_act(account, "W-1", day=FIRST.isoformat())]

    def failing(handler: Any) -> None:
        if shop.asked[-1]["from"] == FIRST.isoformat():
            answer(handler, shop.page(shop.asked[-1]))
        else:
            answer(handler, {}, status=500)

    shop.answer = failing

    def impatient(source: Source) -> HttpAdapter:
        return HttpAdapter(source.pk, source.address, source.secret, pauses=())

    run = carry_out(asked(), clock=the_clock, adapter=impatient)

    assert (run.state, run.checked_through, run.added) == ("failed", FIRST, 1)
    assert run.problem.startswith("2026-10-14: source_unanswered")
    assert "status 500" in run.problem
    assert [row.day for row in CompletenessDay.objects.all()] == [FIRST]
    assert carry_out(run, clock=the_clock).state == "failed", "one that failed is asked for again"


def test_a_day_that_cannot_be_listed_says_nothing_false_about_the_records(
    shop: BusinessSystem,
) -> None:
    """A wrong answer must not make orphans of all that is there."""
    a_record(a_merchant_account(), "10.00")
    shop.answer = lambda handler: answer(handler, {"error": "none"})

    assert carry_out(asked(), clock=the_clock).state == "failed"

    assert not CompletenessDay.objects.exists()
    assert not CompletenessCase.objects.exists()


def test_a_check_whose_worker_died_goes_on_behind_its_last_day(shop: BusinessSystem) -> None:
    account = a_merchant_account()
    shop.acts = [an_act(account, f"W-{day}", day=f"2026-10-{day}") for day in (13, 14, 15)]

    class DiedError(BaseException):
        """The worker is gone, as after a power cut."""

    def dies(progress: Progress) -> None:
        if progress.done == 2:
            raise DiedError

    with pytest.raises(DiedError):
        carry_out(asked(), clock=the_clock, told=dies)
    asked_before = len(shop.asked)
    assert carry_out_waiting(clock=the_clock) == 0, "it is leased"

    assert carry_out_waiting(clock=lambda: IN_NOVEMBER + LEASE) == 1

    (run,) = CompletenessRun.objects.all()
    assert (run.state, run.acts, run.added) == ("done", 3, 3)
    assert [each["from"] for each in shop.asked[asked_before:]] == ["2026-10-15"]
    assert Accrual.objects.count() == 3


def test_two_workers_share_what_waits(shop: BusinessSystem) -> None:
    account = a_merchant_account()
    shop.acts = [an_act(account, f"W-{number}") for number in range(6)]
    asked()
    asked()

    def work() -> int:
        return carry_out_waiting(clock=the_clock)

    in_parallel(work, work)

    assert {run.state for run in CompletenessRun.objects.all()} == {"done"}
    assert Accrual.objects.count() == 6


def test_a_waiting_check_of_a_source_that_lost_its_address_fails(shop: BusinessSystem) -> None:
    asked()
    bring_files(source="shop", actor=STAFF, at=IN_NOVEMBER)

    assert carry_out_waiting(clock=the_clock) == 1

    (run,) = CompletenessRun.objects.all()
    assert (run.state, "source_not_asked" in run.problem) == ("failed", True)


@pytest.mark.rule("B-14")
def test_every_day_the_last_days_are_asked_for_once(shop: BusinessSystem) -> None:
    assert check_source_daily(days=7, at=IN_NOVEMBER) == 1
    assert check_source_daily(days=7, at=IN_NOVEMBER + timedelta(hours=1)) == 1

    (run,) = CompletenessRun.objects.all()
    assert (run.first_day, run.last_day) == (date(2026, 10, 26), date(2026, 11, 1))

    check_source_daily(days=7, at=IN_NOVEMBER + timedelta(days=1))
    assert CompletenessRun.objects.count() == 2


@pytest.mark.parametrize(
    ("told", "days"),
    [({}, 7), ("1", 1), ("92", 92), ("0", 7), ("93", 7), ("-3", 7), ("many", 7), ("٣", 7)],
)
def test_how_many_days_are_checked_daily_is_a_setting(told: Any, days: int) -> None:
    environment = {} if told == {} else {"TAEL_COMPLETENESS_DAYS": told}

    assert days_checked_daily(environment) == days


def test_the_jobs_ask_and_check_and_a_worker_adds_what_is_missing(shop: BusinessSystem) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()  # noqa: TID251 - jobs look at the clock
    shop.acts = [an_act(a_merchant_account(), "W-1", day=yesterday.isoformat())]
    jobs = {job.name: job for job in TIMETABLE}
    at = datetime.now(UTC)  # noqa: TID251 - as above

    jobs["ask_business_systems"].does(at)
    jobs["check_completeness"].does(at)

    (run,) = CompletenessRun.objects.all()
    assert (run.state, run.asked_by) == ("done", "system:completeness")
    assert Accrual.objects.get().recorded_by == "system:completeness"


def a_csv(*acts: dict[str, Any]) -> bytes:
    columns = ("kind", "number", "account", "amount", "state", "day")
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(acts)
    return text.getvalue().encode()


def brought(data: bytes, **given: Any) -> CompletenessRun:
    instruction = an_instruction(at=IN_NOVEMBER)
    return check_file(
        source=the_shop(), data=data, name="acts.csv", instruction=instruction, **given
    )


@pytest.mark.rule("B-14")
@pytest.mark.rule("X-B10")
def test_a_file_is_checked_over_its_own_days(db: Databases) -> None:
    a_kind()
    account = a_merchant_account()
    data = a_csv(
        an_act(account, "W-1", day="2026-10-13"),
        an_act(account, "W-2", day="2026-10-15"),
        an_act(account, "W-3", day="soon"),
    )

    run = brought(data)

    assert (run.state, run.by, run.first_day, run.last_day) == ("done", "file", FIRST, LAST)
    assert (run.acts, run.added, run.cases) == (3, 2, 1)
    (case,) = CompletenessCase.objects.all()
    assert (case.number, case.what, case.day) == ("W-3", "refused", FIRST)

    assert brought(data).added == 0
    assert Accrual.objects.count() == 2


def test_a_file_with_more_days_than_asked_for_is_checked_for_those(db: Databases) -> None:
    a_kind()
    account = a_merchant_account()
    data = a_csv(an_act(account, "W-1", day="2026-10-13"), an_act(account, "W-2", day="2026-10-15"))

    run = brought(data, first=OCTOBER, last=LAST)

    assert (run.acts, run.added) == (1, 1)
    assert [row.number for row in Accrual.objects.all()] == ["W-2"]


def test_a_file_without_a_day_is_no_list(db: Databases) -> None:
    with pytest.raises(ListMalformed):
        brought(a_csv(an_act(a_merchant_account(), "W-1", day="soon")))
    assert not CompletenessRun.objects.exists()


@pytest.fixture
def long_list(db: Databases, monkeypatch: pytest.MonkeyPatch) -> CompletenessRun:
    """A list of five acts on two days that waits for a worker, who adds two at a time."""
    monkeypatch.setattr("tael.settlement.completeness.completeness.CHUNK", 2)
    a_kind()
    account = a_merchant_account()
    acts = [an_act(account, f"W-{number}", day="2026-10-13") for number in range(3)]
    acts += [an_act(account, f"V-{number}", day="2026-10-15") for number in range(2)]
    return brought(a_csv(*acts, an_act(account, "X", day="soon")), at_once=5)


@pytest.mark.rule("T15")
def test_a_long_list_is_kept_for_a_worker(long_list: CompletenessRun) -> None:
    assert (long_list.state, long_list.rows, Accrual.objects.count()) == ("waiting", 6, 0)

    assert carry_out_waiting(clock=the_clock) == 1

    run = CompletenessRun.objects.get()
    assert (run.state, run.acts, run.added, run.cases) == ("done", 6, 5, 1)
    assert (run.rows_done, run.content) == (6, None)


@pytest.mark.rule("T3")
def test_a_long_list_whose_worker_was_killed_anywhere_is_gone_on_with(
    long_list: CompletenessRun,
) -> None:
    told: list[tuple[int, int]] = []

    class DiedError(BaseException):
        """Killed, as by kill -9."""

    def dies(progress: Progress) -> None:
        told.append((progress.done, progress.run.rows_done))
        if progress.run.rows_done > max([0, *(rows for _, rows in told[:-1])]):
            raise DiedError

    for time in range(5):
        run = completeness_run(long_list.pk)
        run.content = CompletenessRun.objects.values_list("content", flat=True).get()
        try:
            carry_out(run, clock=lambda: IN_NOVEMBER + time * LEASE, told=dies)  # noqa: B023
        except DiedError:
            continue

    run = CompletenessRun.objects.get()
    assert (run.state, run.acts, run.added, run.rows_done) == ("done", 6, 5, 6), told
    assert Accrual.objects.count() == 5
    assert CompletenessCase.objects.count() == 1


def test_a_check_that_is_stopped_goes_no_further(long_list: CompletenessRun) -> None:
    def stops(progress: Progress) -> None:
        if progress.run.rows_done:
            stop_check(long_list.pk, actor=STAFF, at=IN_NOVEMBER)

    run = CompletenessRun.objects.get()
    assert carry_out(run, clock=the_clock, told=stops).state == "stopped"

    assert Accrual.objects.count() == 3, "the day that it was in is checked; the next one is not"
    assert carry_out_waiting(clock=the_clock) == 0
    assert stop_check(run.pk, actor=STAFF, at=IN_NOVEMBER).content is None
    other = brought(a_csv(an_act(a_merchant_account(), "Y")))
    with pytest.raises(CheckEnded):
        stop_check(other.pk, actor=STAFF, at=IN_NOVEMBER)


def test_the_check_of_a_file_that_was_cut_off_fails_and_says_what_to_do(db: Databases) -> None:
    the_shop()
    CompletenessRun.objects.create(
        source_id="shop",
        by="file",
        first_day=FIRST,
        last_day=LAST,
        state="running",
        asked_at=IN_NOVEMBER,
        asked_by=STAFF,
        leased_until=IN_NOVEMBER,
    )

    assert carry_out_waiting(clock=the_clock) == 1

    assert CompletenessRun.objects.get().problem == CUT_OFF
