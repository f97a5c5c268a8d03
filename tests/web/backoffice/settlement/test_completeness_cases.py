"""The queue of cases: what is open, one with both sides, and its closing with a note."""

from __future__ import annotations

import pytest

from settlement_builders import a_merchant_account, a_record
from settlement_completeness_builders import act_of, an_act, checked
from staff_pages import fields, read, words
from tael.settlement.models import Accrual, CompletenessCase
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")
LIST = "/backoffice/settlement/completeness/cases"


def a_case(listed: str = "31.00") -> CompletenessCase:
    """The shop lists 31.00 for what is recorded as 30.00."""
    there = a_record(a_merchant_account(), "30.00", number="W-1")
    checked(act_of(there, amount=listed))
    return CompletenessCase.objects.get()


@pytest.mark.rule("B-14")
def test_a_case_shows_both_sides_beside_each_other_and_what_differs():
    case = a_case()

    page = read(staff_client("auditor"), f"{LIST}/{case.pk}")

    assert "Amount differs 31.00 30.00" in page
    assert "State confirmed confirmed" in page
    assert "Close with this note" not in page, "an auditor looks only"


@pytest.mark.rule("B-14")
@pytest.mark.rule("T9")
def test_a_case_is_closed_with_a_note_and_stays_closed_while_both_sides_stay():
    case = a_case()
    maker = staff_client("finance_maker")
    page = f"{LIST}/{case.pk}"
    typed = {**fields(maker.get(page)), "note": "agreed with the shop"}

    empty = maker.post(f"{page}/close", {**typed, "note": " "})
    assert (empty.status_code, "text_malformed" in words(empty)) == (400, True)
    first, second = (maker.post(f"{page}/close", typed) for _ in range(2))

    assert first.status_code == second.status_code == 303
    assert "agreed with the shop" in read(maker, page)
    assert "No difference is open" in read(maker, LIST)
    assert "W-1" in read(maker, f"{LIST}?state=closed")
    there = act_of(Accrual.objects.get(number=case.number), amount="31.00")

    checked(there)
    assert CompletenessCase.objects.filter(state="open").count() == 0

    checked({**there, "amount": "32.00"})
    assert CompletenessCase.objects.filter(state="open").count() == 1


def test_a_closed_case_is_not_closed_by_another():
    case = a_case()
    for name, status in (("first", 303), ("second", 409)):
        maker = staff_client("finance_maker")
        typed = {"key": "0198b0d0-0000-7000-8000-000000000000", "note": name}
        answer = maker.post(f"{LIST}/{case.pk}/close", typed)
        assert answer.status_code == status


def test_the_queue_is_filtered_and_counts_what_it_found():
    account = a_merchant_account()
    a_record(account, "30.00", number="W-1")
    checked(an_act(account, "W-2", kind="unheard"), an_act(account, "W-3", account="1"))
    client = staff_client("support")

    page = read(client, LIST)

    assert "W-1 Service" in page  # called as its kind is
    assert "Only here : 1" in page.replace(":", " :").replace("  ", " ")
    assert "W-1" not in read(client, f"{LIST}?what=refused")
    assert "W-2" not in read(client, f"{LIST}?number=W-3")
    assert "No case was found" in read(client, f"{LIST}?since=2026-11-01")
    assert "filter_malformed" in read(client, f"{LIST}?state=lost", status=400)
    assert client.get(f"{LIST}/999").status_code == 404


def test_the_first_page_says_how_many_wait():
    a_case()

    page = read(staff_client("support"), "/backoffice/")

    assert "Cases of the completeness check 1" in page
