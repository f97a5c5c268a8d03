"""What is done with business records by hand."""

from __future__ import annotations

import pytest

from builders import STAFF
from settlement_builders import IN_NOVEMBER, a_kind, a_merchant_account, a_record, the_shop
from tael.parties.queries import audit_trail
from tael.settlement.records.accrual_search import AccrualsWanted, accruals
from tael.wallet.period import Month
from tael.wallet.soft_close import soft_close_month
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = pytest.mark.usefixtures("db")
LIST = "/backoffice/settlement/records"


def post(client, where, **fields):
    return client.post(f"{LIST}/{where}", {"key": a_form_key(), **fields})


def all_rows():
    return [view.row for view in accruals(AccrualsWanted())]


def typed(of, **given):
    form = {
        "account": str(of.number),
        "source": the_shop(),
        "kind": a_kind("service"),
        "number": "W1",
        "amount": "-30.00",
        "state": "confirmed",
    }
    return form | given


@pytest.mark.rule("B-08", "B-15")
def test_an_act_is_recorded_once_however_often_it_is_sent():
    account, client = a_merchant_account(), staff_client("finance_maker")

    assert client.get(f"{LIST}/add", {"account": str(account.number)}).status_code == 200
    first = post(client, "add", **typed(account))
    second = post(client, "add", **typed(account))

    (row,) = all_rows()
    assert first["Location"] == second["Location"] == f"{LIST}/{row.pk}"
    assert (row.amount, row.state) == (-3000, "confirmed")
    assert post(client, "add", **typed(account, amount="-31.00")).status_code == 409


@pytest.mark.rule("A38")
def test_who_may_post_late_does_so_with_a_reason_and_others_are_refused():
    account, day = a_merchant_account(), "2026-10-14"
    soft_close_month(month=Month(2026, 10), actor=STAFF, at=IN_NOVEMBER)
    maker, both = staff_client("finance_maker"), staff_client("finance_maker", "finance_checker")

    refused = post(maker, "add", **typed(account, day=day))
    assert (refused.status_code, "period_closing" in refused.text) == (409, True)
    assert "ask a finance checker to open the month again" in refused.text  # which one role can do
    may_not = post(maker, "add", **typed(account, day=day, late_reason="found"))
    assert (may_not.status_code, "role_missing" in may_not.text) == (403, True)
    assert "late_reason" not in maker.get(f"{LIST}/add").text
    assert "late_reason" in both.get(f"{LIST}/add").text
    assert post(both, "add", **typed(account, day=day, late_reason="found")).status_code == 303
    assert all_rows()[0].day.isoformat() == day


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"account": "x"}, "account"),
        ({"account": "499999"}, "account"),
        ({"amount": ""}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"source": "none"}, "source"),
        ({"kind": "\0"}, "kind"),
        ({"number": ""}, "number"),
        ({"day": "soon"}, "day"),
        ({"quantity": "1e5"}, "quantity"),
        ({"note": "n" * 201}, "note"),
    ],
)
def test_what_cannot_be_recorded_stands_beside_its_field(given, field):
    answer = post(staff_client("finance_maker"), "add", **typed(a_merchant_account(), **given))

    assert answer.status_code in {400, 404}
    assert answer.context["refusal"].field == field
    assert all_rows() == []


@pytest.mark.rule("B-11", "B-12")
@pytest.mark.parametrize(("act", "state"), [("confirm", "confirmed"), ("fail", "failed")])
def test_a_pending_record_is_decided_once(act, state):
    row = a_record(a_merchant_account(), "5.00", confirmed=False)
    client = staff_client("finance_maker")
    other = {"confirm": "fail", "fail": "confirm"}[act]

    assert post(client, f"{row.pk}/{act}").status_code == 303
    assert post(client, f"{row.pk}/{act}").status_code == 303
    assert post(client, f"{row.pk}/{other}").status_code == 409
    assert all_rows()[0].state == state


@pytest.mark.rule("B-10", "B-13")
def test_a_record_is_reversed_in_parts_and_once_under_a_number():
    row = a_record(a_merchant_account(), "10.00")
    client = staff_client("finance_maker")

    for _ in range(2):
        assert post(client, f"{row.pk}/reverse", number="R1", amount="4.00").status_code == 303
    too_much = post(client, f"{row.pk}/reverse", number="R2", amount="6.01")
    unnamed = post(client, f"{row.pk}/reverse", number="", amount="1.00")

    assert (too_much.status_code, too_much.context["refusal"].field) == (409, "amount")
    assert (unnamed.status_code, unnamed.context["refusal"].field) == (400, "number")
    assert [each.amount for each in all_rows()] == [-400, 1000]


@pytest.mark.rule("A39", "I31")
def test_a_file_holds_what_the_list_shows_and_is_written_down():
    a_record(a_merchant_account(), "10.00", number="A")
    a_record(a_merchant_account(), "20.00", number="B", kind="trade")

    answer = staff_client("auditor").get(f"{LIST}/file", {"kind": "trade", "format": "csv"})

    lines = answer.content.decode().splitlines()
    assert answer.status_code == 200
    assert sum(",20.00,CNY," in line for line in lines) == 1
    assert not any(",10.00,CNY," in line for line in lines)
    assert any(act.action == "export.take" or "export" in act.action for act in audit_trail())
