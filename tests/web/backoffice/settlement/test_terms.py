"""The page of an account's terms."""

from __future__ import annotations

import pytest

from builders import STAFF, money
from settlement_builders import IN_NOVEMBER, a_merchant_account, some_terms
from tael.approvals.limit import set_approval_limit
from tael.settlement.accounts.terms import terms_in_force
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-27", "B-33")]
FORM = {
    "cycle": "month",
    "anchor": "5",
    "settle_after": "2",
    "calendar": "default",
    "zone": "Asia/Shanghai",
    "grace_hours": "",
    "minimum_manual": "50.00",
    "minimum_automatic": "100",
    "fee": "1%",
    "reserve_percent": "10",
    "reserve_days": "30",
    "collect_from": "",
    "collect_most": "",
    "reversal_style": "blue",
}


def send(client, account, **given):
    where = f"/backoffice/settlement/accounts/{account.number}/terms/change"
    return client.post(where, {"key": a_form_key(), **FORM, **given})


def test_new_terms_are_in_force_and_the_old_ones_stay_to_be_seen():
    account, client = a_merchant_account(), staff_client("admin")
    some_terms(account, cycle="day")

    assert send(client, account, review="on", grace_hours="48").status_code == 303

    row = terms_in_force(account.number)
    assert (row.cycle, row.anchor, row.settle_after, row.fee) == ("month", 5, 2, "1%")
    assert (row.minimum_manual, row.minimum_automatic, row.review) == (5000, 10000, True)
    assert (row.grace_hours, row.reserve_days, row.reversal_style) == (48, 30, "blue")
    answer = client.get(f"/backoffice/settlement/accounts/{account.number}/terms")
    assert len(answer.context["history"]) == 2
    page = answer.content.decode()
    assert "every month, from day 5 on" in page
    assert "10 % for 30 days" in page


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"anchor": "29"}, "anchor"),
        ({"anchor": ""}, "anchor"),
        ({"anchor": "٣"}, "anchor"),
        ({"minimum_manual": "-1"}, "minimum_manual"),
        ({"minimum_automatic": "1.001"}, "minimum_automatic"),
        ({"fee": "%"}, "fee"),
        ({"collect_from": "100001"}, "collect_from"),
        ({"cycle": "year"}, "cycle"),
    ],
)
def test_a_term_that_cannot_be_agreed_on_stands_beside_its_field(given, field):
    account = a_merchant_account()

    answer = send(staff_client("admin"), account, **given)

    assert answer.status_code in {400, 404}
    assert answer.context["refusal"].field == field
    assert terms_in_force(account.number).pk is None


@pytest.mark.rule("I32")
def test_where_two_people_are_asked_for_a_proposal_waits():
    set_approval_limit(
        command="settlement.terms",
        currency="CNY",
        amount=money("1.00"),
        actor=STAFF,
        at=IN_NOVEMBER,
    )
    account = a_merchant_account()

    answer = send(staff_client("admin"), account)

    assert answer.status_code == 303
    assert terms_in_force(account.number).pk is None
