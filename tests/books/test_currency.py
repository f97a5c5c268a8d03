from datetime import UTC, datetime

import pytest

from tael import books
from tael.channels.currency import disable_currency, enable_currency

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.rule("F-11")
def test_a_registered_currency_comes_with_its_facts(db):
    yuan = books.currency("CNY")

    assert (yuan.code, yuan.exponent, yuan.kind) == ("CNY", 2, "money")


@pytest.mark.rule("F-11")
def test_a_code_that_is_not_registered_is_refused(db):
    for code in ("XYZ", "cny", "", "CNY ", "ALL", None, 7, ["CNY"]):
        with pytest.raises(books.UnknownCurrency) as refused:
            books.currency(code, field="ctype")

        assert refused.value.field == "ctype"
        assert "CNY" in refused.value.allowed


@pytest.mark.rule("F-11")
def test_a_currency_switched_off_is_refused_at_once_and_works_again_when_switched_on(db):
    books.currency("HKD")
    disable_currency(code="HKD", actor="user:10000", at=AT)

    with pytest.raises(books.CurrencyDisabled):
        books.currency("HKD")

    assert not books.currencies()["HKD"].enabled
    enable_currency(code="HKD", actor="user:10000", at=AT)
    assert books.currency("HKD").code == "HKD"
