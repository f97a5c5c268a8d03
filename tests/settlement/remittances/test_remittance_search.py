from __future__ import annotations

from datetime import date

import pytest

from builders import queries
from settlement_builders import a_merchant_account
from settlement_remittance_builders import CHECKER, PAID_ON, a_remittance, told
from tael.settlement.remittances.remittance import confirm_remittance
from tael.settlement.remittances.remittance_search import (
    RemittancesWanted,
    remittance_totals,
    remittances,
    remittances_waiting,
)


def found(**wanted):
    return [one.row.pk for one in remittances(RemittancesWanted(**wanted))]


@pytest.mark.rule("E-14", "B-31")
def test_remittances_are_found_by_what_they_are_and_added_up_by_side(db):
    account, other = a_merchant_account(), a_merchant_account("USD")
    to_us = a_remittance(account, "80.00", flow_number="FLOW-A").pk
    to_him = a_remittance(account, "30.00", side="platform", paid_on=date(2026, 10, 2)).pk
    abroad = a_remittance(other, "5.00").pk
    confirm_remittance(number=to_us, side="platform", instruction=told(CHECKER))

    assert found() == [abroad, to_him, to_us]
    assert found(account=account.number) == found(owner=account.owner) == [to_him, to_us]
    assert found(payer="platform") == [to_him]
    assert found(state="confirmed") == found(flow_number="FLOW-A") == [to_us]
    assert found(currency="USD") == [abroad]
    assert found(channel="nowhere") == []
    assert found(since=PAID_ON) == [abroad, to_us]
    assert found(until=date(2026, 10, 2)) == [to_him]
    assert found(currency="CNY", least=3001, most=8000) == [to_us]
    assert [one.row.pk for one in remittances(RemittancesWanted(), before=abroad, limit=1)] == [
        to_him
    ]
    cny, usd = remittance_totals(RemittancesWanted())
    assert (cny.remittances, cny.by_merchants.text, cny.by_platform.text) == (2, "80.00", "30.00")
    assert (usd.remittances, usd.by_merchants.text) == (1, "5.00")
    assert remittances_waiting(payer="platform", owner=account.owner) == 1
    assert remittances_waiting(payer="merchant") == 1


def test_what_is_paid_to_the_house_comes_and_what_the_house_pays_goes(db):
    account = a_merchant_account()
    a_remittance(account, "80.00")
    a_remittance(account, "30.00", side="platform")

    to_him, to_us = remittances(RemittancesWanted())

    assert (to_us.change.text, to_us.receiver) == ("80.00", "platform")
    assert (to_him.change.text, to_him.receiver) == ("-30.00", "merchant")
    with queries() as one_of_them:
        remittances(RemittancesWanted(), limit=1)
    with queries() as both:
        remittances(RemittancesWanted())
    assert len(one_of_them) == len(both)
