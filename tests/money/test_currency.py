from __future__ import annotations

import pytest

from tael.money import Currency, CurrencyMalformed, UnknownCurrency, iso_currency

EXPONENTS = {
    "AFN": 2,
    "ALL": 2,
    "IQD": 3,
    "IRR": 2,
    "KPW": 2,
    "LAK": 2,
    "LBP": 2,
    "MGA": 2,
    "MMK": 2,
    "RSD": 2,
    "SOS": 2,
    "SYP": 2,
    "YER": 2,
}
"""The 13 currencies whose decimals locale data gets wrong, with the standard's own."""


@pytest.mark.rule("F-11")
@pytest.mark.parametrize(("code", "exponent"), EXPONENTS.items())
def test_the_decimals_come_from_the_standard_where_locale_data_differ(code: str, exponent: int):
    assert iso_currency(code).exponent == exponent


@pytest.mark.parametrize(
    ("code", "exponent"), [("CNY", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("BHD", 3), ("CLF", 4)]
)
def test_the_usual_currencies_have_their_decimals(code: str, exponent: int):
    currency = iso_currency(code)

    assert (currency.code, currency.exponent, currency.kind) == (code, exponent, "money")
    assert currency.name


@pytest.mark.parametrize(
    "code", ["cny", "CN", "XAU", "XXX", "XTS", "", "CNY\n", "\uff23NY", None, 156]
)
def test_a_code_that_is_no_currency_today_is_refused(code: str):
    with pytest.raises(UnknownCurrency) as caught:
        iso_currency(code)

    assert caught.value.field == "currency"


@pytest.mark.rule("F-11")
def test_an_operator_has_currencies_and_points_of_its_own():
    points = Currency("POINTS", 0, kind="points", name="Bonus points")

    assert str(points) == "POINTS"
    assert points.kind == "points"


def test_the_name_does_not_make_another_currency():
    assert Currency("CNY", 2, name="Yuan") == Currency("CNY", 2, name="人民幣")
    assert hash(Currency("CNY", 2, name="Yuan")) == hash(Currency("CNY", 2))


@pytest.mark.parametrize(
    "other", [Currency("CNX", 2), Currency("CNY", 3), Currency("CNY", 2, kind="points")]
)
def test_code_decimals_and_kind_do(other: Currency):
    assert Currency("CNY", 2) != other


@pytest.mark.parametrize(
    ("field", "description"),
    [
        ("code", {"code": "AB", "exponent": 2}),
        ("code", {"code": "A" * 13, "exponent": 2}),
        ("code", {"code": "1AB", "exponent": 2}),
        ("code", {"code": "abc", "exponent": 2}),
        ("code", {"code": "ABC\n", "exponent": 2}),
        ("code", {"code": None, "exponent": 2}),
        ("exponent", {"code": "ABC", "exponent": -1}),
        ("exponent", {"code": "ABC", "exponent": 9}),
        ("exponent", {"code": "ABC", "exponent": True}),
        ("exponent", {"code": "ABC", "exponent": 2.0}),
        ("kind", {"code": "ABC", "exponent": 2, "kind": "shells"}),
    ],
)
def test_a_currency_out_of_bounds_is_refused_by_its_field(
    field: str, description: dict[str, object]
):
    with pytest.raises(CurrencyMalformed) as caught:
        Currency(**description)  # type: ignore[arg-type]

    assert caught.value.field == field
