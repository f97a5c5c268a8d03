from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection as django_connection

from tael.parties import queries
from tael.parties.customer import (
    CustomerDisabled,
    CustomerExists,
    CustomerNumberRefused,
    UnknownCustomer,
    check_active,
    customer,
    disable,
    enable,
    register,
)
from tael.parties.text import TextMalformed

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.rule("F-10")
def test_customers_are_numbered_with_five_digits_from_10001_up(db):
    assert [register(name="陈", at=AT).number for _ in range(3)] == [10001, 10002, 10003]


@pytest.mark.rule("F-10")
def test_the_number_of_an_older_system_is_kept(db):
    assert register(name="Li", number=10012, at=AT).number == 10012
    assert customer(10012).name == "Li"


def test_a_given_number_that_stands_in_the_way_is_stepped_over(db):
    register(name="first", number=10001, at=AT)
    register(name="second", number=10002, at=AT)

    assert register(name="third", at=AT).number == 10003


def test_a_number_is_given_once(db):
    register(name="Li", number=10012, at=AT)

    with pytest.raises(CustomerExists) as refused:
        register(name="Wang", number=10012, at=AT)

    assert refused.value.field == "number"
    assert customer(10012).name == "Li"


def test_twenty_parallel_registrations_of_one_number_end_in_one_customer(db):
    def one(place: int) -> bool:
        try:
            register(name=f"n{place}", number=10012, at=AT)
        except CustomerExists:
            return False
        finally:
            django_connection.close()
        return True

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(one, range(20))) == 1


def test_a_number_out_of_range_is_refused(db):
    for number in (0, -1, 10**15, 10**30, "10012", 1.5, True):
        with pytest.raises(CustomerNumberRefused):
            register(name="Li", number=number, at=AT)

    assert queries.customers() == []


def test_a_name_is_one_line_of_text(db):
    for name in ("", "  ", "a\nb", "a\x00b", "x" * 201, None, "\ud800"):
        with pytest.raises(TextMalformed) as refused:
            register(name=name, at=AT)

        assert refused.value.field == "name"
    assert queries.customers() == []


@pytest.mark.rule("F-38")
def test_an_unknown_customer_is_refused_naming_the_field(db):
    for number in (10012, 0, -5, 10**40, None, "10012", True):
        with pytest.raises(UnknownCustomer) as refused:
            customer(number, field="uid")

        assert refused.value.field == "uid"


@pytest.mark.rule("F-38")
def test_a_disabled_customer_is_refused_until_enabled(db):
    register(name="Li", number=10012, at=AT)
    disable(number=10012, reason="stolen phone", actor="user:10000", at=AT)

    with pytest.raises(CustomerDisabled):
        customer(10012)
    assert customer(10012, disabled_too=True).disabled_reason == "stolen phone"

    enable(number=10012, reason="new phone", actor="user:10000", at=LATER)
    assert not customer(10012).disabled


def test_stopping_and_starting_a_customer_leave_their_records(db):
    register(name="Li", number=10012, at=AT)
    disable(number=10012, reason="stolen phone", actor="user:10000", at=AT)
    disable(number=10012, reason="again", actor="user:10001", at=LATER)
    enable(number=10012, reason="new phone", actor="user:10000", at=LATER)

    trail = queries.audit_trail(subject="customer:10012")

    assert [record.action for record in trail] == ["customer.enable", "customer.disable"]
    assert trail[1].details == {"reason": "stolen phone"}


@pytest.mark.parametrize("act", [disable, enable])
def test_nobody_is_stopped_or_started_without_a_reason(db, act):
    register(name="Li", number=10012, at=AT)
    with pytest.raises(TextMalformed):
        act(number=10012, reason=" ", actor="user:10000", at=AT)


@pytest.mark.parametrize("act", [disable, enable])
def test_an_unknown_customer_is_neither_stopped_nor_started(db, act):
    with pytest.raises(UnknownCustomer):
        act(number=10012, reason="why", actor="user:10000", at=AT)


@pytest.mark.rule("F-38")
def test_a_stopped_customer_is_refused_from_memory_and_others_ask_nobody(db, monkeypatch):
    monkeypatch.setattr("tael.books.snapshot.LIFE_SECONDS", 60)
    stopped, other = (register(name="Li", at=AT).number for _ in range(2))
    check_active(stopped)

    disable(number=stopped, reason="checked", actor="user:1", at=AT)
    with pytest.raises(CustomerDisabled) as refused:
        check_active(stopped, field="to")
    monkeypatch.setattr("tael.parties.customer.customer", None)  # asking would fail
    check_active(other)
    monkeypatch.undo()
    enable(number=stopped, reason="cleared", actor="user:1", at=AT)
    check_active(stopped)

    assert refused.value.field == "to"


@pytest.mark.rule("F-38")
def test_too_many_stopped_customers_are_asked_for_one_by_one(db, monkeypatch):
    monkeypatch.setattr("tael.parties.customer.STOPPED_MAX", 1)
    numbers = [register(name="Li", at=AT).number for _ in range(3)]
    for number in numbers[:2]:
        disable(number=number, reason="checked", actor="user:1", at=AT)

    for number in numbers[:2]:
        with pytest.raises(CustomerDisabled):
            check_active(number)
    check_active(numbers[2])
