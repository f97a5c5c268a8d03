"""Unknown outcomes on pages: how old, who is asked and what he said; and the address with its secret, once."""

from __future__ import annotations

import re

import pytest

from settlement.payouts.test_inquiry import AFTER, ask_at, unknown
from settlement_remittance_builders import a_limit
from tael.approvals.models import Proposal
from tael.settlement.models import PayoutRow
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("A7", "A19")]
HERE = "/backoffice/settlement"


def test_the_secret_is_shown_once_and_every_ask_stands_beside_its_row(monkeypatch):
    monkeypatch.setenv("TAEL_SOURCES_TO_PRIVATE", "1")
    admin, service = staff_client("admin"), f"{HERE}/status-services"
    sent = {"key": a_form_key(), "address": "http://127.0.0.1:9/payouts"}

    made = admin.post(f"{service}/Alipay/address", sent).content.decode()

    (secret,) = re.findall(r"srcs_[\w-]+", made)
    assert secret not in admin.get(service).content.decode()
    (row,) = unknown()
    ask_at(AFTER)
    page = admin.get(f"{HERE}/batches/unknown?queue=asking").content.decode()
    assert re.search(
        rf"Withdrawal {row.withdrawal_id}.*Asked 1 time of 7.*no answer", page, re.DOTALL
    )
    assert (
        "No payout was found" in admin.get(f"{HERE}/batches/unknown?queue=person").content.decode()
    )
    assert admin.post(f"{service}/Alipay/stop", {"key": a_form_key()}).status_code == 303
    page = admin.get(f"{HERE}/batches/unknown?queue=person").content.decode()
    assert "a person has to find out" in page


@pytest.mark.rule("I32")
def test_above_the_limit_what_a_person_found_out_waits_for_a_second_one():
    (row,) = unknown()
    a_limit("1.00", command="settlement.answer_payout")
    maker, checker = staff_client("finance_maker"), staff_client("finance_checker")
    said = {
        "key": a_form_key(),
        "withdrawal": row.withdrawal_id,
        "outcome": "failed",
        "reason": "their letter of Nov 3",
    }

    for _ in range(2):
        maker.post(f"{HERE}/batches/{row.batch_id}/answer", said)

    proposed = Proposal.objects.get()
    assert PayoutRow.objects.get().state == "unknown"
    assert (
        "their letter of Nov 3"
        in checker.get(f"/backoffice/proposals/{proposed.pk}").content.decode()
    )
    checker.post(f"/backoffice/proposals/{proposed.pk}/approve", {"key": a_form_key()})
    assert PayoutRow.objects.get().state == "failed"
