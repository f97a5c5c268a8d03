"""Bill runs on the back office's pages: started once, watched, gone on with, parked with their reasons."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from builders import STAFF, in_parallel
from settlement_builders import a_merchant_account, a_record, amount_of
from tael.settlement.accounts.merchant_account import (
    disable_merchant_account,
    enable_merchant_account,
)
from tael.settlement.models import BillRun
from visits import a_staff_user, staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-20", "A8")]

RUNS = "/backoffice/settlement/bill-runs"
NOW = datetime(2026, 11, 2, tzinfo=UTC)


def start(client, day: str = "2026-11-01"):
    return client.post(f"{RUNS}/start", {"key": a_form_key(), "day": day})


@pytest.mark.rule("T9", "B-26")
def test_two_clicks_bill_a_period_once(db):
    account = a_merchant_account()
    a_record(account, "40.00")
    maker = a_staff_user("finance_maker")
    sent = {"key": a_form_key(), "day": "2026-11-01"}

    answers = in_parallel(
        *[
            lambda: staff_client(user=maker).post(f"{RUNS}/start", sent).status_code
            for _ in range(2)
        ]
    )

    assert answers == [303, 303]
    assert amount_of(account) == "40.00"
    assert BillRun.objects.count() == 1


def test_a_run_shows_how_far_it_is_and_what_could_not_be_billed(db):
    good, off = a_merchant_account(), a_merchant_account()
    a_record(good, "40.00")
    a_record(off, "7.00")
    disable_merchant_account(account=off, actor=STAFF, at=NOW, reason="fraud")
    client = staff_client("finance_maker")

    page = client.get(start(client)["Location"])

    assert page.context["progress"].done == 1
    assert [one.account.number for one in page.context["parked"]] == [off.number]
    assert b"account_blocked" in page.content
    run = BillRun.objects.get()
    enable_merchant_account(account=off, actor=STAFF, at=NOW, reason="cleared")
    part = client.post(
        f"{RUNS}/{run.pk}/go-on", {"key": a_form_key()}, headers={"HX-Request": "true"}
    )
    assert part.context["run"].state == "finished"
    assert b"<html" not in part.content
    assert amount_of(off) == "7.00"


def test_who_may_only_look_watches_the_progress(db):
    a_record(a_merchant_account(), "40.00")
    start(staff_client("finance_maker"))
    run = BillRun.objects.get()

    watcher = staff_client("auditor")

    assert watcher.get(f"{RUNS}/{run.pk}/progress").status_code == 200
    assert watcher.post(f"{RUNS}/{run.pk}/go-on", {"key": a_form_key()}).status_code == 403
    assert b"go-on" not in watcher.get(f"{RUNS}/{run.pk}").content


@pytest.mark.parametrize(
    ("day", "code"), [("2999-01-01", b"bill_run_too_early"), ("soon", b"filter_malformed")]
)
def test_a_day_that_cannot_be_billed_is_refused_on_the_page(db, day, code):
    answer = start(staff_client("finance_maker"), day)

    assert (answer.status_code, code in answer.content) == (400, True)
    assert not BillRun.objects.exists()
