"""The amounts that need two people, on pages."""

from __future__ import annotations

import pytest

from tael.payouts.check_limit import in_force
from tael.payouts.queries import check_limit_history
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I32")]


def post(role: str = "admin", **fields):
    sent = {"key": a_form_key(), "currency": "CNY", **fields}
    return staff_client(role).post("/backoffice/check-limits/change", sent)


def test_a_limit_is_set_once_shown_with_its_history_and_lifted():
    answers = [post(amount="100.00"), post(amount="100.00"), post(amount="")]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert [row.amount for row in check_limit_history(currency="CNY")] == [None, 10000]
    page = staff_client("auditor").get("/backoffice/check-limits", {"currency": "CNY"})
    assert [row["amount"] and row["amount"].text for row in page.context["history"]] == [
        None,
        "100.00",
    ]
    assert b"one person is enough" in page.content


@pytest.mark.parametrize("typed", ["-1", "1.001", "x", "1e3"])
def test_nonsense_is_said_beside_its_field(typed):
    answer = post(amount=typed)

    assert answer.status_code == 400
    assert answer.context["refusal"].field == "amount"
    assert in_force("CNY") is None


@pytest.mark.rule("T14")
def test_who_reviews_withdrawals_does_not_set_their_limit():
    for role in ("finance_maker", "finance_checker", "auditor"):
        assert post(role, amount="1").status_code == 403
    assert in_force("CNY") is None
