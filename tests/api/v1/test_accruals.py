"""Business records over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from api.client import Caller, a_key
from settlement_builders import a_kind, a_merchant_account, a_record, the_shop

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet


def act(account: Any, text: str = "100.00", **given: Any) -> dict[str, Any]:
    """The body of a record."""
    return {
        "account": account.number,
        "source": the_shop(),
        "kind": a_kind(given.pop("kind", "service")),
        "number": "WO-1",
        "amount": {"amount": text, "currency": account.currency.code},
        **given,
    }


def named(number: str = "WO-1") -> dict[str, str]:
    return {"source": "shop", "kind": "service", "number": number}


@pytest.mark.rule("B-14", "B-15")
def test_a_record_is_recorded_once(house: Caller) -> None:
    body = act(a_merchant_account(), "-30.00", note="advance")

    made = house.post("/accruals", body, key=None)
    again = house.post("/accruals", body, key=None)
    other = house.post(
        "/accruals", {**body, "amount": {"amount": "-31", "currency": "CNY"}}, key=None
    )

    assert (made.status, made.body["amount"]["amount"], made.body["state"]) == (
        201,
        "-30.00",
        "confirmed",
    )
    assert again.body == made.body
    assert again.headers["Idempotent-Replay"] == "true"
    assert (other.status, other.code, other.body["field"]) == (409, "accrual_taken", "amount")
    assert house.get(f"/accruals/{made.body['record']}").body == made.body


@pytest.mark.rule("B-11", "B-12")
def test_a_pending_record_is_confirmed_or_fails(house: Caller) -> None:
    account = a_merchant_account()
    house.post("/accruals", act(account, confirmed=False), key=None)
    house.post("/accruals", act(account, confirmed=False, number="WO-2"), key=None)

    assert house.post("/accruals/confirm", named(), key=None).body["state"] == "confirmed"
    assert house.post("/accruals/fail", named("WO-2"), key=None).body["state"] == "failed"
    assert house.post("/accruals/fail", named(), key=None).code == "accrual_decided"
    assert house.post("/accruals/confirm", named("WO-3"), key=None).code == "unknown_accrual"


@pytest.mark.rule("B-10", "B-13")
def test_a_record_is_reversed_in_parts_and_no_further(house: Caller) -> None:
    house.post("/accruals", act(a_merchant_account()), key=None)
    whole = {"source": "shop", "kind": "service", "reversed_number": "WO-1", "number": "R-1"}
    part = {**whole, "amount": {"amount": "40", "currency": "CNY"}}

    made = house.post("/accruals/reverse", part, key=None)
    again = house.post("/accruals/reverse", part, key=None)
    rest = house.post("/accruals/reverse", {**whole, "number": "R-2"}, key=None)
    more = house.post("/accruals/reverse", {**whole, "number": "R-3"}, key=None)

    assert (made.status, made.body["amount"]["amount"]) == (201, "-40.00")
    assert (made.body["type"], made.body["reversed_number"]) == ("reversal", "WO-1")
    assert again.headers["Idempotent-Replay"] == "true"
    assert rest.body["amount"]["amount"] == "-60.00"
    assert (more.status, more.code) == (409, "reversed_too_much")
    listed = house.get("/accruals?number=WO-1").body["data"]
    assert [row["number"] for row in listed] == ["R-2", "R-1", "WO-1"]
    assert listed[-1]["reversed"]["amount"] == "100.00"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"amount": {"amount": "0", "currency": "CNY"}}, "amount_not_positive", "amount.amount"),
        ({"amount": {"amount": "--1", "currency": "CNY"}}, "amount_malformed", "amount.amount"),
        ({"amount": {"amount": "1", "currency": "USD"}}, "accrual_malformed", "amount"),
        ({"number": "a b"}, "accrual_malformed", "number"),
        ({"quantity": "1e3"}, "accrual_malformed", "quantity"),
        ({"quantity": "1.2.3"}, "accrual_malformed", "quantity"),
        ({"source": "nowhere"}, "unknown_source", "source"),
        ({"kind": "nothing"}, "unknown_business_kind", "kind"),
        ({"account": 499999}, "unknown_merchant_account", "account"),
        ({"day": "2999-12-31"}, "day_not_open", "day"),
        ({"facts": {"a": "\x00"}}, "accrual_malformed", "facts"),
        ({"note": "a\nb"}, "text_malformed", "note"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(
    house: Caller, change: dict[str, Any], code: str, field: str
) -> None:
    house.post("/currencies", {"code": "USD"}, key=None)
    body = act(a_merchant_account(), kind="service") | change

    reply = house.post("/accruals", body, key=None)

    assert (reply.code, reply.body["field"]) == (code, field)
    assert house.get("/accruals").body["data"] == []


def test_a_batch_gives_a_verdict_on_each(house: Caller) -> None:
    account = a_merchant_account()
    items = [
        act(account, number="A"),
        act(account, number="A"),
        act(account, number="B", extra=1),
        act(account, "-5.00", number="C", confirmed=False),
        17,
        act(account, number="D") | {"account": 499999},
    ]

    done = house.post("/accruals/batch", {"items": items}, key=None).body

    assert (done["recorded"], done["replayed"], done["refused"]) == (2, 1, 3)
    words = [each["verdict"] for each in done["data"]]
    assert words == ["recorded", "replayed", "refused", "recorded", "refused", "refused"]
    assert done["data"][2]["problem"]["code"] == "request_invalid"
    assert done["data"][5]["problem"]["code"] == "unknown_merchant_account"
    assert done["data"][0]["record"] == done["data"][1]["record"]


@pytest.mark.rule("A39")
def test_the_file_holds_what_the_list_shows(house: Caller) -> None:
    a_record(a_merchant_account(), "10.00", number="A")
    a_record(a_merchant_account(), "20.00", number="B", kind="trade")

    listed = house.get("/accruals?kind=trade").body["data"]
    file = Client(SERVER_NAME="localhost").get(
        "/api/v1/accruals/file?kind=trade&format=csv",
        headers={"authorization": f"Bearer {house.text}"},
    )

    lines = file.content.decode().splitlines()
    assert [row["number"] for row in listed] == ["B"]
    assert len(lines) == 7  # title, three facts, a gap, the headings, one record
    assert ",B,normal," in lines[-1]
    assert ",20.00,CNY," in lines[-1]


@pytest.mark.rule("T14")
def test_a_merchants_key_sees_his_own_records_only(house: Caller, wallet: Wallet) -> None:
    mine = a_record(a_merchant_account(owner=wallet.owner), "10.00", number="A")
    other = a_record(a_merchant_account(), "20.00", number="B")
    key = a_key("settlement:read", customer=wallet.owner)

    assert [row["number"] for row in key.get("/accruals").body["data"]] == ["A"]
    assert key.get(f"/accruals/{mine.pk}").status == 200
    foreign, absent = key.get(f"/accruals/{other.pk}"), key.get("/accruals/99999999")
    assert (
        (foreign.status, foreign.code) == (absent.status, absent.code) == (404, "unknown_accrual")
    )
    assert key.get(f"/accruals?account={other.account_id}").code == "unknown_merchant_account"
    assert key.get(f"/accruals?owner={other.account.owner}").code == "unknown_customer"
