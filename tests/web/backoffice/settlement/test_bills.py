"""Bills on the back office's pages: found, opened down to their records, carried through their life once."""

from __future__ import annotations

import pytest

from builders import in_parallel, queries
from settlement_bill_builders import a_billed_month
from settlement_builders import a_merchant_account, a_record, amount_of, some_terms, the_bill
from tael.settlement.bills.bill import bill
from tael.settlement.models import Bill
from visits import a_staff_user, staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-17", "A10")]


@pytest.fixture
def account(db):
    return a_merchant_account()


def where(number: int, act: str = "") -> str:
    return f"/backoffice/settlement/bills/{number}{act and '/'}{act}"


def post(client, number: int, act: str, **fields):
    return client.post(where(number, act), {"key": a_form_key(), **fields})


def test_bills_are_found_by_their_filters_with_totals(account):
    other = a_merchant_account()
    a_record(other, "-15.00")
    small = a_billed_month(account, "40.00").pk
    large = the_bill(other).pk
    client = staff_client("support")

    def found(**query):
        answer = client.get("/backoffice/settlement/bills", query)
        assert answer.status_code == 200
        return [one.bill.pk for one in answer.context["rows"]], [
            one.total.text for one in answer.context["totals"]
        ]

    assert found() == ([large, small], ["25.00"])
    assert found(account=account.number) == ([small], ["40.00"])
    assert found(merchant=other.owner) == ([large], ["-15.00"])
    assert found(currency="CNY", most="-1") == ([large], ["-15.00"])
    assert found(state="draft") == ([], [])
    assert found(before=large) == ([small], ["25.00"])
    for query in ({"least": "1"}, {"account": "x"}, {"state": "lost"}, {"since": "2026-13-01"}):
        answer = client.get("/backoffice/settlement/bills", query)
        assert (answer.status_code, b"filter_malformed" in answer.content) == (400, True), query


@pytest.mark.rule("B-22", "B-23", "A12")
def test_a_bill_shows_its_lines_and_each_opens_its_records(account):
    a_record(account, "20.00", kind="phone", unit="minutes", quantity="60", number="C-1")
    a_record(account, "10.00", kind="phone", unit="minutes", quantity="40", number="C-2")
    number = a_billed_month(account, "10.00").pk
    client = staff_client("auditor")

    shown = client.get(where(number)).content.decode()
    opened = client.get(where(number, "records"), {"kind": "phone", "style": "net"})

    assert "100 minutes" in shown
    assert [one.row.number for one in opened.context["rows"]] == ["C-2", "C-1"]
    assert len(client.get(where(number, "records")).context["rows"]) == 3


@pytest.mark.rule("T9", "B-26", "I18")
def test_two_clicks_issue_a_bill_once(account):
    some_terms(account, review=True)
    number = a_billed_month(account, "40.00").pk
    maker = a_staff_user("finance_maker")
    key = a_form_key()

    answers = in_parallel(
        *[
            lambda: staff_client(user=maker).post(where(number, "issue"), {"key": key}).status_code
            for _ in range(2)
        ]
    )

    assert answers == [303, 303]
    assert amount_of(account) == "40.00"


@pytest.mark.rule("T9", "A11")
def test_two_clicks_replace_a_bill_once(account):
    number = a_billed_month(account, "40.00").pk
    maker = a_staff_user("finance_maker")
    sent = {"key": a_form_key(), "reason": "wrong rate"}

    answers = in_parallel(
        *[
            lambda: staff_client(user=maker).post(where(number, "replace"), sent)["Location"]
            for _ in range(2)
        ]
    )

    assert len(set(answers)) == 1
    assert Bill.objects.count() == 2
    assert amount_of(account) == "0.00"
    assert "wrong rate" in staff_client(user=maker).get(where(number)).content.decode()


def test_a_draft_is_reviewed_opened_again_and_refreshed(account):
    some_terms(account, review=True)
    number = a_billed_month(account, "40.00").pk
    client = staff_client("finance_maker")

    post(client, number, "review")
    assert bill(number).state == "reviewed"
    post(client, number, "reopen")
    a_record(account, "2.00")
    post(client, number, "refresh")

    assert (bill(number).state, bill(number).total) == ("draft", 4200)


def test_what_the_state_does_not_allow_is_said_on_the_page(account):
    number = a_billed_month(account, "40.00").pk

    answer = post(staff_client("finance_maker"), number, "review")
    without_reason = post(staff_client("finance_maker"), number, "replace", reason=" ")

    assert (answer.status_code, b"bill_move_refused" in answer.content) == (409, True)
    assert (without_reason.status_code, bill(number).state) == (400, "issued")


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(account):
    for _ in range(3):
        a_record(a_merchant_account(), "5.00")
    a_billed_month(account, "40.00")
    client = staff_client("auditor")
    client.get("/backoffice/settlement/bills")

    with queries() as few:
        client.get("/backoffice/settlement/bills", {"account": account.number})
    with queries() as many:
        client.get("/backoffice/settlement/bills", {"currency": "CNY"})

    assert len(many) == len(few)


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_who_takes_a_file_is_written_down(account, form):
    number = a_billed_month(account, "40.00").pk

    taken = staff_client("auditor").get(f"{where(number)}/file?format={form}")
    again = staff_client("auditor").get(f"{where(number)}/file?format={form}")
    lists = staff_client("auditor").get(
        f"/backoffice/settlement/bills/file?format={'csv' if form == 'csv' else 'xlsx'}"
    )

    assert (taken.status_code, again.content) == (200, taken.content)
    assert lists.status_code == 200
    assert staff_client("admin").get(f"{where(number)}/file").status_code == 403
