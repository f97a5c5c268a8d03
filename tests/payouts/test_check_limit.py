from __future__ import annotations

import pytest

from builders import AT, STAFF, a_currency, money
from tael.money import Money, UnknownCurrency
from tael.parties.queries import audit_trail
from tael.payouts.check_limit import CheckLimitMalformed, in_force, set_check_limit
from tael.payouts.queries import check_limit_history, check_limits

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I32")]


def set_to(text: str | None, currency: str = "CNY"):
    amount = None if text is None else money(text, currency)
    return set_check_limit(currency=currency, amount=amount, actor=STAFF, at=AT)


def test_without_a_limit_one_person_is_enough():
    assert in_force("CNY") is None
    assert set_to(None) is None
    assert audit_trail(subject="check_limit:CNY") == []


def test_the_newest_limit_of_a_currency_is_in_force_and_the_old_ones_are_kept():
    a_currency("MILES")
    set_to("100.00")
    set_to("50", "MILES")
    set_to("0")
    lifted = set_to(None)

    assert lifted is not None
    assert in_force("CNY").amount is None
    assert [row.amount for row in check_limit_history(currency="CNY")] == [None, 0, 10000]
    assert [(row.currency, row.amount) for row in check_limits()] == [("CNY", None), ("MILES", 50)]


def test_setting_it_is_recorded_once_however_often_it_is_sent():
    first, again = set_to("100.00"), set_to("100.00")

    assert first.pk == again.pk
    (record,) = audit_trail(subject="check_limit:CNY")
    assert (record.actor, record.action) == (STAFF, "check_limit.set")
    assert record.details == {"before": None, "after": 10000, "limit": first.pk}


def test_a_limit_is_zero_or_more_of_its_own_currency():
    a_currency("MILES")
    for amount in (money("1", "MILES"), Money(-1, money("1.00").currency)):
        with pytest.raises(CheckLimitMalformed):
            set_check_limit(currency="CNY", amount=amount, actor=STAFF, at=AT)
    with pytest.raises(UnknownCurrency):
        set_check_limit(currency="XXX", amount=None, actor=STAFF, at=AT)
