from datetime import UTC, datetime

import pytest
from django.db import transaction

from tael.parties import audit, queries

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def an_act(**changes):
    facts = {
        "actor": "user:10000",
        "action": "signboard.paint",
        "subject": "signboard:Alipay",
        "at": AT,
    }
    return audit.record(**facts | changes)


def test_a_record_needs_the_transaction_of_its_act(db):
    with pytest.raises(transaction.TransactionManagementError):
        an_act()


def test_a_record_goes_when_its_act_is_rolled_back(db):
    with transaction.atomic():
        an_act()
        transaction.set_rollback(True)

    assert queries.audit_trail() == []


def test_a_record_keeps_both_clocks(db):
    with transaction.atomic():
        an_act(details={"before": "on"})

    (record,) = queries.audit_trail()
    assert record.at == AT
    assert record.recorded_at.tzinfo is not None
    assert record.details == {"before": "on"}


def test_the_trail_is_read_newest_first_in_pages_by_subject_and_actor(db):
    with transaction.atomic():
        numbers = [an_act(actor=f"user:{10000 + place % 2}").pk for place in range(6)]

    first = queries.audit_trail(limit=2)
    second = queries.audit_trail(limit=2, before=first[-1].pk)
    of_one = queries.audit_trail(actor="user:10001", subject="signboard:Alipay")

    assert [r.pk for r in first + second] == numbers[::-1][:4]
    assert [r.pk for r in of_one] == numbers[1::2][::-1]
    assert queries.audit_trail(subject="signboard:PayPal") == []
