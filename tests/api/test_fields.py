"""The table of amounts through the API, and what fields may hold besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from amount_inputs import AMOUNT_INPUTS, JSON_NUMBERS
from api.client import amount
from builders import a_customer, a_wallet, an_iso_currency, figures
from tael.money import Money, iso_currency

if TYPE_CHECKING:
    from api.client import Caller
    from tael.wallet.wallet import Wallet

REFUSED = [given for given in AMOUNT_INPUTS if isinstance(given.verdict, str)]
ACCEPTED = [given for given in AMOUNT_INPUTS if isinstance(given.verdict, int)]


@pytest.fixture
def many(house: Caller) -> dict[str, Wallet]:
    """A wallet in each currency of the table."""
    owner = a_customer()
    for code in ("USD", "JPY", "BHD"):
        an_iso_currency(code)
    return {code: a_wallet(owner=owner, currency=code) for code in ("CNY", "USD", "JPY", "BHD")}


@pytest.mark.rule("T11", "F-38")
def test_the_table_of_refused_amounts(house: Caller, many: dict[str, Wallet]) -> None:
    for given in REFUSED:
        number = many.get(given.currency, many["CNY"]).number
        reply = house.post(
            "/recharge", {"wallet": number, "amount": amount(given.value, given.currency)}
        )

        assert (reply.status, reply.code) == (422, given.verdict), given
        field = "currency" if given.verdict == "unknown_currency" else "amount"
        assert reply.body["field"] == f"amount.{field}"
    assert {figures(wallet)[0].strip("0.") for wallet in many.values()} == {""}


@pytest.mark.rule("T11", "F-38")
def test_an_accepted_amount_is_the_amount_that_is_posted(house: Caller) -> None:
    for given in ACCEPTED:
        assert isinstance(given.verdict, int)
        an_iso_currency(given.currency)
        wallet = a_wallet(currency=given.currency)

        reply = house.post(
            "/recharge", {"wallet": wallet.number, "amount": amount(given.value, given.currency)}
        )

        assert reply.status == 201, given
        assert figures(wallet)[0] == Money(given.verdict, iso_currency(given.currency)).text


@pytest.mark.rule("T11", "M6")
def test_a_json_number_is_no_amount(house: Caller, wallet: Wallet) -> None:
    for number in JSON_NUMBERS:
        raw = f'{{"wallet": {wallet.number}, "amount": {{"amount": {number}, "currency": "CNY"}}}}'

        reply = house.send("POST", "/recharge", raw.encode(), key="new")

        assert reply.code in {"amount_malformed", "body_malformed"}, number
    assert figures(wallet)[0] == "100.00"


WRONG_FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"wallet": True}, "wallet", "field_invalid"),
    ({"wallet": 1.0}, "wallet", "field_invalid"),
    ({"wallet": "100001"}, "wallet", "field_invalid"),
    ({"wallet": 0}, "wallet", "field_invalid"),
    ({"wallet": 2**63}, "wallet", "field_invalid"),
    ({"spend_only": "yes"}, "spend_only", "field_invalid"),
    ({"spend_only": 1}, "spend_only", "field_invalid"),
    ({"info": 5}, "info", "field_invalid"),
    ({"Wallet": 1}, "Wallet", "field_unknown"),
    ({"amount": "5"}, "amount", "field_invalid"),
    ({"amount": {"amount": "5"}}, "amount.currency", "field_missing"),
    ({"amount": {"amount": "5", "currency": "CNY", "scale": 2}}, "amount.scale", "field_unknown"),
]


@pytest.mark.rule("M6", "T11")
def test_a_field_of_another_type_or_name_is_refused_by_name(house: Caller, wallet: Wallet) -> None:
    for given, field, code in WRONG_FIELDS:
        reply = house.post("/recharge", {"wallet": wallet.number, "amount": amount("1"), **given})

        assert (reply.status, reply.code) == (422, "request_invalid"), given
        assert [(each["field"], each["code"]) for each in reply.body["errors"]] == [(field, code)]
        if given == {"amount": "5"}:
            assert (
                '"currency": "CNY"' in reply.body["detail"]
            )  # what to send, not whose class it is
    assert figures(wallet)[0] == "100.00"


NO_MOMENTS = [
    "2026-11-21",
    "2026-11-21T12:00:00",
    "2026-11-21 12:00:00Z",
    "2026-13-21T12:00:00Z",
    "2026-11-21T12:00:60Z",
    "1969-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "1700000000",
    "２０２６-11-21T12:00:00Z",
    "",
]


@pytest.mark.rule("T11")
def test_a_moment_without_zone_or_out_of_the_calendar_is_refused(
    house: Caller, wallet: Wallet
) -> None:
    for moment in NO_MOMENTS:
        reply = house.get(f"/wallets/{wallet.number}/balance", as_of=moment)

        assert (reply.status, reply.code) == (422, "request_invalid"), moment
        assert reply.body["field"] == "as_of"


@pytest.mark.rule("T11")
def test_a_path_has_a_plain_number(house: Caller) -> None:
    for number in ("0", "-1", "+1", "1_0", "１", "1.0", "9" * 20, "abc", "%00"):
        reply = house.get(f"/wallets/{number}")

        assert (reply.status, reply.body["field"]) == (422, "number"), number


@pytest.mark.rule("T23")
def test_a_page_has_1_to_200_things(house: Caller) -> None:
    for limit in ("0", "201", "1e2", "true", "9" * 30):
        assert house.get("/customers", limit=limit).status == 422, limit
