"""The house's bank over HTTP: account and map, a file brought twice, its lines, and one put in suspense."""

from __future__ import annotations

import pytest

from api.client import a_key
from bank_builders import COLUMNS, a_bank_file, a_row
from builders import a_customer

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("A23", "A26", "A27")]

ACCOUNT = {
    "code": "main",
    "name": "The main account",
    "channel": "Alipay",
    "currency": "CNY",
    "number": "CN12 3456 7890",
    "map": "plain",
}


def test_a_statement_is_brought_and_its_lines_are_used() -> None:
    house = a_key("settlement:settings", "bank:read", "bank:write", "suspense:read")
    saved = house.send("PUT", "/bank/maps/plain", {"name": "Plain", "columns": COLUMNS})
    assert (saved.status, saved.body["day"]) == (200, "YYYY-MM-DD")
    assert house.post("/bank/accounts", ACCOUNT).body["number"] == "CN1234567890"
    assert house.post("/bank/accounts", ACCOUNT | {"code": "b"}).code == "bank_account_taken"
    file = a_bank_file([a_row("10.00"), a_row("-4.00", reference="R1"), a_row("x")])

    def bring(key: str):
        where = "/bank/accounts/main/statements"
        query = {"name": "november.csv"}
        return house.send("POST", where, file, key=key, content_type="text/csv", query=query)

    made, again, later = bring("one"), bring("one"), bring("two")
    assert (made.status, made.body["added"], made.body["refused"]) == (201, 2, 1)
    assert [(row["row"], row["code"]) for row in made.body["refusals"]] == [
        (4, "bank_cell_malformed")
    ]
    assert (again.replayed, again.body) == (True, made.body)
    assert (later.body["added"], later.body["known"]) == (0, 2)
    assert len(house.get("/bank/statements", account="main").body["data"]) == 2
    assert house.get("/bank/lines/totals", way="in").body["data"][0]["came_in"]["amount"] == "10.00"

    (line,) = house.get("/bank/lines", way="in", explained="false").body["data"]
    done = house.post(f"/bank/lines/{line['number']}/aside", {}, key="aside")
    assert (done.body["explained"], done.body["evidence"][0]["what"]) == (True, "suspense")
    assert house.post(f"/bank/lines/{line['number']}/aside", {}, key="more").replayed
    assert house.get("/suspense", type="bank_line").body["data"][0]["number"] == done.body["item"]
    (total,) = house.get("/suspense/totals").body["data"]
    assert (total["type"], total["items"], total["amount"]["amount"]) == ("bank_line", 1, "10.00")
    back = house.post(f"/bank/lines/{line['number']}/back", {"reason": "found"}, key="back")
    assert (back.body["item"], back.body["explained"]) == (None, False)


def test_a_customers_key_sees_none_of_it() -> None:
    theirs = a_key(customer=a_customer())
    assert theirs.get("/bank/lines").status == 403
