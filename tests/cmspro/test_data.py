"""What the parameters of the data array may be, and what is said about those that cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from amount_inputs import AMOUNT_INPUTS, MALFORMED, NOT_POSITIVE, AmountInput
from builders import AT, STAFF, an_iso_currency, figures
from tael.channels.channel import change_channel
from tael.cmspro import money
from tael.cmspro.data import PARAMETERS
from tael.wallet.figures import figures_now
from tael.wallet.wallet import find_wallet

RECHARGE = {"ctype": "CNY", "money": "1", "mtype": "System", "uid": 10012}


def refusal(result):
    assert not result
    assert result == False  # noqa: E712 - the seed's own form
    assert result.flow_ids == ()
    return result.error["code"], result.error.get("field")


@pytest.mark.rule("F-01")
def test_there_are_seven_operations(db):
    for number in (0, 8, -1, "", "8", "x", None, True, 1.0, [1], 10**5000):
        result = money.init(number, RECHARGE, "AdminRecharge")

        assert refusal(result) == ("operation_unknown", "type")


@pytest.mark.rule("F-01")
def test_the_operation_may_be_written_as_text(site, customers):
    assert money.init("1", RECHARGE, "AdminRecharge")


@pytest.mark.rule("F-19")
def test_the_parameters_have_the_seeds_names(site):
    table = [
        "ctype",
        "money",
        "mtype",
        "uid",
        "type",
        "carda",
        "to",
        "cardb",
        "info",
        "sno",
        "pno",
        "status",
        "logid",
    ]

    assert [name for name in PARAMETERS if name != "card"] == table


@pytest.mark.rule("F-19")
def test_a_misspelt_parameter_is_refused(site, customers):
    for name in ("cardB", "amount", "UID", "", "cardb ", 1):
        result = site.init(1, {**RECHARGE, name: "1"}, "AdminRecharge")

        assert refusal(result) == ("parameter_unknown", ascii(str(name)))


@pytest.mark.rule("F-02")
def test_a_code_that_is_no_text_is_refused(site, customers):
    for code in (None, 7, ["AdminRecharge"]):
        assert refusal(site.init(1, RECHARGE, code)) == ("parameter_malformed", "code")
    assert refusal(site.init(1, RECHARGE, "two words")) == ("instruction_malformed", "code")


def test_data_that_are_no_array_are_refused(site):
    for given in ("x", None, 7, ["money"]):
        result = site.init(1, given, "AdminRecharge")

        assert refusal(result) == ("parameter_malformed", "data")


FULL = {
    "ctype": "CNY",
    "money": "1",
    "mtype": "Admin",
    "uid": 10012,
    "carda": "100001",
    "cardb": "100001",
    "to": 10010,
    "type": 1,
    "status": 1,
    "logid": 1,
}
NEEDED = [
    (1, "ctype money mtype uid", {"status": None, "logid": None, "cardb": ""}),
    (1, "ctype money mtype uid logid", {}),
    (2, "ctype money mtype uid type carda", {}),
    (3, "ctype money mtype uid carda to", {"cardb": ""}),
    (4, "ctype money mtype uid carda", {}),
    (5, "ctype money mtype uid carda", {}),
    (6, "ctype money mtype uid type carda cardb", {}),
    (7, "ctype money mtype uid type carda", {}),
    (7, "ctype money mtype uid type cardb", {"type": 2}),
    (7, "money mtype uid type carda cardb", {"type": 3}),
]


@pytest.mark.rule("F-19", "F-21")
@pytest.mark.parametrize(("operation", "names", "given"), NEEDED)
def test_a_needed_parameter_that_is_missing_is_named(site, wallet, operation, names, given):
    for name in names.split():
        for absent in (None, ""):
            result = site.init(operation, {**FULL, **given, name: absent}, "Any")

            assert refusal(result) == ("parameter_missing", name)
    assert figures(wallet) == ("1000.00", "100.00", "0.00")


@pytest.mark.rule("F-19")
@pytest.mark.parametrize("name", ["uid", "carda"])
def test_a_number_that_is_none_is_refused(site, wallet, name):
    for number in ("x", "1.0", 1.0, "01", "-1", 0, -1, True, [1], "１", " 1", "9" * 19, 10**5000):
        result = site.init(4, {**FULL, name: number}, "UserWithdraw")

        assert refusal(result) == ("parameter_malformed", name)


@pytest.mark.parametrize(("operation", "allowed"), [(2, "12"), (6, "12"), (7, "123")])
def test_the_type_is_one_that_the_operation_has(site, wallet, operation, allowed):
    for kind in (0, 1, 2, 3, 4, "1", "3", "x", True, "01", [1]):
        result = site.init(operation, {**FULL, "type": kind}, "Any")

        known = type(kind) in {int, str} and str(kind) in list(allowed)
        assert known == (result.error is None or result.error["code"] != "parameter_malformed")


def test_the_status_is_created_or_success(site, customers):
    result = site.init(1, {**RECHARGE, "status": 3}, "OnlineRecharge")

    assert refusal(result) == ("parameter_malformed", "status")


def verdict_here(given: AmountInput) -> int | str:
    """The table's verdict, but that this door takes a whole number for its own text (F-19)."""
    if given.value is None or "" in {
        given.value if type(given.value) is str else None,
        given.currency,
    }:
        return "parameter_missing"
    if type(given.value) is not int:
        return given.verdict
    if given.value <= 0:
        return NOT_POSITIVE if given.value == 0 else MALFORMED
    return given.value * 100


