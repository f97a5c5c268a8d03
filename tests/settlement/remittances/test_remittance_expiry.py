from __future__ import annotations

from datetime import timedelta

import pytest

from settlement_builders import IN_NOVEMBER, a_merchant_account
from settlement_remittance_builders import a_remittance
from tael.settlement.remittances.remittance_expiry import expire_remittances, remittance_lifetime

pytestmark = pytest.mark.usefixtures("db")


def test_it_expires_after_the_operators_time():
    account = a_merchant_account()
    row = a_remittance(account)

    assert expire_remittances(at=IN_NOVEMBER + timedelta(days=29)) == 0
    assert expire_remittances(at=IN_NOVEMBER + timedelta(days=31), lifetime=timedelta(0)) == 0
    assert expire_remittances(at=IN_NOVEMBER + timedelta(days=30)) == 1
    assert expire_remittances(at=IN_NOVEMBER + timedelta(days=30)) == 0

    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("expired", "system:expiry")


@pytest.mark.parametrize(
    ("text", "days"), [("", 30), ("7", 7), ("0", 0), ("-1", 30), ("3651", 30), ("a", 30)]
)
def test_the_operator_says_how_long_it_stays(text, days):
    assert remittance_lifetime({"TAEL_REMITTANCE_DAYS": text}) == timedelta(days=days)
