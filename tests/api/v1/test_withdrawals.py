"""Reviewed withdrawals over HTTP: applied for by one, decided by another, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.client import Caller, a_key, amount
from builders import a_payee, figures
from tael.cmspro import money as cmspro

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("F-33", "SM-02", "A-F27")


@pytest.fixture
def asked(wallet: Wallet) -> dict[str, Any]:
    return {"wallet": wallet.number, "amount": amount("60"), "payee": a_payee(wallet.owner)}


def test_an_approved_application_is_paid_out_once(
    house: Caller, wallet: Wallet, asked: dict[str, Any]
) -> None:
    applied = house.post("/withdrawals", asked)
    assert figures(wallet) == ("40.00", "0.00", "60.00")
    checker = a_key()

    done = checker.post(f"/withdrawals/{applied.body['number']}/approve", key="once")
    again = checker.post(f"/withdrawals/{applied.body['number']}/approve", key="once")
    other = checker.post(f"/withdrawals/{applied.body['number']}/approve")

    assert (applied.status, done.status, done.body["state"]) == (201, 200, "withdrawn")
    assert (again.replayed, again.raw) == (True, done.raw)
    assert (other.status, other.code) == (409, "withdrawal_decided")
    assert figures(wallet) == ("40.00", "0.00", "0.00")


def test_a_refused_application_returns_the_money_with_a_reason(
    house: Caller, wallet: Wallet, asked: dict[str, Any]
) -> None:
    number = house.post("/withdrawals", asked).body["number"]

    reply = a_key().post(f"/withdrawals/{number}/refuse", {"reason": "wrong account"})

    assert (reply.body["state"], reply.body["reason"]) == ("returned", "wrong account")
    assert figures(wallet) == ("100.00", "0.00", "0.00")
    assert house.get(f"/withdrawals/{number}").body["reason"] == "wrong account"


def test_an_application_that_names_no_payee_account_gets_it_at_its_approval(
    house: Caller, wallet: Wallet
) -> None:
    freeze = {"ctype": "CNY", "money": "60", "mtype": "System"}
    who = {"uid": wallet.owner, "carda": wallet.number}
    number = cmspro.init(4, {**freeze, **who}, "UserWithdraw").application
    payee = a_payee(wallet.owner)
    assert house.get(f"/withdrawals/{number}").body["payee"] is None

    unclear = house.post(f"/withdrawals/{number}/approve")
    done = house.post(f"/withdrawals/{number}/approve", {"payee": payee})

    assert (unclear.status, unclear.code) == (409, "payee_unclear")
    assert (done.body["state"], done.body["payee"]) == ("withdrawn", payee)


def test_nobody_decides_about_his_own_application(house: Caller, asked: dict[str, Any]) -> None:
    number = house.post("/withdrawals", asked).body["number"]

    reply = house.post(f"/withdrawals/{number}/approve")

    assert (reply.status, reply.code) == (403, "decider_is_applicant")


@pytest.mark.rule("T14")
def test_a_customer_applies_and_cancels_for_himself_only(
    wallet: Wallet, theirs: Wallet, asked: dict[str, Any]
) -> None:
    own, other = a_key(customer=wallet.owner), a_key(customer=theirs.owner)
    number = own.post("/withdrawals", asked).body["number"]

    assert other.get(f"/withdrawals/{number}").code == "unknown_withdrawal"
    assert other.post(f"/withdrawals/{number}/cancel").code == "unknown_withdrawal"
    assert other.get("/withdrawals").body["data"] == []
    assert other.get("/withdrawals", owner=wallet.owner).code == "unknown_customer"
    assert other.post("/withdrawals", asked).code == "unknown_wallet"
    assert own.post(f"/withdrawals/{number}/cancel").body["state"] == "cancelled"
    assert [row["state"] for row in own.get("/withdrawals").body["data"]] == ["cancelled"]
    assert figures(wallet) == ("100.00", "0.00", "0.00")


def test_a_dry_run_sets_nothing_aside(house: Caller, wallet: Wallet, asked: dict[str, Any]) -> None:
    reply = house.post("/withdrawals", asked, dry_run="true")

    assert (reply.status, reply.body["number"]) == (200, None)
    assert reply.body["receipt"]["wallets"][0]["figures"]["frozen"] == amount("60.00")
    assert figures(wallet) == ("100.00", "0.00", "0.00")


@pytest.mark.rule("I32")
def test_above_the_limit_it_takes_a_maker_and_a_checker(
    house: Caller, wallet: Wallet, asked: dict[str, Any]
) -> None:
    house.post("/withdrawal-limits", {"currency": "CNY", "amount": "50.00"})
    number = house.post("/withdrawals", asked).body["number"]
    maker, checker = a_key(), a_key()
    early = checker.post(f"/withdrawals/{number}/confirm")

    made = maker.post(f"/withdrawals/{number}/approve", key="m")
    again = maker.post(f"/withdrawals/{number}/approve", key="m")
    own = maker.post(f"/withdrawals/{number}/confirm")
    done = checker.post(f"/withdrawals/{number}/confirm")

    assert (early.status, early.code) == (409, "withdrawal_not_reviewed")
    assert (made.body["state"], made.body["receipt"]) == ("reviewed", None)
    assert (again.replayed, again.raw) == (True, made.raw)
    assert (own.status, own.code) == (403, "checker_is_maker")
    assert (done.status, done.body["state"]) == (200, "withdrawn")
    assert figures(wallet) == ("40.00", "0.00", "0.00")
    assert house.get(f"/withdrawals/{number}").body["reviewed_at"]
