from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from django.db import transaction

from builders import STAFF, money
from settlement_builders import (
    IN_NOVEMBER,
    a_kind,
    a_merchant_account,
    a_record,
    a_reversal,
    the_bill,
    the_shop,
    told,
)
from tael import books, ledger
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import (
    MerchantAccountDisabled,
    disable_merchant_account,
)
from tael.settlement.accounts.open_days import DayNotOpen
from tael.settlement.models import Accrual
from tael.settlement.records.accrual import (
    AccrualDecided,
    AccrualMalformed,
    AccrualTaken,
    UnknownAccrual,
    confirm_accrual,
    fail_accrual,
    record_accrual,
)
from tael.settlement.records.reversal import reverse_accrual
from tael.settlement.registry import UnknownBusinessKind, UnknownSource

pytestmark = pytest.mark.usefixtures("db")


def record(account, what, **given):
    return record_accrual(account=account, told=what, actor=STAFF, at=IN_NOVEMBER, **given)


def decide(decision, row):
    return decision(
        source=row.source_id, kind=row.kind_id, number=row.number, actor=STAFF, at=IN_NOVEMBER
    )


@pytest.mark.rule("B-08", "B-09", "B-10", "B-16")
def test_a_record_keeps_what_was_told_and_is_unsettled():
    account = a_merchant_account()

    row, replayed = record(
        account, told("100.00", number="W1", quantity="12.5", unit="min", note="door to door")
    )

    assert not replayed
    assert (row.kind_id, row.number, row.type) == ("service", "W1", "normal")
    assert (row.reversed_number, row.state, row.amount) == (None, "confirmed", 10000)
    assert (str(row.quantity), row.note, row.bill) == ("12.5", "door to door", None)


@pytest.mark.rule("B-11", "B-12")
@pytest.mark.parametrize(
    ("decision", "state"), [(confirm_accrual, "confirmed"), (fail_accrual, "failed")]
)
def test_a_service_in_progress_ends_in_one_of_two_ways_and_stays_so(decision, state):
    row = a_record(a_merchant_account(), "5.00", confirmed=False)
    assert row.state == "pending"

    assert decide(decision, row).state == state
    assert decide(decision, row).state == state  # told again

    other = {confirm_accrual: fail_accrual, fail_accrual: confirm_accrual}[decision]
    with pytest.raises(AccrualDecided) as refused:
        decide(other, row)
    assert refused.value.there == state


@pytest.mark.rule("B-15")
def test_the_same_act_told_again_gives_the_record_that_is_there():
    account = a_merchant_account()
    first = record(account, told("7.00", number="W1"), confirmed=False)
    decide(confirm_accrual, first.accrual)

    again = record(account, told("7.00", number="W1"))

    assert again.replayed
    assert again.accrual.pk == first.accrual.pk
    assert Accrual.objects.count() == 1


@pytest.mark.rule("B-15")
@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("amount", {"amount": money}),
        ("day", {"day": date(2026, 10, 15)}),
        ("quantity", {"quantity": "2"}),
    ],
)
def test_a_number_that_says_something_else_is_refused(field, other):
    account = a_merchant_account()
    record(account, told("7.00", number="W1", unit="h", quantity="1"))
    given = {"unit": "h", "quantity": "1", **other}
    amount = "8.00" if given.pop("amount", None) else "7.00"

    with pytest.raises(AccrualTaken) as refused:
        record(account, told(amount, number="W1", **given))

    assert refused.value.field == field


def test_a_number_of_another_account_is_refused():
    record(a_merchant_account(), told("7.00", number="W1"))

    with pytest.raises(AccrualTaken) as refused:
        record(a_merchant_account(), told("7.00", number="W1"))

    assert refused.value.field == "account"


@pytest.mark.rule("B-13")
def test_income_cannot_be_an_expense():
    a_kind("commission", direction="in")

    with pytest.raises(AccrualMalformed) as refused:
        record(a_merchant_account(), told("-1.00", kind="commission"))

    assert (refused.value.field, refused.value.allowed) == ("amount", "an amount above 0")


