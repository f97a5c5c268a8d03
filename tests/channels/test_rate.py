from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from threading import Barrier

import psycopg
import pytest
from django.db import connection as django_connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tael import books
from tael.channels import queries
from tael.channels.rate import (
    RateMissing,
    RateNotBetweenTwo,
    RateOutOfOrder,
    RateWouldGain,
    highest_without_gain,
    rate,
    rates,
    set_rate,
)
from tael.money import RateMalformed, RateNotPositive, RateOutOfRange
from tael.parties.queries import audit_trail

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def a_rate(from_currency: str, to_currency: str, value: str | Decimal, at: datetime = AT):
    return set_rate(
        from_currency=from_currency, to_currency=to_currency, value=value, actor="user:10000", at=at
    )


@pytest.mark.rule("F-12")
def test_both_directions_are_read_together(db):
    a_rate("USD", "CNY", "7.10", AT - DAY)
    there, back = a_rate("USD", "CNY", "7.20"), a_rate("CNY", "USD", "0.13")
    a_rate("CNY", "USD", "0.12", AT + DAY)

    assert rates("USD", "CNY", AT) == (there, back)
    assert rates("CNY", "USD", AT) == (back, there)
    assert rates("USD", "CNY", AT - DAY)[1] is None
    with pytest.raises(RateMissing):
        rates("CNY", "USD", AT - DAY)


@pytest.mark.rule("F-12")
def test_the_rate_in_force_is_the_newest_that_was_valid_by_then(db):
    first = a_rate("USD", "CNY", "7.10")
    second = a_rate("USD", "CNY", "7.20", AT + DAY)

    assert rate("USD", "CNY", AT).pk == first.pk
    assert rate("USD", "CNY", AT + DAY - timedelta(microseconds=1)).value == Decimal("7.10")
    assert rate("USD", "CNY", AT + DAY).pk == second.pk


@pytest.mark.rule("F-12")
def test_of_two_rates_from_one_moment_the_later_set_counts(db):
    a_rate("USD", "CNY", "7.10")
    corrected = a_rate("USD", "CNY", "7.20")

    assert rate("USD", "CNY", AT).pk == corrected.pk


@pytest.mark.rule("F-12")
def test_each_direction_has_a_rate_of_its_own(db):
    a_rate("USD", "CNY", "7.10")

    with pytest.raises(RateMissing):
        rate("CNY", "USD", AT)
    with pytest.raises(RateMissing) as refused:
        rate("USD", "CNY", AT - DAY)

    assert refused.value.there == "USD to CNY"


@pytest.mark.rule("F-12")
def test_points_have_rates_like_money(db):
    a_rate("POINT", "CNY", "0.01")
    a_rate("CNY", "POINT", "100")

    assert rate("CNY", "POINT", AT).value == 100


def test_history_is_kept_and_never_changed(db, connection):
    a_rate("USD", "CNY", "7.10")
    a_rate("USD", "CNY", "7.20", AT + DAY)

    assert [r.value for r in queries.rate_history(from_currency="USD", to_currency="CNY")] == [
        Decimal("7.20"),
        Decimal("7.10"),
    ]
    assert [r.action for r in audit_trail(subject="rate:USD:CNY")] == ["rate.set"] * 2
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE channels_rate SET value = 9")


def test_a_rate_is_not_slipped_in_before_one_that_is_there(db):
    a_rate("USD", "CNY", "7.10")

    with pytest.raises(RateOutOfOrder) as refused:
        a_rate("USD", "CNY", "7.00", AT - DAY)

    assert AT.isoformat() in refused.value.allowed


def test_a_value_that_is_no_rate_is_refused(db):
    for value, refusal in (
        ("0", RateNotPositive),
        ("-1", RateMalformed),
        ("1e3", RateMalformed),
        ("", RateMalformed),
        (7.1, RateMalformed),
        (None, RateMalformed),
        ("0.0000000000001", RateOutOfRange),
        ("1234567890123", RateOutOfRange),
        (Decimal("NaN"), RateMalformed),
        (Decimal(-7), RateMalformed),
        (Decimal("1E+30"), RateOutOfRange),
    ):
        with pytest.raises(refusal) as refused:
            a_rate("USD", "CNY", value)

        assert refused.value.field == "value"
    assert queries.rates(at=AT) == []


def test_a_rate_is_between_two_registered_currencies(db):
    with pytest.raises(RateNotBetweenTwo):
        a_rate("USD", "USD", "1")
    with pytest.raises(books.UnknownCurrency) as refused:
        a_rate("USD", "XYZ", "1")

    assert refused.value.field == "to_currency"


def test_forth_and_back_never_gains(db):
    a_rate("CNY", "USD", "0.142857142857")  # a little less than 1/7

    for value in ("7.000000000008", "8", "999999999999"):
        with pytest.raises(RateWouldGain) as refused:
            a_rate("USD", "CNY", value)

        assert refused.value.allowed == "at most 7.000000000007"


def test_the_bound_that_is_named_is_accepted_and_the_next_step_is_not(db):
    a_rate("CNY", "USD", "0.14")
    with pytest.raises(RateWouldGain) as refused:
        a_rate("USD", "CNY", "8")
    bound = refused.value.allowed.removeprefix("at most ")

    assert bound == "7.142857142857"
    with pytest.raises(RateWouldGain):
        a_rate("USD", "CNY", "7.142857142858")
    a_rate("USD", "CNY", bound)


def test_exactly_forth_and_back_is_allowed(db):
    a_rate("CNY", "POINT", "100")
    a_rate("POINT", "CNY", "0.01")


def test_an_opposite_rate_set_for_later_counts_too(db):
    a_rate("CNY", "USD", "0.14")
    a_rate("CNY", "USD", "0.20", AT + DAY)

    with pytest.raises(RateWouldGain) as refused:
        a_rate("USD", "CNY", "7", AT)

    assert refused.value.allowed == "at most 5"


def test_an_opposite_rate_that_has_been_replaced_does_not_count(db):
    a_rate("CNY", "USD", "0.20")
    a_rate("CNY", "USD", "0.14", AT + DAY)

    a_rate("USD", "CNY", "7", AT + DAY)


def test_two_who_set_both_directions_at_once_cannot_pass_each_other(db):
    together = Barrier(2, timeout=20)

    def one(pair: tuple[str, str, str]) -> bool:
        try:
            books.connection()
            together.wait()
            a_rate(*pair)
        except RateWouldGain:
            return False
        finally:
            django_connection.close()
        return True

    for other in ("CNY", "EUR", "HKD"):
        pairs = [(other, "JPY", "200"), ("JPY", other, "0.01")]
        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(one, pairs)) == [False, True]


def test_the_rates_in_force_are_listed_once_per_pair(db):
    a_rate("USD", "CNY", "7.10")
    a_rate("USD", "CNY", "7.20", AT + DAY)
    a_rate("EUR", "CNY", "7.70")

    assert [(r.from_currency, r.value) for r in queries.rates(at=AT + DAY)] == [
        ("EUR", Decimal("7.70")),
        ("USD", Decimal("7.20")),
    ]


@given(opposite=st.decimals("0.000000000001", "999999999999.999999999999", places=12))
@settings(max_examples=300)
def test_the_bound_is_the_highest_rate_that_does_not_gain(opposite: Decimal):
    bound = highest_without_gain(opposite)

    assert Fraction(bound) * Fraction(opposite) <= 1
    assert (Fraction(bound) + Fraction(1, 10**12)) * Fraction(opposite) > 1
