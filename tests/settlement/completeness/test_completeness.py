"""The periodic check: what is missing is added once; what differs is a case, and is never decided by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from builders import STAFF, in_parallel
from settlement_builders import (
    IN_NOVEMBER,
    OCTOBER,
    a_kind,
    a_merchant_account,
    a_record,
    a_reversal,
)
from settlement_completeness_builders import act_of, an_act, checked
from tael.postgres.connect import Databases
from tael.settlement.models import Accrual, CompletenessCase, CompletenessDay
from tael.settlement.records.accrual import fail_accrual


def figures(day: date = OCTOBER) -> tuple[int, int, int, int]:
    """Acts, recorded, added and open cases of a day."""
    row = CompletenessDay.objects.get(day=day)
    return row.acts, row.recorded, row.added, row.cases


@pytest.mark.rule("B-14")
def test_what_has_no_record_gets_one_that_says_where_it_came_from(db: Databases) -> None:
    account = a_merchant_account()
    there = a_record(account, "30.00")

    done = checked(act_of(there), an_act(account, "W-2", "12.50"))

    assert (done.acts, done.recorded, done.added, done.differences) == (2, 2, 1, [])
    assert figures() == (2, 2, 1, 0)
    made = Accrual.objects.get(number="W-2")
    assert (made.amount, made.state, made.origin, made.account_id) == (
        1250,
        "confirmed",
        "check",
        account.number,
    )
    assert (made.day, made.occurred_on) == (OCTOBER, OCTOBER)


@pytest.mark.rule("B-15")
@pytest.mark.rule("B-14")
def test_a_second_check_adds_nothing_and_says_the_same(db: Databases) -> None:
    account = a_merchant_account()
    acts = [an_act(account, "W-1"), an_act(account, "W-2", state="pending")]
    checked(*acts)

    again = checked(*acts)

    assert (again.acts, again.recorded, again.added) == (2, 2, 0)
    assert Accrual.objects.count() == 2
    assert figures() == (2, 2, 2, 0), "two records were added, by the first check"


@pytest.mark.rule("B-15")
def test_two_checks_at_once_add_each_act_once(db: Databases) -> None:
    account = a_merchant_account()
    acts = [an_act(account, f"W-{number}") for number in range(40)]
    checked()

    done = in_parallel(lambda: checked(*acts), lambda: checked(*reversed(acts)))

    assert sum(each.added for each in done) == 40
    assert Accrual.objects.count() == 40
    assert figures() == (40, 40, 40, 0)


@pytest.mark.rule("B-14")
def test_a_pending_a_failed_and_a_reversed_act_get_the_records_they_stand_for(
    db: Databases,
) -> None:
    account = a_merchant_account()

    done = checked(
        an_act(account, "R-1", "-4.00", type="reversal", reversed_number="W-1"),
        an_act(account, "W-1", "10.00"),
        an_act(account, "W-2", state="pending"),
        an_act(account, "W-3", state="failed"),
    )

    assert (done.added, done.differences) == (4, [])
    kept = {row.number: row for row in Accrual.objects.all()}
    assert (kept["R-1"].type, kept["R-1"].reversed_number, kept["R-1"].amount) == (
        "reversal",
        "W-1",
        -400,
    )
    assert kept["W-1"].reversed == 400
    assert (kept["W-2"].state, kept["W-3"].state) == ("pending", "failed")


@pytest.mark.rule("B-14")
@pytest.mark.parametrize(
    ("listed", "field"),
    [
        ({"amount": "30.01"}, "amount"),
        ({"amount": "-30.00"}, "amount"),
        ({"state": "pending"}, "state"),
        ({"state": "failed"}, "state"),
        ({"reversed_number": "W-0", "type": "reversal"}, "reversed_number"),
        ({"quantity": "31"}, "quantity"),
    ],
)
def test_what_differs_is_a_case_with_both_sides_and_nothing_is_changed(
    db: Databases, listed: dict[str, str], field: str
) -> None:
    account = a_merchant_account()
    a_kind("calls", unit="min")
    there = a_record(account, "30.00", kind="calls", quantity="30")

    done = checked(act_of(there, **listed))

    assert (done.acts, done.recorded, done.added) == (1, 0, 0)
    (case,) = CompletenessCase.objects.all()
    assert (case.what, case.reason, case.state) == ("differing", field, "open")
    assert case.ours["amount"] == "30.00"
    assert case.theirs[field] == listed[field]
    there.refresh_from_db()
    assert (there.amount, there.state, there.reversed) == (3000, "confirmed", 0)


@pytest.mark.rule("B-14")
def test_another_account_and_another_day_differ_as_well(db: Databases) -> None:
    account, other = a_merchant_account(), a_merchant_account("EUR")
    there = a_record(account, "30.00")
    before = a_record(account, "5.00", number="W-0", day=date(2026, 10, 13))

    checked(
        act_of(there, account=str(other.number)),
        act_of(before, day=OCTOBER.isoformat()),
    )

    cases = {case.number: case.reason for case in CompletenessCase.objects.all()}
    assert cases == {there.number: "account", "W-0": "day"}


@pytest.mark.rule("B-14")
def test_a_record_that_the_source_does_not_list_is_an_orphan_unless_it_failed(
    db: Databases,
) -> None:
    account = a_merchant_account()
    alone = a_record(account, "30.00")
    failed = a_record(account, "7.00", confirmed=False)
    fail_accrual(source="shop", kind="service", number=failed.number, actor=STAFF, at=IN_NOVEMBER)
    a_record(account, "9.00", day=date(2026, 10, 15))

    done = checked()

    (found,) = done.differences
    assert (found.what, found.number, found.theirs) == ("orphan", alone.number, None)
    assert figures() == (0, 0, 0, 1)


@pytest.mark.rule("B-14")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "unheard"}, "unknown_business_kind"),
        ({"kind": None}, "kind is malformed"),
        ({"number": "a b"}, "number is malformed"),
        ({"account": "599999"}, "account is malformed"),
        ({"account": True}, "account is malformed"),
        ({"currency": "EUR"}, "currency is malformed"),
        ({"amount": "12.345"}, "amount_too_precise"),
        ({"amount": 12.34}, "amount is malformed"),
        ({"amount": "0"}, "amount_not_positive"),
        ({"amount": "9" * 5000}, "amount"),
        ({"state": "shipped"}, "state is malformed"),
        ({"day": "2026-10-15"}, "day is malformed"),
        ({"day": "14.10.2026"}, "day is malformed"),
        ({"type": "reversal"}, "type is malformed"),
        ({"reversed_number": "W-9", "state": "pending"}, "state is malformed"),
        ({"reversed_number": "W-9"}, "unknown_accrual"),
        ({"quantity": "-1"}, "quantity is malformed"),
        ({"quantity": "3"}, "quantity is malformed"),
        ({"note": "two\nlines"}, "note"),
        ({"number": "a\x00b"}, "number is malformed"),
    ],
)
def test_an_act_that_cannot_be_recorded_is_a_case_with_the_reason_and_the_others_go_on(
    db: Databases, wrong: dict[str, Any], said: str
) -> None:
    account = a_merchant_account()

    done = checked(an_act(account, "W-1", **wrong), an_act(account, "W-2"))

    assert (done.acts, done.recorded, done.added) == (2, 1, 1)
    (case,) = CompletenessCase.objects.all()
    assert case.what == "refused"
    assert said in case.reason
    assert [row.number for row in Accrual.objects.all()] == ["W-2"]


@pytest.mark.rule("B-14")
def test_an_act_listed_twice_is_one_and_one_that_contradicts_itself_is_not_believed(
    db: Databases,
) -> None:
    account = a_merchant_account()
    twice = an_act(account, "W-1")

    done = checked(
        twice, twice, an_act(account, "W-2", "1.00"), an_act(account, "W-2", "2.00"), twice
    )

    assert (done.acts, done.recorded, done.added) == (2, 1, 1)
    (case,) = CompletenessCase.objects.all()
    assert (case.number, case.what) == ("W-2", "refused")
    assert "amount 1.00" in case.reason
    assert "amount 2.00" in case.reason


@pytest.mark.rule("B-14")
def test_a_reversal_with_the_sign_of_its_original_is_refused(db: Databases) -> None:
    account = a_merchant_account()
    original = a_record(account, "10.00")

    done = checked(
        act_of(original), an_act(account, "R-1", "4.00", reversed_number=original.number)
    )

    assert done.added == 0
    (case,) = CompletenessCase.objects.all()
    assert (case.what, "opposite sign" in case.reason) == ("refused", True)
    original.refresh_from_db()
    assert original.reversed == 0


def test_a_reversal_of_ours_that_is_listed_agrees(db: Databases) -> None:
    account = a_merchant_account()
    original = a_record(account, "10.00")
    reversal = a_reversal(original, "4.00")

    done = checked(act_of(original), act_of(reversal))

    assert (done.acts, done.recorded, done.differences) == (2, 2, [])


@pytest.mark.rule("B-14")
def test_a_difference_that_is_gone_closes_its_case_and_one_that_changes_is_a_new_one(
    db: Databases,
) -> None:
    account = a_merchant_account()
    there = a_record(account, "30.00")
    checked(act_of(there, amount="31.00"))
    checked(act_of(there, amount="31.00"))
    (case,) = CompletenessCase.objects.all()

    checked(act_of(there, amount="32.00"))

    first, second = CompletenessCase.objects.all()
    assert (first.pk, first.state, second.state) == (case.pk, "closed", "open")
    assert second.theirs["amount"] == "32.00"

    checked(act_of(there))

    assert not CompletenessCase.objects.filter(state="open").exists()
    assert figures() == (1, 1, 0, 0)


def test_an_act_that_moves_to_another_day_takes_its_case_along(db: Databases) -> None:
    account = a_merchant_account()
    there = a_record(account, "30.00")
    checked(act_of(there, amount="31.00"))
    next_day = date(2026, 10, 15)

    checked(act_of(there, amount="31.00", day=next_day.isoformat()), day=next_day)

    first, second = CompletenessCase.objects.all()
    assert (first.state, second.state, second.day) == ("closed", "open", next_day)
    assert second.reason == "amount, day"
    assert (figures()[3], figures(next_day)[3]) == (0, 1), "each day counts its own"
