from __future__ import annotations

from datetime import date

import pytest

from builders import a_payee, money
from settlement_builders import a_record, some_terms, the_bill
from settlement_payout_builders import an_account_with, an_application, in_state, now
from tael.settlement.lifecycles import PayoutState
from tael.settlement.payouts.payout_explained import payout_explained
from tael.settlement.payouts.withdrawal_search import withdrawal_seen
from tael.settlement.remittances.adjustment import adjust

pytestmark = pytest.mark.usefixtures("db")


def explained(row, **given):
    return payout_explained(withdrawal_seen(row.pk), **given)


@pytest.mark.rule("B-03", "B-06", "B-37")
def test_a_payout_is_its_opening_and_every_line_since():  # A32
    account = an_account_with("100.00")
    payee = a_payee(account.owner)
    first = an_application(account, "30.00", payee=payee)
    a_record(account, "7.50", day=date(2026, 11, 3))
    the_bill(account, day=date(2026, 12, 1))
    failed = in_state(PayoutState.FAILED, account, "1.00")
    some_terms(account, fee="2%")
    second = an_application(account, "50.00", payee=payee)

    one, two = explained(first), explained(second)

    assert (one.opening.text, one.previous, one.there.text, one.left.text) == (
        "0.00",
        None,
        "100.00",
        "70.00",
    )
    assert [(part.word, part.lines, part.came.text) for part in one.parts] == [
        ("bill", 1, "100.00")
    ]
    # the failed one is the payout before: its line stands, and so does the line that brought it back
    assert (two.previous, two.opening.text) == (failed.pk, "76.50")
    assert [(part.word, part.came.text) for part in two.parts] == [("withdrawal", "1.00")]
    assert (two.there.text, two.left.text) == ("77.50", "27.50")
    assert (two.amount.text, two.fee.text, two.net.text) == ("50.00", "1.00", "49.00")
    assert one.adds_up
    assert two.adds_up
    assert explained(failed).came.text == "7.50"


def test_few_lines_are_shown_and_all_are_added_up():
    account = an_account_with("1.00")
    for _ in range(3):
        adjust(account=account, amount=money("1.00"), reason="a gift", instruction=now())
    row = an_application(account, "2.00")

    found = explained(row, limit=1)

    assert len(found.details) == 1
    assert [(part.word, part.lines) for part in found.parts] == [("bill", 1), ("adjustment", 3)]
    assert (found.lines, found.there.text) == (4, "4.00")
    assert found.adds_up
