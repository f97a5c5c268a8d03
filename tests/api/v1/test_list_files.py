"""Every list of the settlement over HTTP as a file and added up, by the same filter; a merchant's key gets his own."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from api.client import Caller, a_key
from settled_once import settled_once
from tael.documents.csv_file import read_csv

LISTS = {
    "/accruals": "",
    "/bills": "",
    "/remittances": "state=confirmed",
    "/adjustments": "currency=CNY",
    "/collections": "",
    "/merchant-withdrawals": "payout=open",
    "/payout-batches": "state=exported",
    "/payout-rules": "state=on",
    "/completeness/days": "",
    "/completeness/cases": "state=open",
    "/proposals": "state=proposed",
    "/merchant-accounts": "enabled=true",
    "/period-reports": "since=2026-01-01",
    "/bill-runs": "",
    "/bill-runs/{run}/items": "state=done",
    "/payout-batches/{batch}/rows": "",
    "/payout-results/{result}/rows": "verdict=failed",
    "/unknown-payouts": "queue=person",
}
ADDED_UP = {
    "/accruals": ("records", "net"),
    "/bills": ("bills", "total"),
    "/remittances": ("remittances", "by_merchants", "by_platform"),
    "/adjustments": ("moves", "came", "went"),
    "/collections": ("moves", "came"),
    "/merchant-withdrawals": ("withdrawals", "amount"),
    "/payout-batches": ("batches", "total"),
    "/unknown-payouts": ("rows", "total"),
}


def table_of(caller: Caller, where: str, query: str) -> list[list[str]]:
    answer = Client(SERVER_NAME="localhost").get(
        f"/api/v1{where}/file?format=csv&{query}",
        headers={"authorization": f"Bearer {caller.text}"},
    )
    assert answer.status_code == 200, (where, answer.content)
    return read_csv(answer.content)


@pytest.mark.rule("A39", "T14")
def test_list_sums_and_file_say_the_same(house: Caller) -> None:
    settled = settled_once()
    account = settled.account
    merchant = a_key(customer=account.owner)

    for pattern, query in LISTS.items():
        where = pattern.format(**settled._asdict())
        table = table_of(house, where, query)
        facts = {row[0]: row[1] for row in table[1 : table.index([])]}
        listed = house.get(f"{where}?limit=200&{query}").body["data"]
        assert len(table) - table.index([]) - 2 == len(listed) > 0, where
        assert facts["Lines"] == str(len(listed)), where
        if where in ADDED_UP:
            count, *amounts = ADDED_UP[where]
            (total,) = house.get(f"{where}/totals?{query}").body["data"]
            added = sum(Decimal(total[amount]["amount"]) for amount in amounts)
            assert Decimal(facts["Total: Amount, CNY"]) == added, where
            assert 0 < total[count] <= len(listed)
    (reports,) = house.get("/period-reports/totals").body["data"]
    made = house.get("/period-reports?limit=200").body["data"]
    assert (reports["reports"], Decimal(reports["came"]["amount"])) == (
        len(made),
        sum(Decimal(one["came"]["amount"]) for one in made),
    )
    amounts = [
        Decimal(one["amount"]["amount"])
        for one in house.get("/proposals?limit=200").body["data"]
        if one["amount"]
    ]
    (asked,) = house.get("/proposals/totals").body["data"]
    assert asked["proposals"] == len(amounts) > 0
    assert sum(Decimal(asked[sign]["amount"]) for sign in ("more", "less")) == sum(amounts)
    kept = table_of(merchant, f"/merchant-accounts/{account.number}/reserve", "")
    assert len(kept) - kept.index([]) - 2 == int(dict(kept[1 : kept.index([])])["Lines"]) > 0
    assert merchant.get(f"/period-reports/totals?owner={account.owner + 1}").status == 404
    own = table_of(merchant, "/remittances", "")
    assert own[-1][0] == "Number"  # the headings: he has paid nothing and was paid nothing
    assert "Declared by" not in own[-1]
    assert house.get("/adjustments/totals?owner=999999").body["data"] == []
    assert merchant.get(f"/adjustments?owner={account.owner + 1}").status == 404