def liquid(currency: str) -> int:
    found = find_wallet(10012, currency)
    return figures_now([found])[found.number].liquid.minor if found else 0


@pytest.mark.rule("F-38")
def test_every_amount_gets_the_verdict_of_the_one_parser(site, customers):
    an_iso_currency("BHD")  # three decimals
    wrong = []
    for given in AMOUNT_INPUTS:
        data = {**RECHARGE, "money": given.value, "ctype": given.currency}
        before = liquid(given.currency)

        result = site.init(1, data, "AdminRecharge")

        code = (result.error or {}).get("code")
        verdict = liquid(given.currency) - before if result else code
        if verdict != verdict_here(given):
            wrong.append((given, verdict))
    assert wrong == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (Decimal("1.50"), None),
        (Decimal("1.505"), "amount_too_precise"),
        (Decimal("NaN"), "amount_malformed"),
        (Decimal("Infinity"), "amount_malformed"),
        (Decimal("1E+400000"), "amount_malformed"),
        (Decimal(-1), "amount_malformed"),
        (10**5000, "amount_malformed"),
    ],
    ids=["1.50", "1.505", "NaN", "Infinity", "1E+400000", "-1", "10**5000"],
)
def test_an_exact_decimal_counts_as_its_own_text(site, customers, value, code):
    result = site.init(1, {**RECHARGE, "money": value}, "AdminRecharge")

    assert (result.error or {}).get("code") == code


@pytest.mark.rule("F-20", "F-38")
@pytest.mark.parametrize(
    "sno", ["4" + "20260301080001" + "10012", "x", "1", "1" + "20261301080001" + "10012"]
)
def test_a_serial_number_of_another_operation_or_no_date_is_refused(site, customers, sno):
    result = site.init(1, {**RECHARGE, "sno": sno}, "AdminRecharge")

    assert refusal(result) == ("sno_malformed", "sno")


@pytest.mark.rule("F-38")
@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"ctype": "XXX"}, "unknown_currency", "ctype"),
        ({"mtype": "Nowhere"}, "unknown_channel", "mtype"),
        ({"uid": 10011}, "unknown_customer", "uid"),
        ({"cardb": "100009"}, "unknown_wallet", "cardb"),
        ({"uid": 10010, "cardb": "100001"}, "unknown_wallet", "cardb"),
        ({"ctype": "USD", "cardb": "100001"}, "currency_mismatch", "money"),
        ({"money": "0"}, "amount_not_positive", "money"),
        ({"info": "a\x00b"}, "instruction_malformed", "info"),
        ({"pno": "x" * 65}, "instruction_malformed", "pno"),
        ({"info": ["x"]}, "parameter_malformed", "info"),
    ],
)
def test_what_cannot_be_recharged_is_refused_in_the_seeds_words(site, wallet, changed, code, field):
    result = site.init(1, {**RECHARGE, **changed}, "AdminRecharge")

    assert refusal(result) == (code, field)
    assert {"detail", "retry"} <= set(result.error)
    assert figures(wallet) == ("1000.00", "100.00", "0.00")


@pytest.mark.rule("F-05")
def test_a_channel_without_the_currency_is_refused(site, customers):
    change_channel(identifier="Alipay", currencies="CNY,USD", actor=STAFF, at=AT)

    result = site.init(1, {**RECHARGE, "mtype": "Alipay", "ctype": "EUR"}, "AdminRecharge")

    assert refusal(result) == ("channel_currency_refused", "mtype")
