"""Closing a month over HTTP, and what every door says to what is dated into a closed one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from api.client import Caller, a_key, amount
from builders import figures
from settlement_builders import a_kind, a_merchant_account, the_shop
from tael import books, ledger
from tael.wallet.period import Month, month_of
from tael.wallet.period_totals import add_up_closed_months

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("I35")


def present() -> Month:
    return month_of(datetime.now(UTC))  # noqa: TID251 - the API reads the clock


def test_a_month_that_is_over_is_closed_once_with_its_totals(house: Caller, wallet: Wallet) -> None:
    last = Month.at_place(present().place - 1)

    closed = house.post(f"/periods/{last}/close", {}, key=None)
    again = house.post(f"/periods/{last}/close", {}, key=None)
    add_up_closed_months()
    shown = house.get(f"/periods/{last}")

    assert (closed.status, closed.body["state"], closed.body["totals"]) == (200, "closed", None)
    assert closed.body["closed_by"] == f"key:{house.number}"
    assert (again.status, again.code) == (409, "period_not_ahead")
    for row in shown.body["totals"]:
        ends = [row[name]["amount"] for name in ("opening", "came", "went", "closing")]
        assert float(ends[0]) + float(ends[1]) + float(ends[2]) == float(ends[3])
    listed = house.get("/periods").body["data"]
    assert [row["state"] for row in listed][:2] == ["running", "closed"]
    assert figures(wallet)[0] == "100.00"


@pytest.mark.parametrize(
    ("month", "status", "code"),
    [
        ("2999-01", 409, "month_not_over"),
        ("2026-13", 422, "month_malformed"),
        ("x", 422, "month_malformed"),
    ],
)
def test_what_cannot_be_closed_is_refused(
    house: Caller, month: str, status: int, code: str
) -> None:
    refused = house.post(f"/periods/{month}/close", {}, key=None)

    assert (refused.status, refused.code) == (status, code)
    assert ledger.closed_through(books.connection()) is None


@pytest.mark.rule("T14")
def test_who_may_only_read_closes_nothing(wallet: Wallet) -> None:
    reader = a_key("books:read")

    assert reader.get("/periods").status == 200
    assert reader.post("/periods/2020-01/close", {}, key=None).code == "scope_missing"


def test_an_operation_that_falls_into_a_closed_period_is_refused_and_changes_nothing(
    house: Caller, wallet: Wallet
) -> None:
    """An operation takes effect when its request came: so the period reaches into the future here."""
    until = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 - as the door does
    ledger.close_period(books.connection(), through=until, actor="user:10000")
    asked = {"wallet": wallet.number, "amount": amount("1")}

    for path in ("/recharge", "/deduct", "/freeze"):
        refused = house.post(path, asked)
        assert (refused.status, refused.code) == (409, "period_closed"), path
    assert figures(wallet)[0] == "100.00"


@pytest.mark.rule("A38")
def test_a_month_is_being_closed_and_a_key_may_post_late_where_it_has_the_scope(
    house: Caller,
) -> None:
    account = a_merchant_account()
    last = Month.at_place(present().place - 1)
    assert house.post(f"/periods/{last}/soft-close", {}, key=None).body["state"] == "closing"
    act = {
        "account": account.number,
        "source": the_shop(),
        "kind": a_kind(),
        "number": "L1",
        "amount": {"amount": "1.00", "currency": "CNY"},
        "day": last.first_day.isoformat(),
    }

    assert house.post("/accruals", act, key=None).code == "period_closing"
    late = {**act, "late_reason": "found in the post"}
    assert a_key("settlement:record").post("/accruals", late, key=None).code == "scope_missing"
    told = a_key("settlement:record", "books:late").post("/accruals", late, key=None)
    assert (told.status, told.body["day"]) == (201, act["day"])
    opened = house.post(f"/periods/{last}/reopen", {"reason": "a bill is late"}, key=None)
    assert opened.body["state"] == "open"
