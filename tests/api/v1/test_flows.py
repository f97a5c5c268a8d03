"""Flow records over HTTP: found, listed, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.client import Caller, a_key, amount
from builders import figures

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

SNO = "12026112112000010012"


@pytest.mark.rule("F-20", "F-22", "A-F2")
def test_a_record_is_found_by_its_numbers(house: Caller, wallet: Wallet) -> None:
    body = {
        "wallet": wallet.number,
        "amount": amount("10"),
        "sno": SNO,
        "pno": "P-7",
        "info": "tea",
    }
    made = house.post("/recharge", body).body
    other = house.post("/deduct", {"wallet": wallet.number, "amount": amount("1")}).body

    by_sno = house.get("/flows", sno=SNO).body["data"]
    by_pno = house.get("/flows", pno="P-7", wallet=wallet.number).body["data"]
    by_made_number = house.get("/flows", sno=other["sno"]).body["data"]

    assert [record["number"] for record in by_sno] == [made["flow"]]
    assert [record["info"] for record in by_pno] == ["tea"]
    assert [record["number"] for record in by_made_number] == [other["flow"]]
    assert house.get(f"/flows/{made['flow']}").body == by_sno[0]


@pytest.mark.rule("F-22")
def test_records_are_listed_by_operation_and_time(house: Caller, wallet: Wallet) -> None:
    for path in ("/deduct", "/freeze", "/deduct"):
        house.post(path, {"wallet": wallet.number, "amount": amount("1")})

    everything = house.get("/flows", limit=2).body
    rest = house.get("/flows", cursor=everything["next_cursor"]).body
    deductions = house.get("/flows", operation="deduct", wallet=wallet.number).body["data"]
    none = house.get("/flows", since="2999-01-01T00:00:00Z").body["data"]

    assert [row["operation"] for row in everything["data"] + rest["data"]] == [
        "deduct",
        "freeze",
        "deduct",
        "recharge",
    ]
    assert [row["operation"] for row in deductions] == ["deduct", "deduct"]
    assert none == []


@pytest.mark.rule("I12", "F-27")
def test_a_record_is_taken_back_in_parts_and_never_beyond(house: Caller, wallet: Wallet) -> None:
    flow = house.post("/deduct", {"wallet": wallet.number, "amount": amount("30")}).body["flow"]
    path = f"/flows/{flow}/reverse"

    part = house.post(path, {"amount": amount("10")}, key="part")
    again = house.post(path, {"amount": amount("10")}, key="part")
    beyond = house.post(path, {"amount": amount("21")})
    rest = house.post(path)
    nothing_left = house.post(path)

    assert (part.status, again.replayed, again.raw) == (201, True, part.raw)
    assert (beyond.status, beyond.code) == (409, "over_reversed")
    assert rest.body["amount"] == amount("20.00")
    assert nothing_left.code == "already_reversed"
    assert figures(wallet)[0] == "100.00"


@pytest.mark.rule("I12")
def test_a_dry_run_takes_nothing_back(house: Caller, wallet: Wallet) -> None:
    flow = house.post("/deduct", {"wallet": wallet.number, "amount": amount("30")}).body["flow"]

    reply = house.post(f"/flows/{flow}/reverse", dry_run="true")

    assert reply.body["wallets"][0]["figures"]["liquid"] == amount("100.00")
    assert figures(wallet)[0] == "70.00"


@pytest.mark.rule("T14")
def test_a_customer_sees_the_records_of_his_wallets_only(
    house: Caller, wallet: Wallet, theirs: Wallet
) -> None:
    own = a_key(customer=wallet.owner)
    shared = house.post(
        "/transfer", {"wallet": theirs.number, "amount": amount("5"), "target": wallet.number}
    ).body
    foreign = house.post("/deduct", {"wallet": theirs.number, "amount": amount("1")}).body

    seen = own.get(f"/flows/{shared['flow']}").body

    assert [change["wallet"] for change in seen["changes"]] == [wallet.number]
    assert (seen["actor"], seen["data"]) == (None, None)
    assert own.get(f"/flows/{foreign['flow']}").code == "unknown_entry"
    assert own.get("/flows/987654").code == "unknown_entry"
    assert own.get("/flows", sno=foreign["sno"]).body["data"] == []
    assert own.get("/flows", wallet=theirs.number).code == "unknown_wallet"
    assert own.get("/flows").code == "wallet_needed"
    assert len(own.get("/flows", wallet=wallet.number).body["data"]) == 2


def test_a_cursor_of_another_list_is_refused(house: Caller, wallet: Wallet) -> None:
    house.post("/deduct", {"wallet": wallet.number, "amount": amount("1")})
    cursor = house.get("/flows", limit=1, wallet=wallet.number).body["next_cursor"]

    assert house.get("/customers", cursor=cursor).code == "cursor_malformed"
    assert house.get("/flows", cursor="!").status == 400
