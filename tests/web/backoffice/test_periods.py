"""The months of the books on pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from builders import a_wallet, figures
from staff_pages import fields, looked, read, words
from tael import books, ledger
from tael.wallet.period import Month
from tael.wallet.period_totals import add_up_closed_months
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I35")]

AT = "/backoffice/periods/2026-03"


@pytest.mark.rule("T9", "B-28")
def test_a_checker_closes_a_month_once_and_everybody_reads_by_whom():
    a_wallet(free="30.00")
    checker = staff_client("finance_checker")
    form = fields(checker.get(AT))

    answers = [checker.post(f"{AT}/close", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert "closed already" in read(checker, AT)
    assert "is being added up" in read(checker, AT)
    assert len(ledger.closed_periods(books.connection())) == 1
    add_up_closed_months()
    auditor = staff_client("auditor")
    text = read(auditor, AT)
    assert "CNY 0.00 +30.00 30.00 " in text
    assert "30.00 CNY" in read(auditor, "/backoffice/periods")
    assert "Close the month" not in text


def test_what_cannot_be_closed_is_refused_on_the_page():
    checker = staff_client("finance_checker")

    early = checker.post("/backoffice/periods/2999-01/close", {"key": a_form_key()})
    keyless = checker.post(f"{AT}/close")

    assert (early.status_code, "month_not_over" in words(early)) == (409, True)
    assert (keyless.status_code, "form_key_malformed" in words(keyless)) == (400, True)
    assert checker.get("/backoffice/periods/2026-13").status_code == 404
    read(checker, "/backoffice/periods?before=x", status=400)
    assert ledger.closed_through(books.connection()) is None


@pytest.mark.rule("T14")
@pytest.mark.parametrize("role", ["support", "finance_maker", "admin", "auditor"])
def test_whoever_is_no_checker_closes_nothing(role):
    a_wallet(free="1.00")
    staff = staff_client(role)

    assert staff.post(f"{AT}/close", {"key": a_form_key()}).status_code == 403
    assert ledger.closed_through(books.connection()) is None
    if role != "support":
        assert "Close the month" not in read(staff, AT)


def test_an_operation_that_falls_into_a_closed_period_is_refused_on_a_page():
    wallet, staff = a_wallet(free="10.00"), staff_client("finance_maker")
    until = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 - as the door does
    ledger.close_period(books.connection(), through=until, actor="user:10000")

    refused = looked(
        staff, f"/backoffice/wallets/{wallet.number}/deduct", amount="1.00", channel="Admin"
    )

    assert (refused.status_code, "period_closed" in words(refused)) == (409, True)
    assert figures(wallet)[0] == "10.00"


def test_the_list_goes_on_page_by_page():
    a_wallet(free="30.00")  # of March 2026
    staff = staff_client("auditor")

    text = read(staff, f"/backoffice/periods?before={Month(2026, 4)}")

    assert "2026-03" in text
    assert "2026-04" not in text
