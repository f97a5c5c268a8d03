"""Kinds of business, sources and calendars over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from api.client import Caller

KIND = {"code": "phone", "names": {"en": "Phone", "zh-hant": "電話"}, "unit": "min"}
SOURCE = {"code": "shop", "name": "The shop", "zone": "Asia/Shanghai", "first_day": "2026-01-01"}


@pytest.mark.rule("B-13", "B-22")
def test_a_kind_is_registered_renamed_and_switched(house: Caller) -> None:
    made = house.post("/business-kinds", KIND, key=None)
    renamed = house.post("/business-kinds", {**KIND, "names": {"en": "Calls"}}, key=None)
    other = house.post("/business-kinds", {**KIND, "unit": "h"}, key=None)
    off = house.patch("/business-kinds/phone", {"enabled": False})

    assert (made.status, made.body["names"]["zh-hant"]) == (201, "電話")
    assert renamed.body["names"] == {"en": "Calls"}
    assert (other.status, other.code) == (409, "business_kind_taken")
    assert off.body["enabled"] is False
    assert house.get("/business-kinds").body["data"] == [off.body]
    assert house.patch("/business-kinds/none", {"enabled": True}).code == "unknown_business_kind"
    assert house.patch("/business-kinds/%00", {"enabled": True}).code == "unknown_business_kind"


@pytest.mark.rule("B-14")
def test_a_source_is_registered_and_switched(house: Caller) -> None:
    made = house.post("/sources", SOURCE, key=None)
    off = house.patch("/sources/shop", {"enabled": False})

    assert (made.status, made.body["enabled"]) == (201, True)
    assert house.post("/sources", SOURCE, key=None).code == "source_taken"
    assert house.get("/sources").body["data"] == [off.body]
    assert house.post("/sources", {**SOURCE, "code": "A b"}, key=None).body["field"] == "code"
    assert house.post("/sources", {**SOURCE, "zone": "x"}, key=None).body["field"] == "zone"


def test_a_calendar_has_its_holidays_and_working_weekends(house: Caller) -> None:
    where = "/business-calendars/china/days"
    house.post(where, {"day": "2026-10-01", "business": False, "name": "國慶節"}, key=None)
    house.post(where, {"day": "2026-10-10", "business": True}, key=None)
    house.post(where, {"day": "2026-10-01", "business": False, "name": "National Day"}, key=None)

    days = house.get(where).body["data"]

    assert [(each["day"], each["business"], each["name"]) for each in days] == [
        ("2026-10-01", False, "National Day"),
        ("2026-10-10", True, ""),
    ]
    assert house.get("/business-calendars/none/days").body["data"] == []
