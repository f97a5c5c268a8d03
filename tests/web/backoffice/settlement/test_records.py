"""The list of business records, and the page of one."""

from __future__ import annotations

import pytest

from builders import queries
from settlement_builders import a_merchant_account, a_record, a_reversal, the_bill
from tael.web.backoffice.settlement import records as pages
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")
LIST = "/backoffice/settlement/records"


def numbers(client, **query):
    answer = client.get(LIST, query)
    assert answer.status_code == 200, answer.context["refusal"]
    return [one.row.number for one in answer.context.get("rows", [])]


@pytest.mark.rule("B-08", "B-16")
def test_records_are_found_by_what_they_are_and_added_up():
    account = a_merchant_account()
    a_record(account, "10.00", number="A")
    bill = the_bill(account)
    original = a_record(account, "-4.00", number="B", kind="trade")
    a_record(account, "1.00", number="C", confirmed=False)
    a_reversal(original, number="D")
    client = staff_client("support")

    assert numbers(client) == ["D", "C", "B", "A"]
    assert numbers(client, settled="yes") == numbers(client, bill=str(bill.pk)) == ["A"]
    assert numbers(client, state="pending") == ["C"]
    assert numbers(client, number="B", type="normal") == ["B"]
    assert numbers(client, account=str(account.number), before=str(original.pk)) == ["A"]
    assert numbers(client, since="2026-10-15") == []
    trade = client.get(LIST, {"kind": "trade"})
    assert "The shop · Trade" in trade.content.decode()
    totals = trade.context["totals"]
    assert [(one.records, one.income.text, one.expense.text) for one in totals] == [
        (2, "4.00", "-4.00")
    ]


@pytest.mark.parametrize(
    "query",
    [{"account": "x"}, {"state": "?"}, {"since": "2026-13-01"}, {"before": "-1"}, {"kind": "\0"}],
)
def test_a_filter_that_cannot_be_read_is_named(query):
    answer = staff_client("support").get(LIST, query)

    assert answer.status_code == 400
    assert answer.context["refusal"].field in query


def test_sums_of_the_newest_say_that_they_are_of_these(monkeypatch):
    account = a_merchant_account()
    for amount in ("1.00", "2.00", "4.00"):
        a_record(account, amount)
    client = staff_client("support")

    assert "Only the newest" not in client.get(LIST).content.decode()
    monkeypatch.setattr(pages, "TOTALED", 2)
    page = client.get(LIST)

    assert [one.net.text for one in page.context["totals"]] == ["6.00"]
    assert "Only the newest that fit are added up here" in page.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_list():
    account = a_merchant_account()
    a_record(account, "1.00")
    client = staff_client("support")
    with queries() as few:
        client.get(LIST)
    for _ in range(8):
        a_record(a_merchant_account(), "1.00", kind="trade")
    with queries() as many:
        client.get(LIST)

    assert len(many) == len(few)


@pytest.mark.rule("B-10")
def test_one_record_shows_its_reversals_and_they_show_it():
    original = a_record(a_merchant_account(), "10.00", facts={"rate": "0.1"}, note="door to door")
    part = a_reversal(original, "4.00")
    client = staff_client("support")

    answer = client.get(f"{LIST}/{original.pk}")
    back = client.get(f"{LIST}/{part.pk}")

    assert [one.row.pk for one in answer.context["reversals"]] == [part.pk]
    assert answer.context["one"].left.text == "6.00"
    page = answer.content.decode()
    assert "door to door" in page
    assert "&quot;rate&quot;: &quot;0.1&quot;" in page
    assert back.context["original"].row.pk == original.pk
    assert client.get(f"{LIST}/99999999").status_code == 404