@pytest.mark.parametrize(
    ("given", "refusal", "field"),
    [
        ({"source": "nowhere"}, UnknownSource, "source"),
        ({"kind_": "nothing"}, UnknownBusinessKind, "kind"),
        ({"number": ""}, AccrualMalformed, "number"),
        ({"number": "a b"}, AccrualMalformed, "number"),
        ({"quantity": "1"}, AccrualMalformed, "quantity"),  # the kind has no unit
        ({"day": date(2026, 11, 4)}, DayNotOpen, "day"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(given, refusal, field):
    account = a_merchant_account()
    what = told("1.00", number="W1")
    changed = {name.rstrip("_"): value for name, value in given.items()}
    if "quantity" in changed:
        what = told("1.00", number="W1", quantity=changed.pop("quantity"))
    facts = {name: getattr(what, name) for name in what.__slots__} | changed

    with pytest.raises(refusal) as refused:
        record(account, type(what)(**facts))

    assert refused.value.field == field
    assert not Accrual.objects.exists()


def test_a_day_of_a_closed_period_is_refused_and_the_true_day_kept_instead():
    account = a_merchant_account()
    with transaction.atomic():
        ledger.close_period(
            books.connection(), through=IN_NOVEMBER.replace(day=1, hour=0), actor=STAFF
        )

    with pytest.raises(DayNotOpen) as refused:
        record(account, told("1.00"))
    late = record(account, told("1.00", day=None, occurred_on=date(2026, 10, 14))).accrual

    assert refused.value.allowed == "from 2026-11-02 to 2026-11-03"
    assert (late.day, late.occurred_on) == (date(2026, 11, 2), date(2026, 10, 14))


def test_a_switched_off_account_takes_no_record():
    account = a_merchant_account()
    disable_merchant_account(account=account, actor=STAFF, at=IN_NOVEMBER, reason="fraud")

    with pytest.raises(MerchantAccountDisabled):
        record(account, told("1.00"))


def test_nobody_decides_about_a_record_that_is_not_there():
    with pytest.raises(UnknownAccrual):
        confirm_accrual(source="shop", kind="service", number="W9", actor=STAFF, at=IN_NOVEMBER)


SITUATIONS = ("absent", "pending", "confirmed", "billed", "failed", "reversal")
EVENTS = ("start", "finish at once", "confirm", "fail", "reverse")
# What each event does to a record in each situation: its state afterwards, or the code of the refusal.
STANDINGS = {"pending", "confirmed", "billed", "failed", "reversed", "billed and reversed"}
SM_04 = {
    ("absent", "start"): "pending",
    ("absent", "finish at once"): "confirmed",
    ("absent", "confirm"): "unknown_accrual",
    ("absent", "fail"): "unknown_accrual",
    ("absent", "reverse"): "unknown_accrual",
    ("pending", "start"): "pending",
    ("pending", "finish at once"): "confirmed",
    ("pending", "confirm"): "confirmed",
    ("pending", "fail"): "failed",
    ("pending", "reverse"): "accrual_not_reversible",
    ("confirmed", "start"): "confirmed",  # told late, and decided since
    ("confirmed", "finish at once"): "confirmed",
    ("confirmed", "confirm"): "confirmed",
    ("confirmed", "fail"): "accrual_decided",
    ("confirmed", "reverse"): "reversed",
    ("billed", "start"): "billed",
    ("billed", "finish at once"): "billed",
    ("billed", "confirm"): "billed",
    ("billed", "fail"): "accrual_decided",
    ("billed", "reverse"): "billed and reversed",
    ("failed", "start"): "failed",
    ("failed", "finish at once"): "accrual_taken",
    ("failed", "confirm"): "accrual_decided",
    ("failed", "fail"): "failed",
    ("failed", "reverse"): "accrual_not_reversible",
    ("reversal", "start"): "accrual_taken",
    ("reversal", "finish at once"): "accrual_taken",
    ("reversal", "confirm"): "accrual_decided",
    ("reversal", "fail"): "accrual_decided",
    ("reversal", "reverse"): "accrual_not_reversible",
}


def in_situation(situation, account):
    if situation == "reversal":
        a_reversal(a_record(account, "-5.00", number="O"), number="W1")
    elif situation != "absent":
        row = a_record(account, "5.00", number="W1", confirmed=situation in {"confirmed", "billed"})
        if situation == "failed":
            decide(fail_accrual, row)
        if situation == "billed":
            the_bill(account)


def happens(event, account):
    named = {"source": the_shop(), "kind": a_kind(), "number": "W1"}
    if event in {"start", "finish at once"}:
        record(account, told("5.00", number="W1"), confirmed=event != "start")
    elif event == "reverse":
        number = named.pop("number")
        reverse_accrual(**named, reversed_number=number, number="R1", actor=STAFF, at=IN_NOVEMBER)
    else:
        decision = {"confirm": confirm_accrual, "fail": fail_accrual}[event]
        decision(**named, actor=STAFF, at=IN_NOVEMBER)


def stands(row):
    words = ["billed" if row.bill else row.state, "reversed" if row.reversed else ""]
    if not row.bill and row.reversed:
        words = words[1:]
    return " and ".join(filter(None, words))


@pytest.mark.rule("SM-04", "B-11", "B-12", "B-16")
@pytest.mark.parametrize(("situation", "event"), list(product(SITUATIONS, EVENTS)))
def test_every_event_is_a_move_or_a_refusal(situation, event):
    account = a_merchant_account()
    in_situation(situation, account)
    before = list(Accrual.objects.order_by("id").values())
    result = SM_04[situation, event]

    if result in STANDINGS:
        happens(event, account)
        assert stands(Accrual.objects.get(number="W1")) == result
        reversals = Accrual.objects.filter(reversed_number="W1")
        assert [row.state for row in reversals] == ["confirmed"] * (event == "reverse")
    else:
        with pytest.raises(Refusal) as refused:
            happens(event, account)
        assert refused.value.code == result
        assert list(Accrual.objects.order_by("id").values()) == before
