from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from builders import STAFF, in_parallel, queries
from settlement_builders import IN_NOVEMBER, a_merchant_account, told
from tael import books, ledger
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import disable_merchant_account
from tael.settlement.models import Accrual
from tael.settlement.records.accrual import record_accrual
from tael.settlement.records.accrual_batch import Act, record_many

pytestmark = pytest.mark.usefixtures("db")


def batch(*acts, **given):
    return record_many(acts, actor=STAFF, at=IN_NOVEMBER, **given)


def words(verdicts):
    """What each act was answered: entered, replayed, or the refusal with its field."""
    return [
        f"{verdict.code} {verdict.field}"
        if isinstance(verdict, Refusal)
        else verdict.decides or ("replayed" if verdict.replayed else "entered")
        for verdict in verdicts
    ]


@pytest.mark.rule("B-15")
def test_each_act_of_a_batch_has_its_own_verdict():
    account = a_merchant_account().number
    record_accrual(
        account=a_merchant_account(), told=told("1.00", number="T"), actor=STAFF, at=IN_NOVEMBER
    )

    verdicts = batch(
        Act(account, told("1.00", number="A", note=" door to door ")),
        Act(account, told("2.00", number="B"), confirmed=False),
        Act(account, told("1.00", number="A")),  # told twice in one batch
        Act(account, told("3.00", number="A")),  # the same number for something else
        Act(499999, told("1.00", number="C")),
        Act(account, told("1.00", number="a b")),
        Act(account, told("1.00", number="D", source="nowhere")),
        Act(account, told("1.00", number="E", day=date(2027, 1, 1))),
        Act(account, told("1.00", number="T")),  # another account's
        Act(account, told("1.00", number="F", currency="USD")),
        Act(account, told("1.00", number="G", facts={"note": "a\0b"})),
    )

    assert words(verdicts) == [
        "entered",
        "entered",
        "replayed",
        "accrual_taken amount",
        "unknown_merchant_account account",
        "accrual_malformed number",
        "unknown_source source",
        "day_not_open day",
        "accrual_taken account",
        "accrual_malformed amount",
        "accrual_malformed facts",
    ]
    first, second = Accrual.objects.filter(account=account).order_by("number")
    assert (first.pk, verdicts[2].number) == (verdicts[0].number, verdicts[0].number)
    assert (first.state, first.note, first.type) == ("confirmed", "door to door", "normal")
    assert (second.state, second.origin) == ("pending", "at_once")


def test_what_was_told_before_is_answered_also_when_its_day_is_closed_or_the_account_off():
    account = a_merchant_account()
    act = Act(account.number, told("1.00", number="A"))
    batch(act)
    with transaction.atomic():
        ledger.close_period(
            books.connection(), through=IN_NOVEMBER.replace(day=1, hour=0), actor=STAFF
        )
    disable_merchant_account(account=account, actor=STAFF, at=IN_NOVEMBER, reason="fraud")

    assert words(batch(act)) == ["replayed"]
    assert words(batch(Act(account.number, told("1.00", number="B")))) == [
        "merchant_account_disabled account"
    ]


def test_a_batch_takes_a_fixed_number_of_queries():
    account = a_merchant_account().number
    acts = [Act(account, told("1.00", number=f"N{n}")) for n in range(200)]

    with queries() as seen:
        assert set(words(batch(*acts))) == {"entered"}
        assert set(words(batch(*acts))) == {"replayed"}

    assert len(seen) <= 16


def test_the_same_acts_told_in_parallel_and_in_any_order_are_entered_once():
    account = a_merchant_account().number
    acts = [Act(account, told("1.00", number=f"N{n}")) for n in range(300)]

    answers = in_parallel(*[lambda: batch(*acts), lambda: batch(*acts[::-1])] * 3)

    assert sum(words(verdicts).count("entered") for verdicts in answers) == 300
    assert all(set(words(verdicts)) <= {"entered", "replayed"} for verdicts in answers)
    assert Accrual.objects.count() == 300


@pytest.mark.rule("B-11", "B-15")
def test_one_that_stands_as_pending_is_confirmed_by_telling_it_as_finished():
    account = a_merchant_account().number
    what = told("1.00", number="A")
    batch(Act(account, what, confirmed=False))

    assert words(batch(Act(account, told("2.00", number="A")))) == ["accrual_taken amount"]
    assert words(batch(Act(account, what, confirmed=False))) == ["replayed"]
    assert words(batch(Act(account, what), Act(account, what))) == ["confirms", "replayed"]
    row = Accrual.objects.get()
    assert (row.state, row.decided_by, row.decided_at) == ("confirmed", STAFF, IN_NOVEMBER)
    both = [Act(account, told("1.00", number="B"), confirmed=end) for end in (False, True)]
    assert words(batch(*both)) == ["entered", "confirms"]


def test_many_who_confirm_the_same_ones_confirm_each_once():
    account = a_merchant_account().number
    acts = [Act(account, told("1.00", number=f"A{place}")) for place in range(50)]
    batch(*(act._replace(confirmed=False) for act in acts))

    answers = in_parallel(*[lambda: batch(*acts), lambda: batch(*acts[::-1])] * 2)

    assert sum(words(verdicts).count("confirms") for verdicts in answers) == 50
    assert all(set(words(verdicts)) <= {"confirms", "replayed"} for verdicts in answers)
