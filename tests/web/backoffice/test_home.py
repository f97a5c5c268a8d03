from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from builders import a_customer, a_payee, a_wallet, an_instruction, money, queries
from settlement_batch_builders import a_checked
from settlement_payout_builders import an_account_with, an_application
from staff_pages import read
from tael.payouts.withdrawal import apply_withdrawal
from tael.wallet.freeze import freeze
from tael.wallet.recharge import recharge
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")
HOME = "/backoffice/"
NOW = datetime.now(UTC)  # noqa: TID251 - the page asks the clock


def test_a_new_house_has_nothing_that_waits_and_says_so():
    text = read(staff_client("finance_maker"), HOME)

    assert NOW.date().isoformat()[:7] in text
    assert "Withdrawals to review 0 nothing" in text
    assert "Holds that end today 0" in text
    assert "Notices to look into (7 days) 0" in text
    assert "Nothing moved in" in text


@pytest.mark.rule("F-33")
def test_what_waits_is_counted_with_its_money_and_opens_its_list():
    wallet = a_wallet(owner=a_customer(20001), free="100.00")
    apply_withdrawal(
        wallet=wallet,
        amount=money("30.00"),
        payee=a_payee(20001),
        instruction=an_instruction(actor="user:20001", channel="System"),
    )
    freeze(
        wallet=wallet,
        amount=money("5.00"),
        expires_at=NOW + timedelta(seconds=1),
        instruction=an_instruction(at=NOW),
    )
    staff = staff_client("finance_maker")
    text, page = read(staff, HOME), staff.get(HOME).content.decode()

    assert "Withdrawals to review 1 30.00 CNY" in text
    assert "Holds that end today 1" in text
    assert f"/backoffice/holds?until={NOW.date()}" in page
    assert "state=applied" in page


def test_what_moves_is_drawn_by_day_and_told_in_sums():
    wallet = a_wallet()
    for days, amount in ((0, "1.00"), (3, "2.00"), (40, "4.00")):
        recharge(
            wallet=wallet,
            amount=money(amount),
            instruction=an_instruction(at=NOW - timedelta(days=days)),
        )
    staff = staff_client("auditor")

    month, quarter = (staff.get(HOME, {"period": period}) for period in ("1M", "3M"))

    assert [amount.text for _, amount in month.context["totals"]] == ["3.00"]
    assert [amount.text for _, amount in quarter.context["totals"]] == ["7.00"]
    drawn = quarter.context["chart"]
    assert len(drawn["at"]) == 92
    assert [value for value in drawn["lines"][0]["values"] if value] == [4, 2, 1]
    assert b'id="flows-chart"' in month.content


@pytest.mark.parametrize("query", ["period=9Y", "currency=XXX", "currency=%00"])
def test_a_chart_that_cannot_be_asked_for_is_refused_beside_what_waits(query):
    text = read(staff_client("support"), f"{HOME}?{query}", status=400)

    assert "filter_malformed" in text
    assert "Withdrawals to review" in text


def test_queries_do_not_grow_with_what_waits():
    wallet, staff = a_wallet(free="100.00"), staff_client("finance_maker")
    staff.get(HOME)
    with queries() as few:
        staff.get(HOME)
    for _ in range(5):
        freeze(
            wallet=wallet,
            amount=money("5.00"),
            expires_at=NOW + timedelta(seconds=1),
            instruction=an_instruction(at=NOW),
        )
    with queries() as many:
        staff.get(HOME)

    assert len(many) <= len(few)


@pytest.mark.rule("B-38", "I32")
def test_who_settles_with_merchants_finds_what_waits_for_him():
    account = an_account_with("1000.00")
    a_checked("10.00", "20.00", account=account)
    an_application(account, "30.00")

    maker = read(staff_client("finance_maker"), HOME)
    checker = read(staff_client("finance_checker"), HOME)

    assert "Merchants to be paid 1 30.00 CNY" in maker
    assert "Bills to review 0 nothing" in maker
    assert "Batches to approve" not in maker
    assert "Batches to approve 1 30.00 CNY" in checker
    assert "Merchants to be paid" not in checker
