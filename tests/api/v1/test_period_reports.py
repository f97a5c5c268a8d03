"""Period reports and account details over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from api.client import a_key
from api.v1.test_files import fetch
from settlement_bill_builders import (
    a_billed_month,
    a_line,
    an_account_of_two_months,
    an_account_since,
)

if TYPE_CHECKING:
    from api.client import Caller
    from tael.settlement.accounts.merchant_account import MerchantAccount

SEPTEMBER = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def account(house: Caller) -> MerchantAccount:
    found = an_account_since(SEPTEMBER)
    a_line(found, "100.00", at=datetime(2026, 9, 5, tzinfo=UTC))
    a_line(found, "-80.00", at=datetime(2026, 9, 6, tzinfo=UTC))
    a_line(found, "150.00", at=datetime(2026, 10, 5, tzinfo=UTC))
    return found


@pytest.mark.rule("B-28", "B-29", "E-16")
def test_reports_are_made_listed_and_read(house: Caller) -> None:
    account, _ = an_account_of_two_months()
    made = house.post("/period-reports", {"account": account.number})
    listed = house.get(f"/period-reports?account={account.number}").body["data"]

    assert made.status == 201
    assert [(one["opening"]["amount"], one["closing"]["amount"]) for one in reversed(listed)] == [
        ("0.00", "20.00"),
        ("20.00", "170.00"),
    ]
    assert made.body["report"] == listed[0]["number"]
    assert house.get(f"/period-reports/{listed[0]['number']}").body == made.body
    for form in ("pdf", "xlsx", "csv"):
        where = f"/period-reports/{listed[0]['number']}/file?format={form}&language=zh-hant"
        first, again = fetch(house, where), fetch(house, where)
        assert (first.status_code, again.content) == (200, first.content)
    assert house.post("/period-reports", {"account": account.number}).body == made.body
    young = an_account_since(datetime.now(UTC))  # noqa: TID251 - the door's clock
    assert house.post("/period-reports", {"account": young.number}).code == (
        "period_report_too_early"
    )


@pytest.mark.rule("B-28", "A13")
def test_figures_are_given_as_of_any_day(house: Caller, account: MerchantAccount) -> None:
    body = house.get(f"/merchant-accounts/{account.number}/figures?until=2026-09-05").body

    figures = [body[name]["amount"] for name in ("opening", "came", "went", "closing")]
    assert figures == ["0.00", "100.00", "0.00", "100.00"]
    assert body["report"] is None


def test_the_lines_of_a_report_and_of_figures_come_page_by_page(house: Caller) -> None:
    account, until = an_account_of_two_months()
    house.post("/period-reports", {"account": account.number})
    report = house.get("/period-reports").body["data"][-1]["number"]

    def held(where: str) -> list[str]:
        found, cursor = [], ""
        while cursor is not None:
            body = house.get(f"{where}limit=1{cursor and '&cursor=' + cursor}").body
            assert (len(body["lines"]), body["closing"]["amount"]) == (1, "20.00")
            found.append(body["lines"][0]["after"]["amount"])
            cursor = body["next_cursor"]
        return found

    assert held(f"/merchant-accounts/{account.number}/figures?until={until}&") == [
        "100.00",
        "20.00",
    ]
    assert held(f"/period-reports/{report}?") == ["100.00", "20.00"]


@pytest.mark.rule("B-01", "B-02", "B-03", "B-06", "E-11")
def test_details_say_what_made_them_and_what_was_there_after(
    house: Caller, account: MerchantAccount
) -> None:
    bill = a_billed_month(account, "-30.00")
    where = f"/merchant-accounts/{account.number}/details"

    def lines(query: str = "") -> list[tuple[str, str, str]]:
        data = house.get(f"{where}?{query}").body["data"]
        return [(one["what"], one["amount"]["amount"], one["after"]["amount"]) for one in data]

    assert lines() == [
        ("bill", "-30.00", "140.00"),
        ("adjustment", "150.00", "170.00"),
        ("adjustment", "-80.00", "20.00"),
        ("adjustment", "100.00", "100.00"),
    ]
    assert lines("what=bill") == lines()[:1]
    assert lines("until=2026-09-30&limit=1") == lines()[2:3]
    assert house.get(f"{where}?what=bill").body["data"][0]["document"] == bill.pk
    totals = house.get(f"{where}/totals?until=2026-10-31").body
    assert (totals["lines"], totals["came"]["amount"], totals["went"]["amount"]) == (
        3,
        "250.00",
        "-80.00",
    )
    assert fetch(house, f"{where}/file?format=csv").content.count(b"\r\n") == 11


@pytest.mark.rule("T14")
def test_another_merchants_figures_are_not_there(house: Caller, account: MerchantAccount) -> None:
    report = house.post("/period-reports", {"account": account.number}).body["report"]
    stranger = a_key(customer=an_account_since(SEPTEMBER).owner)

    for path in (
        f"/period-reports/{report}",
        f"/period-reports/{report}/file?format=pdf",
        f"/period-reports?account={account.number}",
        f"/merchant-accounts/{account.number}/figures",
        f"/merchant-accounts/{account.number}/details",
        f"/merchant-accounts/{account.number}/details/file?format=csv",
    ):
        assert stranger.get(path).status == 404, path
    assert stranger.get("/period-reports").body["data"] == []
