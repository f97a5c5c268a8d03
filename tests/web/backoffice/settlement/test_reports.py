"""Period reports and account details on the back office's pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from builders import in_parallel
from settlement_bill_builders import (
    a_billed_month,
    a_line,
    an_account_of_two_months,
    an_account_since,
)
from staff_pages import words
from tael.settlement.models import PeriodReport
from tael.web.backoffice.settlement import reports as pages
from visits import a_staff_user, staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-28", "E-16")]

REPORTS = "/backoffice/settlement/reports"


@pytest.fixture
def account(db):
    found = an_account_since(datetime(2026, 9, 1, tzinfo=UTC))
    a_line(found, "100.00", at=datetime(2026, 9, 5, tzinfo=UTC))
    a_line(found, "-80.00", at=datetime(2026, 9, 6, tzinfo=UTC))
    a_line(found, "150.00", at=datetime(2026, 10, 5, tzinfo=UTC))
    return found


@pytest.mark.rule("T9", "B-29", "X-B1")
def test_two_clicks_make_the_reports_once():
    account, _ = an_account_of_two_months()
    maker = a_staff_user("finance_maker")
    sent = {"key": a_form_key(), "account": str(account.number)}

    answers = in_parallel(
        *[
            lambda: staff_client(user=maker).post(f"{REPORTS}/make", sent).status_code
            for _ in range(2)
        ]
    )
    page = staff_client("auditor").get(REPORTS, {"account": account.number})

    assert answers == [303, 303]
    assert PeriodReport.objects.count() == 2
    assert [(one.opening.text, one.closing.text) for one in page.context["rows"]] == [
        ("20.00", "170.00"),
        ("0.00", "20.00"),
    ]
    (total,) = page.context["totals"]
    assert (total.reports, total.came.text, total.went.text) == (2, "250.00", "-80.00")
    assert "2 reports · Moved in 250.00" in words(page)


def test_a_report_shows_its_lines_and_is_given_as_a_file():
    account, until = an_account_of_two_months()
    client = staff_client("finance_maker")
    made = client.post(f"{REPORTS}/make", {"key": a_form_key(), "account": str(account.number)})

    page = client.get(made["Location"])

    assert [one.after.text for one in page.context["figures"].details] == ["170.00"]
    for form in ("pdf", "xlsx", "csv"):
        assert client.get(f"{made['Location']}/file", {"format": form}).status_code == 200
    where = f"/backoffice/settlement/accounts/{account.number}/figures/file"
    assert client.get(where, {"since": until.replace(day=1)}).status_code == 200


def test_more_lines_than_a_page_takes_are_added_up_and_left_to_details_and_file(
    account, monkeypatch
):
    monkeypatch.setattr(pages, "LINES_SHOWN", 2)
    client = staff_client("support")
    where = f"/backoffice/settlement/accounts/{account.number}"

    page = client.get(f"{where}/figures", {"until": "2026-10-31"})

    figures = page.context["figures"]
    assert (figures.closing.text, figures.lines, figures.details) == ("170.00", 3, [])
    ways = f'href="{where}/details?since=&amp;until=2026-10-31"'
    assert ("The period has 3 lines" in page.content.decode(), ways in page.content.decode()) == (
        True,
        True,
    )


@pytest.mark.rule("A13")
def test_figures_are_shown_as_of_any_day(account):
    where = f"/backoffice/settlement/accounts/{account.number}/figures"
    client = staff_client("support")

    page = client.get(where, {"until": "2026-09-05"})

    assert page.context["figures"].closing.text == "100.00"
    wrong = client.get(where, {"until": "x"})
    assert (wrong.status_code, b"filter_malformed" in wrong.content) == (400, True)


@pytest.mark.rule("B-02", "B-06", "E-11")
def test_details_name_what_made_them(account):
    number = a_billed_month(account, "-30.00").pk
    where = f"/backoffice/settlement/accounts/{account.number}/details"
    client = staff_client("auditor")

    page = client.get(where)
    bills = client.get(where, {"what": "bill"})

    assert [one.word for one in page.context["rows"]] == ["bill", *["adjustment"] * 3]
    assert f"/settlement/bills/{number}" in bills.content.decode()
    assert bills.context["totals"].went.text == "-30.00"
    assert client.get(where, {"what": "lost"}).status_code == 400
    assert client.get(f"{where}/file", {"format": "csv"}).content.count(b"\r\n") == 11
