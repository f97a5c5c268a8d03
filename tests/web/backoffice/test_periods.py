"""The months of the books on pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from builders import STAFF, a_wallet, an_instruction, figures, money, queries
from staff_pages import fields, looked, read, words
from tael import books, ledger
from tael.wallet import period_list
from tael.wallet.period import Month, close_month
from tael.wallet.period_list import periods
from tael.wallet.period_totals import add_up_closed_months
from tael.wallet.recharge import recharge
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I35")]

AT = "/backoffice/periods/2026-03"
NOW = datetime(2026, 11, 2, tzinfo=UTC)


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


@pytest.mark.rule("A38", "T9")
def test_a_month_is_being_closed_and_opened_again_with_a_reason():
    a_wallet(free="30.00")
    checker = staff_client("finance_checker")

    for _ in range(2):
        assert checker.post(f"{AT}/soft-close", {"key": a_form_key()}).status_code == 303
    assert "being closed" in read(checker, AT)
    assert "being closed" in read(checker, "/backoffice/periods")
    nameless = checker.post(f"{AT}/reopen", {"key": a_form_key()})
    assert (nameless.status_code, "reason" in words(nameless)) == (400, True)
    for _ in range(2):
        told = {"key": a_form_key(), "reason": "a bill is late"}
        assert checker.post(f"{AT}/reopen", told).status_code == 303
    assert "Begin to close the month" in read(checker, AT)


@pytest.mark.rule("B-28")
def test_the_list_asks_as_often_for_many_months_as_for_one_and_reads_no_journal():
    wallet = a_wallet(free="1.00")
    with queries() as one:
        periods(at=NOW, limit=25)
    for place in range(Month(2026, 3).place, Month(2026, 9).place):
        month = Month.at_place(place)
        told = an_instruction(at=month.begins + timedelta(days=9))
        recharge(wallet=wallet, amount=money("1.00"), instruction=told)
        close_month(month=month, actor=STAFF, at=NOW)
        add_up_closed_months()

    with queries() as many:
        assert len(periods(at=NOW, limit=25)) > 6

    assert len(many) == len(one) <= 6
    first = books.connection().execute(f"EXPLAIN {ledger.MAIN.sql(period_list._FIRST)}").fetchall()
    plan = "\n".join(row[0] for row in first)
    # one row along the primary key of each leaf, however many entries there are
    assert "Limit" in plan
    assert "Index Scan using entry" in plan
    assert not {"Seq Scan", "Sort"} & set(re.findall("Seq Scan|Sort", plan)), plan


def test_the_list_goes_on_page_by_page():
    a_wallet(free="30.00")  # of March 2026
    staff = staff_client("auditor")

    text = read(staff, f"/backoffice/periods?before={Month(2026, 4)}")

    assert "2026-03" in text
    assert "2026-04" not in text
