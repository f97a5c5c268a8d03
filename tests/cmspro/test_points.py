"""Points and money are exchanged in one entry, to the amount that was asked for, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_rate, a_wallet, figures
from tael.wallet.wallet import find_wallet

IN = {"ctype": "CNY", "money": "1", "mtype": "System", "uid": 10012, "cardb": 100001, "type": 2}
OUT = {"ctype": "CNY", "money": "1", "mtype": "System", "uid": 10012, "carda": 100001, "type": 1}


@pytest.fixture
def points(wallet):
    return a_wallet(owner=10012, currency="POINT", free="150")


@pytest.mark.rule("F-34")
@pytest.mark.parametrize(
    ("rate", "asked", "taken"),
    [("0.01", "1.00", 100), ("0.01", "0.01", 1), ("0.3", "0.60", 2), ("0.013", "1.00", 77)],
)
def test_as_many_points_are_taken_as_the_amount_costs(site, wallet, points, rate, asked, taken):
    a_rate("POINT/CNY", rate)

    assert site.init(7, {**IN, "money": asked}, "MoneyToIntegral")
    assert figures(points) == (str(150 - taken), "0", "0")


@pytest.mark.rule("F-34")
def test_an_amount_that_no_number_of_points_buys_is_refused(site, wallet, points):
    a_rate("POINT/CNY", "0.07")

    result = site.init(7, IN, "MoneyToIntegral")

    assert result.error["code"] == "points_do_not_fit"
    assert (result.error["there"], result.error["allowed"]) == ("1.00 CNY", "1.05 CNY")
    assert figures(points) == ("150", "0", "0")


@pytest.mark.rule("F-36")
@pytest.mark.parametrize("code", ["MoneyToIntegral", "IntegralToMoney"])
def test_too_few_points_move_nothing_under_either_code(site, wallet, points, code):
    a_rate("POINT/CNY", "0.01")

    result = site.init(7, {**IN, "money": "1.51"}, code)

    assert result.error["code"] == "insufficient_funds"
    assert figures(wallet) == ("1000.00", "100.00", "0.00")
    assert figures(points) == ("150", "0", "0")


@pytest.mark.rule("F-36")
def test_a_customer_without_points_gets_no_account_by_a_refusal(site, wallet):
    a_rate("POINT/CNY", "0.01")

    assert site.init(7, IN, "MoneyToIntegral").error["code"] == "insufficient_funds"
    assert find_wallet(10012, "POINT") is None


@pytest.mark.rule("F-34")
def test_a_repetition_after_a_change_of_the_rate_gives_the_first_result(site, wallet, points):
    a_rate("POINT/CNY", "0.01")
    data = {**IN, "sno": "7" + site.date() + "10012"}
    first = site.init(7, data, "MoneyToIntegral")
    a_rate("POINT/CNY", "0.02", at=AT + timedelta(minutes=59))

    again = site.init(7, data, "MoneyToIntegral")
    other = site.init(7, {**data, "money": "2"}, "MoneyToIntegral")

    assert again.replayed
    assert again.flow_ids == first.flow_ids
    assert other.error["code"] == "key_reused"
    assert figures(points) == ("50", "0", "0")


@pytest.mark.rule("F-35")
def test_locked_money_buys_no_points(site, wallet):
    a_rate("CNY/POINT", "100")

    result = site.init(7, {**OUT, "money": "900.01"}, "IntegralToMoney")

    assert result.error["code"] == "locked_funds"
    assert find_wallet(10012, "POINT") is None


@pytest.mark.rule("F-12")
def test_without_a_rate_nothing_is_exchanged(site, wallet, points):
    assert site.init(7, IN, "MoneyToIntegral").error["code"] == "rate_missing"
    assert site.init(7, OUT, "IntegralToMoney").error["code"] == "rate_missing"
