"""Many reversals at once say and write what they would one by one, also while others are at the same records."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from builders import STAFF, in_parallel, money, queries
from settlement_builders import IN_NOVEMBER, OCTOBER, a_merchant_account, a_record, told
from tael import books, ledger
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import disable_merchant_account
from tael.settlement.models import Accrual
from tael.settlement.records.accrual import record_accrual
from tael.settlement.records.accrual_batch import Act, Entered, record_many
from tael.settlement.records.reversal import Back, reverse_accrual
from tael.settlement.records.reversal_batch import reverse_many

pytestmark = pytest.mark.usefixtures("db")

WHO = {"actor": STAFF, "at": IN_NOVEMBER, "origin": "import"}
NEW = ("A1", "A2")
BACKS = ("B1", "B2", "B3", "B4", "B5")
OPEN = date(2026, 11, 2)
SAID_AGAIN = ("id", "reverses_id", "written_at")
"""What is another in each writing."""


def a_back(number, of, amount=None, gross=None, **given):
    """What is told of a reversal of a phone call; the whole of what is left unless said."""
    said = {"source": "shop", "kind": "phone", "number": number, "reversed_number": of, **given}
    parts = {"amount": amount, "gross": gross}
    return Back(**said, **{name: money(text) for name, text in parts.items() if text})


def a_call(account, amount, number, **given):
    return a_record(account, amount, number=number, kind="phone", unit="min", **given)


def batch(*backs, **given):
    return reverse_many(backs, **WHO, **given)


def words(verdicts):
    return [
        verdict.code if isinstance(verdict, Refusal) else ("entered", "replayed")[verdict.replayed]
        for verdict in verdicts
    ]


def said(verdict):
    """All that a verdict says, with the business number in place of the record's."""
    if isinstance(verdict, Refusal):
        return verdict.code, verdict.field, str(verdict), verdict.there, verdict.allowed
    if isinstance(verdict, Entered):
        return Accrual.objects.get(pk=verdict.number).number, verdict.replayed
    return verdict.accrual.number, verdict.replayed


def one_by_one(account, acts, backs):
    calls = [
        (record_accrual, {"account": account, "told": act.told, "confirmed": act.confirmed})
        for act in acts
    ]
    calls += [
        (reverse_accrual, {each.name: getattr(back, each.name) for each in fields(Back)})
        for back in backs
    ]
    verdicts = []
    for call, what in calls:
        try:
            verdicts.append(call(**what, **WHO))
        except Refusal as refusal:
            verdicts.append(refusal)
    return verdicts


def as_batches(_account, acts, backs):
    return record_many(acts, **WHO) + reverse_many(backs, **WHO)


def outcome(way, *given):
    """The verdicts and all records that are there then; nothing stays."""

    def happen():
        verdicts = [said(verdict) for verdict in way(*given)]
        rows = Accrual.objects.order_by("source", "kind", "number").values()
        return verdicts, [{k: row[k] for k in row if k not in SAID_AGAIN} for row in rows]

    return books.rehearse(happen)


amounts = st.sampled_from((*(None,) * 4, "0.01", "3.00", "3.33", "10.00", "10.01"))
days = st.sampled_from((*(None,) * 4, OPEN, OCTOBER, date(2027, 1, 1)))
acts_told = st.tuples(st.sampled_from((*NEW, "B1", "PLUS")), amounts, days, st.booleans())
backs_told = st.fixed_dictionaries(
    {
        "number": st.sampled_from((*BACKS, *BACKS, "A1", "PLUS", "b 1")),
        "of": st.sampled_from(
            (
                *("PLUS", "MINUS", "BARE", "A1") * 2,
                "PLUS",
                "PLUS",
                "A2",
                "B1",
                "OFF",
                "LATER",
                "NEVER",
            )
        ),
        "amount": amounts,
        "gross": st.sampled_from((None, None, "10.00", "30.00")),
        "quantity": st.sampled_from((*(None,) * 4, Decimal(7), Decimal(200))),
        "day": days,
        "occurred_on": st.sampled_from((None, None, OCTOBER)),
        "source": st.sampled_from((*("shop",) * 9, "nowhere")),
        "facts": st.sampled_from((None, None, {"rate": "3"}, None, {"no": "\0"})),
    }
)


