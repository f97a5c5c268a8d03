from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection as django_connection

from tael import books, ledger
from tael.channels import queries
from tael.channels.currency import (
    CurrencyExists,
    CurrencyReserved,
    add_currency,
    add_iso_currency,
    disable_currency,
)
from tael.money import CurrencyMalformed, UnknownCurrency
from tael.parties.queries import audit_trail
from tael.parties.text import TextMalformed

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BY = {"actor": "user:10000", "at": AT}


@pytest.mark.rule("F-11")
def test_a_fresh_installation_has_five_currencies_and_points(db):
    there = {s.currency.code: (s.currency.exponent, s.currency.kind) for s in queries.currencies()}

    assert there == {
        "CNY": (2, "money"),
        "EUR": (2, "money"),
        "HKD": (2, "money"),
        "JPY": (0, "money"),
        "USD": (2, "money"),
        "POINT": (0, "points"),
    }


@pytest.mark.rule("F-11")
def test_a_currency_of_the_standard_is_added_by_its_code(db):
    for code, exponent in (("GBP", 2), ("KWD", 3), ("KRW", 0), ("IQD", 3)):
        add_iso_currency(code=code, **BY)

        assert books.currency(code).exponent == exponent
        assert books.currency(code).name


@pytest.mark.rule("F-11")
def test_the_operators_own_money_and_points_are_added_with_their_decimals(db):
    add_currency(code="USDT", exponent=6, name="Tether", **BY)
    add_currency(code="STAR", exponent=0, kind="points", name="星", **BY)

    assert (books.currency("USDT").exponent, books.currency("STAR").kind) == (6, "points")
    assert [r.subject for r in audit_trail()] == ["currency:STAR", "currency:USDT"]


def test_a_registered_currency_is_not_added_again(db):
    with pytest.raises(CurrencyExists):
        add_iso_currency(code="CNY", **BY)
    with pytest.raises(CurrencyExists):
        add_currency(code="POINT", exponent=0, kind="points", name="x", **BY)


def test_a_code_that_means_something_else_is_reserved(db):
    for code in ("GBP", "CNY", "ALL"):
        with pytest.raises(CurrencyReserved):
            add_currency(code=code, exponent=2, name="mine", **BY)


def test_a_currency_that_cannot_be_is_refused(db):
    for changes, refusal in (
        ({"code": "us"}, CurrencyMalformed),
        ({"code": "usdt"}, CurrencyMalformed),
        ({"code": None}, CurrencyMalformed),
        ({"exponent": 9}, CurrencyMalformed),
        ({"exponent": -1}, CurrencyMalformed),
        ({"exponent": "2"}, CurrencyMalformed),
        ({"kind": "shares"}, CurrencyMalformed),
        ({"name": ""}, TextMalformed),
    ):
        with pytest.raises(refusal):
            add_currency(**{"code": "USDT", "exponent": 6, "name": "Tether"} | BY | changes)

    assert "USDT" not in books.currencies()


def test_what_the_standard_does_not_have_is_unknown(db):
    for code in ("XYZ", "", None, "XAU"):
        with pytest.raises(UnknownCurrency):
            add_iso_currency(code=code, **BY)


def test_decimals_never_change(db, owner, connection):
    """A code that the books know keeps its decimals, whatever the registry is told later."""
    owner.execute("INSERT INTO ledger.currency (code, exponent, kind) VALUES ('USDT', 6, 'money')")
    owner.commit()

    with pytest.raises(ledger.CurrencyTaken):
        add_currency(code="USDT", exponent=8, name="Tether", **BY)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE ledger.currency SET exponent = 8 WHERE code = 'USDT'")


def test_an_unknown_currency_is_not_switched(db):
    for code in ("XYZ", "", None, ["CNY"]):
        with pytest.raises(UnknownCurrency):
            disable_currency(code=code, **BY)


def test_only_what_changes_is_recorded(db):
    disable_currency(code="USD", **BY)
    disable_currency(code="USD", **BY)

    assert [r.action for r in audit_trail(subject="currency:USD")] == ["currency.disable"]


def test_parallel_additions_end_in_one_currency(db):
    def one(_: int) -> bool:
        try:
            add_iso_currency(code="GBP", **BY)
        except CurrencyExists:
            return False
        finally:
            django_connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(one, range(8))) == 1
