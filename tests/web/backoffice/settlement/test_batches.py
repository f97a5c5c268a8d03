"""Payout batches on pages: made, checked, approved by another, exported, answered; each act once."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from builders import AT, STAFF, a_payee, money
from settlement_batch_builders import a_checked, a_draft, filled, with_the_bank
from settlement_builders import amount_of
from settlement_payout_builders import an_account_with, an_application
from tael.approvals.limit import set_approval_limit
from tael.settlement.models import MerchantWithdrawal, PayoutBatch, ResultFile
from tael.settlement.payouts import batch_export, result_preview
from tael.settlement.payouts.batch import payout_batch
from tael.web.backoffice.settlement import batch_results
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-35", "B-38")]
HERE = "/backoffice/settlement/batches"


@pytest.fixture
def maker():
    return staff_client("finance_maker")


@pytest.fixture
def checker():
    return staff_client("finance_checker")


def post(client, where, **fields):
    return client.post(f"{HERE}/{where}", {"key": a_form_key(), **fields})


def bring(client, batch, content, name="result.xlsx"):
    file = SimpleUploadedFile(name, content)
    return post(client, f"{batch.pk}/result", file=file)


def states():
    return list(MerchantWithdrawal.objects.order_by("pk").values_list("payout_state", flat=True))


def test_a_batch_is_made_of_chosen_withdrawals_and_a_double_click_makes_one(maker):
    account = an_account_with("100.00")
    payee = a_payee(account.owner)
    first, _ = (an_application(account, text, payee=payee) for text in ("10.00", "20.00"))
    shown = maker.get(f"{HERE}/make")
    assert shown.status_code == 200
    sent = {
        "key": a_form_key(),
        "currency": "CNY",
        "channel": "Alipay",
        "profile": "generic",
        "which": "chosen",
        "withdrawal": [str(first.pk)],
    }

    answers = [maker.post(f"{HERE}/make", sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert states() == ["batched", "waiting"]
    listed = maker.get(HERE)
    assert [row["total"].text for row in listed.context["rows"]] == ["10.00"]


def test_nothing_that_waits_is_said_in_words(maker):
    assert "No withdrawal waits" in maker.get(f"{HERE}/make").content.decode()
    assert "No batch has been made yet" in maker.get(HERE).content.decode()


@pytest.mark.rule("I32")
def test_above_the_limit_another_person_approves_before_the_export(maker, checker):
    set_approval_limit(
        command=batch_export.PAYOUT_BATCH.code,
        currency="CNY",
        amount=money("1.00"),
        actor=STAFF,
        at=AT,
    )
    batch = a_draft("10.00")
    assert post(maker, f"{batch.pk}/check").status_code == 303

    refused = post(maker, f"{batch.pk}/export", format="xlsx")

    assert refused.status_code == 403
    assert b"batch_needs_approval" in refused.content
    assert post(checker, f"{batch.pk}/approve").status_code == 303
    assert post(maker, f"{batch.pk}/export", format="xlsx").status_code == 303
    assert payout_batch(batch.pk).state == "exported"


def test_the_file_is_given_again_with_the_same_bytes(maker):
    batch = a_checked("10.00")
    post(maker, f"{batch.pk}/export", format="csv")

    files = [maker.get(f"{HERE}/{batch.pk}/file").content for _ in range(2)]

    assert files[0] == files[1]
    digest = hashlib.sha256(files[0]).hexdigest()
    assert PayoutBatch.objects.get(pk=batch.pk).file_digest == digest


def test_a_batch_is_exported_as_a_payment_message_once_the_debtor_is_known(maker, monkeypatch):
    batch = a_checked("10.00")
    assert "pain.001.001.03" in maker.get(f"{HERE}/{batch.pk}").content.decode()
    refused = post(maker, f"{batch.pk}/export", format="pain.001.001.03")
    assert refused.context["refusal"].code == "payout_debtor_missing"
    for setting, text in (("NAME", "Tael"), ("ACCOUNT", "1"), ("BIC", "WESTGB2L")):
        monkeypatch.setenv(f"TAEL_PAYOUT_DEBTOR_{setting}", text)

    assert post(maker, f"{batch.pk}/export", format="pain.001.001.03").status_code == 303

    file = maker.get(f"{HERE}/{batch.pk}/file")
    assert file["Content-Disposition"].endswith('.xml"')
    assert b"pain.001.001.03" in file.content


@pytest.mark.rule("B-36", "T15")
def test_an_answer_is_read_shown_and_then_taken(maker):
    account = an_account_with("100.00")
    batch, content = with_the_bank("10.00", "20.00", "30.00", account=account)
    file = filled(
        content, ("paid", "F1", ""), ("failed", "", "no such account"), ("perhaps", "", "")
    )

    brought = bring(maker, batch, file)
    assert brought.status_code == 303
    result = ResultFile.objects.get()
    shown = maker.get(brought["Location"])
    assert shown.context["preview"].counts == {
        "paid": 1,
        "failed": 1,
        "unknown": 0,
        "unchanged": 0,
        "refused": 1,
    }
    assert states() == ["exported"] * 3
    taken = maker.post(
        f"/backoffice/settlement/results/{result.pk}/take",
        {"key": a_form_key()},
        headers={"HX-Request": "true"},
    )

    assert taken["HX-Refresh"] == "true"
    assert states() == ["paid", "failed", "exported"]
    assert amount_of(account) == "60.00"
    page = maker.get(brought["Location"]).content.decode()
    assert re.search(r"perhaps.*paid, failed, unknown", page)


@pytest.mark.rule("T15")
def test_the_page_of_a_large_answer_watches_the_worker_who_judges_it(maker, monkeypatch):
    monkeypatch.setattr(result_preview, "JUDGED_AT_ONCE", 1)
    monkeypatch.setattr(batch_results, "JUDGED_AT_ONCE", 1)
    batch, content = with_the_bank("10.00", "20.00", account=an_account_with("100.00"))

    where = bring(maker, batch, filled(content, ("paid", "F1", ""), ("paid", "F1", "")))["Location"]

    assert b"0 of 2 rows are checked" in maker.get(where).content
    assert "HX-Refresh" not in maker.get(f"{where}/looked")
    result_preview.look_at_waiting(clock=lambda: AT)
    assert maker.get(f"{where}/looked")["HX-Refresh"] == "true"
    assert maker.get(where).context["preview"].counts["refused"] == 1
    assert states() == ["exported"] * 2


def test_a_file_that_is_no_sheet_is_refused_on_a_page(maker):
    batch, _ = with_the_bank("10.00")

    answer = bring(maker, batch, b"\x00\x01", "x.xlsx")

    assert answer.status_code == 400
    assert states() == ["exported"]


@pytest.mark.rule("A-B6")
def test_a_person_says_what_became_of_an_unknown_row(maker):
    account = an_account_with("100.00")
    batch, content = with_the_bank("10.00", account=account)
    bring(maker, batch, filled(content, ("unknown", "", "")))
    take = f"/backoffice/settlement/results/{ResultFile.objects.get().pk}/take"
    maker.post(take, {"key": a_form_key()})
    assert b"Somebody knows" in maker.get(f"{HERE}/unknown").content

    said = post(
        maker,
        f"{batch.pk}/answer",
        withdrawal=str(MerchantWithdrawal.objects.get().pk),
        outcome="failed",
        reason="the bank says so on the phone",
    )

    assert said.status_code == 303
    assert states() == ["failed"]
    assert amount_of(account) == "100.00"
    assert payout_batch(batch.pk).state == "settled"


def test_a_batch_that_is_revoked_gives_its_withdrawals_back(maker):
    batch, _ = with_the_bank("10.00")

    assert post(maker, f"{batch.pk}/revoke", reason="").status_code == 400
    assert post(maker, f"{batch.pk}/revoke", reason="not sent").status_code == 303

    assert states() == ["waiting"]
    assert maker.get(f"{HERE}/{batch.pk}/file").status_code == 409
