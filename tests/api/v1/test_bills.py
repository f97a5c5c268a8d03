"""Bills over HTTP: listed with their totals, read with their lines and records, and carried through their life."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.client import a_key
from api.v1.test_files import fetch
from settlement_bill_builders import a_billed_month
from settlement_builders import a_merchant_account, a_record, amount_of, some_terms, the_bill
from visits import staff_client

if TYPE_CHECKING:
    from api.client import Caller

pytestmark = pytest.mark.rule("B-17", "E-13")


@pytest.mark.rule("B-22", "X-B3", "A12")
def test_a_bill_has_lines_and_each_opens_its_records(house: Caller) -> None:
    account = a_merchant_account()
    a_record(account, "20.00", kind="phone", unit="minutes", quantity="60")
    a_record(account, "10.00", kind="phone", unit="minutes", quantity="40")
    a_record(account, "10.00", kind="4g", unit="M", quantity="50")
    number = the_bill(account).pk

    body = house.get(f"/bills/{number}").body
    records = house.get(f"/bills/{number}/records?kind=phone&style=net").body

    lines = [
        (one["kind"], one["quantity"], one["unit"], one["amount"]["amount"])
        for one in body["lines"]
    ]
    assert lines == [("4g", "50", "M", "10.00"), ("phone", "100", "minutes", "30.00")]
    assert body["total"] == {"amount": "40.00", "currency": "CNY"}
    assert [one["amount"]["amount"] for one in records["data"]] == ["10.00", "20.00"]
    assert {one["bill"] for one in records["data"]} == {number}


@pytest.mark.rule("A39")
def test_bills_are_found_by_what_they_are_and_added_up(house: Caller) -> None:
    first, second = a_merchant_account(), a_merchant_account()
    a_record(second, "-15.00")
    small = a_billed_month(first, "40.00").pk
    large = the_bill(second).pk

    def numbers(query: str) -> list[int]:
        return [one["number"] for one in house.get(f"/bills?{query}").body["data"]]

    assert numbers("") == [large, small]
    assert numbers(f"account={first.number}") == [small]
    assert numbers(f"owner={second.owner}") == [large]
    assert numbers("currency=CNY&most=-0.01") == [large]
    assert numbers("state=draft") == []
    assert numbers("since=2026-11-01") == []
    assert numbers("until=2026-10-31&limit=1") == [large]
    totals = house.get("/bills/totals").body["data"]
    assert [(one["bills"], one["total"]["amount"]) for one in totals] == [(2, "25.00")]
    assert house.get("/bills?most=5").code == "unknown_currency"
    assert fetch(house, "/bills/file?format=csv").content.count(b"\r\n") == 8


@pytest.mark.rule("A10", "B-26")
def test_a_draft_is_reviewed_and_issued_once(house: Caller) -> None:
    account = a_merchant_account()
    some_terms(account, review=True)
    number = a_billed_month(account, "40.00").pk
    assert amount_of(account) == "0.00"

    states = [house.post(f"/bills/{number}/{verb}").body["state"] for verb in ("review", "reopen")]
    a_record(account, "2.00")
    refreshed = house.post(f"/bills/{number}/refresh").body
    tried = house.post(f"/bills/{number}/issue?dry_run=true")
    assert amount_of(account) == "0.00"
    issued = house.post(f"/bills/{number}/issue", key="once")
    again = house.post(f"/bills/{number}/issue", key="once")

    assert states == ["reviewed", "draft"]
    assert refreshed["total"]["amount"] == "42.00"
    assert tried.body["state"] == "issued"
    assert (issued.body["state"], issued.body["balance_then"]["amount"]) == ("issued", "42.00")
    assert again.body["entry"] == issued.body["entry"]
    assert amount_of(account) == "42.00"
    assert house.post(f"/bills/{number}/refresh").code == "bill_move_refused"


@pytest.mark.rule("A11")
def test_a_replaced_bill_names_its_successor(house: Caller) -> None:
    account = a_merchant_account()
    number = a_billed_month(account, "40.00").pk

    made = house.post(f"/bills/{number}/replace", {"reason": "wrong rate"}).body
    void = house.get(f"/bills/{number}").body

    assert (made["replaces"], made["state"], made["total"]["amount"]) == (number, "draft", "40.00")
    assert (void["state"], void["void_reason"], void["successor"]) == (
        "void",
        "wrong rate",
        made["number"],
    )
    assert amount_of(account) == "0.00"


@pytest.mark.rule("T14")
def test_a_merchants_key_sees_what_was_issued_to_him(house: Caller) -> None:
    account, other = a_merchant_account(), a_merchant_account()
    a_record(other, "9.00")
    number = a_billed_month(account, "40.00").pk
    foreign = the_bill(other).pk
    his = a_key(customer=account.owner)

    assert [one["number"] for one in his.get("/bills").body["data"]] == [number]
    assert his.get(f"/bills/{number}").status == 200
    for path in (
        f"/bills/{foreign}",
        f"/bills/{foreign}/records",
        f"/bills/{foreign}/file?format=csv",
    ):
        assert (his.get(path).status, his.get(path).code) == (404, "unknown_bill")
    draft = house.post(f"/bills/{number}/replace", {"reason": "wrong"}).body["number"]
    assert his.get(f"/bills/{draft}").status == 404
    assert [one["number"] for one in his.get("/bills").body["data"]] == [number]
    assert his.post(f"/bills/{draft}/issue").status == 403


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_the_file_of_a_bill_is_the_same_each_time(house: Caller, form: str) -> None:
    number = a_billed_month(a_merchant_account(), "40.00").pk

    where = f"/bills/{number}/file?format={form}&language=zh-hans"
    first, again = fetch(house, where), fetch(house, where)
    page = staff_client("auditor").get(
        f"/backoffice/settlement/bills/{number}/file?format={form}",
        headers={"accept-language": "zh-hans"},
    )

    assert (first.status_code, again.content) == (200, first.content)
    assert page.content == first.content
