"""Completeness over HTTP: figures, checks and cases; for the house only, nothing twice, the secret once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from api.client import Caller, a_key
from builders import STAFF, a_customer
from settlement_builders import IN_NOVEMBER, a_merchant_account, a_record, the_shop
from settlement_completeness_builders import act_of, an_act, checked
from tael.settlement.asking.source_address import set_address
from tael.settlement.models import CompletenessRun

if TYPE_CHECKING:
    from tael.postgres.connect import Databases

pytestmark = pytest.mark.rule("B-14")
ADDRESS = "https://shop.example.com/acts"
ASKED = {"source": "shop", "first_day": "2026-10-01", "last_day": "2026-10-14"}


def addressed() -> None:
    set_address(source=the_shop(), address=ADDRESS, actor=STAFF, at=IN_NOVEMBER)


def test_days_say_how_complete_they_are_and_add_up(house: Caller) -> None:
    account = a_merchant_account()
    there = a_record(account, "30.00")
    checked(act_of(there), an_act(account, "W-2", kind="unheard"))
    checked(day=date(2026, 10, 13))

    first = house.get("/completeness/days", limit=1)
    second = house.get("/completeness/days", limit=1, cursor=first.body["next_cursor"])

    (day,) = first.body["data"]
    assert (day["day"], day["recorded"], day["acts"], day["complete"]) == (
        "2026-10-14",
        1,
        2,
        False,
    )
    assert first.body["totals"] == {
        "days": 2,
        "acts": 2,
        "recorded": 1,
        "added": 0,
        "cases": 1,
        "complete": False,
    }
    assert [each["day"] for each in second.body["data"]] == ["2026-10-13"]
    assert second.body["has_more"] is False
    assert len(house.get("/completeness/days", incomplete="true").body["data"]) == 1
    (source,) = house.get("/completeness/sources", since="2026-10-14").body["data"]
    assert (source["figures"]["days"], source["open_cases"], source["last_day"]) == (
        1,
        1,
        "2026-10-14",
    )
    assert house.get("/completeness/days", cursor="djE6MTc").code == "cursor_malformed"


def test_a_check_is_asked_for_once_per_key(house: Caller) -> None:
    addressed()

    first, second = (house.post("/completeness/checks", ASKED, key="one") for _ in range(2))

    assert (first.status, first.replayed, second.replayed) == (201, False, True)
    assert first.body == second.body
    assert (first.body["state"], first.body["days"], first.body["days_done"]) == ("waiting", 14, 0)
    number = first.body["number"]
    assert house.get(f"/completeness/checks/{number}").body == first.body
    assert house.get("/completeness/checks", source="shop").body["data"] == [first.body]
    other = house.post("/completeness/checks", {**ASKED, "last_day": "2026-10-13"}, key="one")
    assert (other.status, other.code) == (422, "key_reused")
    assert CompletenessRun.objects.count() == 1


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"source": "nobody"}, 404, "unknown_source"),
        ({"first_day": "2026-10-15"}, 422, "check_window_malformed"),
        ({"first_day": "2025-10-15"}, 422, "check_window_malformed"),
        ({"last_day": "soon"}, 422, "request_invalid"),
        ({"why": "so"}, 422, "request_invalid"),
    ],
)
def test_what_cannot_be_checked_is_refused(
    other: dict[str, Any], status: int, code: str, house: Caller
) -> None:
    addressed()
    reply = house.post("/completeness/checks", {**ASKED, **other})

    assert (reply.status, reply.code) == (status, code)
    assert not CompletenessRun.objects.exists()


def test_a_source_that_brings_files_is_not_asked(house: Caller) -> None:
    the_shop()

    reply = house.post("/completeness/checks", ASKED)

    assert (reply.status, reply.code) == (409, "source_not_asked")


def test_a_case_shows_both_sides_and_is_closed_with_a_note(house: Caller) -> None:
    there = a_record(a_merchant_account(), "30.00", number="W-1")
    checked(act_of(there, amount="31.00"))

    (case,) = house.get("/completeness/cases", state="open", what="differing").body["data"]
    assert (case["theirs"]["amount"], case["ours"]["amount"]) == ("31.00", "30.00")
    assert (case["business_number"], case["reason"]) == ("W-1", "amount")
    number = case["number"]
    assert house.get(f"/completeness/cases/{number}").body == case
    assert house.post(f"/completeness/cases/{number}/close", {"note": ""}).status == 422

    closed = house.post(f"/completeness/cases/{number}/close", {"note": "agreed"})

    assert (closed.body["state"], closed.body["note"], closed.body["closed_by"]) == (
        "closed",
        "agreed",
        house.actor,
    )
    again = house.post(f"/completeness/cases/{number}/close", {"note": "another"})
    assert (again.status, again.code) == (409, "case_closed")
    assert house.get("/completeness/cases", number="W-2").body["data"] == []
    assert house.get("/completeness/cases/999").status == 404


@pytest.mark.rule("T25")
def test_a_secret_is_in_the_answer_that_made_it_only(house: Caller) -> None:
    the_shop()

    first, second = (
        house.post("/sources/shop/address", {"address": ADDRESS}, key="one") for _ in range(2)
    )

    assert first.body == second.body
    secret = first.body["secret"]
    assert secret.startswith("srcs_")
    shown = house.get("/sources").raw + house.get("/completeness/sources").raw
    assert secret.encode() not in shown
    rotated = house.post("/sources/shop/secret")
    assert rotated.body["secret"] not in {None, secret}
    assert house.post("/sources/shop/bring-files").body["adapter"] == "file"
    assert house.post("/sources/shop/secret").code == "source_not_asked"
    refused = house.post("/sources/shop/address", {"address": "http://shop.example.com"})
    assert (refused.status, refused.code) == (422, "source_address_malformed")
    assert house.post("/sources/nobody/bring-files").status == 404


@pytest.mark.rule("T14")
def test_a_key_of_a_merchant_sees_nothing_of_it(db: Databases) -> None:
    theirs = a_key(customer=a_customer())

    for path in ("sources", "days", "checks", "cases", "cases/1", "checks/1"):
        reply = theirs.get(f"/completeness/{path}")
        assert (reply.status, reply.code) == (403, "scope_missing")