@pytest.mark.rule("B-13", "B-15")
def test_a_batch_says_and_writes_what_one_by_one_would():
    account, off = a_merchant_account(), a_merchant_account()
    a_call(account, "10.00", "PLUS", quantity="100", gross=money("30.00"), facts={"rate": "1/3"})
    a_call(account, "-10.00", "MINUS", quantity="3")
    a_call(account, "5.00", "BARE")
    a_call(account, "5.00", "LATER", confirmed=False)
    a_call(off, "5.00", "OFF")
    disable_merchant_account(account=off, actor=STAFF, at=IN_NOVEMBER, reason="fraud")
    with transaction.atomic():
        ledger.close_period(
            books.connection(), through=IN_NOVEMBER.replace(day=1, hour=0), actor=STAFF
        )
    seen = set()

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),  # a failure is told as it was found, soon
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(acts_told, max_size=3, unique_by=lambda act: act[0]),
        st.lists(backs_told, min_size=6, max_size=14),
    )
    def agree(acts, backs):
        told_acts = [
            Act(account.number, told(amount or "2.00", number=n, kind="phone", day=day), finished)
            for n, amount, day, finished in acts
        ]
        given = (account, told_acts, [a_back(**back) for back in backs])
        single = outcome(one_by_one, *given)
        assert outcome(as_batches, *given) == single
        seen.update(verdict[0] for verdict in single[0])

    agree()
    assert seen >= {
        *("B1", "accrual_taken", "accrual_malformed", "reversed_too_much", "unknown_source"),
        *("accrual_not_reversible", "unknown_accrual", "day_not_open", "merchant_account_disabled"),
    }


def test_parts_of_the_gross_value_in_one_batch_see_one_another():  # A4
    a_call(a_merchant_account(), "1.00", "N1", gross=money("30.00"))

    verdicts = batch(*(a_back(f"R{n}", "N1", gross="10.00", day=OCTOBER) for n in range(4)))

    assert words(verdicts) == ["entered", "entered", "entered", "accrual_malformed"]
    made = Accrual.objects.filter(type="reversal").order_by("number")
    assert [row.amount for row in made] == [-33, -33, -34]


def test_a_batch_of_reversals_takes_a_fixed_number_of_queries():
    account = a_merchant_account()
    numbers = [f"N{place}" for place in range(100)]
    tolds = [told("1.00", number=n, kind="phone", gross=money("2.00")) for n in numbers]
    record_many([Act(account.number, what) for what in tolds], **WHO)
    backs = [a_back(f"R{n}", n, gross="1.00", day=OCTOBER) for n in numbers]

    with queries() as seen:
        assert set(words(batch(*backs))) == {"entered"}
        assert set(words(batch(*backs))) == {"replayed"}

    assert len(seen) <= 24


@pytest.mark.rule("B-13")
def test_batches_and_single_reversals_in_parallel_never_exceed_their_originals():
    account = a_merchant_account()
    for place in range(20):
        a_call(account, "10.00", f"N{place}")

    def backs(way):
        return [a_back(f"R{way}-{n}", f"N{n}", "3.00", day=OCTOBER) for n in range(20)]

    def single():
        return one_by_one(account, [], backs("S"))

    answers = in_parallel(
        *(lambda: batch(*backs("A")), lambda: batch(*backs("B")[::-1])),
        *(lambda: batch(*backs("A")[::-1]), lambda: batch(*backs("C")), single),
    )

    made = [said(verdict) for verdicts in answers for verdict in verdicts]
    assert sum(each[-1] is False for each in made) == 60  # three of 3.00 for each original
    assert Accrual.objects.filter(type="reversal", amount=-300).count() == 60
    assert set(Accrual.objects.filter(type="normal").values_list("reversed", flat=True)) == {900}


def test_a_number_that_somebody_takes_meanwhile_is_judged_anew_and_its_original_stays_whole():
    account = a_merchant_account()
    for number in ("N1", "N2"):
        a_call(account, "10.00", number)

    def he_is_faster(place, _record):
        if not Accrual.objects.filter(number="R1").exists():
            (made,) = in_parallel(lambda: a_call(account, "1.00", "R1"))
            assert made.number == "R1"

    verdicts = batch(
        a_back("R1", "N1", "8.00", day=OCTOBER),
        a_back("R2", "N1", "8.00", day=OCTOBER),  # there is room for it now
        a_back("R3", "N2", day=OCTOBER),
        agrees=he_is_faster,
    )

    assert words(verdicts) == ["accrual_taken", "entered", "entered"]
    left = dict(Accrual.objects.filter(number__in=["N1", "N2"]).values_list("number", "reversed"))
    assert left == {"N1": 800, "N2": 1000}
