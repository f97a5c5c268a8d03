"""A closed month takes nothing more, and what customers owned in it stands for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from builders import AT, STAFF, a_wallet, an_instruction, figures, in_parallel, money
from tael import books, ledger
from tael.ledger import PeriodClosed, PeriodNotAhead
from tael.parties.models import AuditRecord
from tael.wallet.deduct import deduct
from tael.wallet.period import Month, MonthMalformed, MonthNotOver, close_month, parse_month
from tael.wallet.period_list import period
from tael.wallet.recharge import recharge
from tael.wallet.refund import refund
from tael.wallet.transfer import transfer

pytestmark = pytest.mark.usefixtures("db")

MARCH = Month(2026, 3)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


def close(month: Month = MARCH, at: datetime | None = None) -> None:
    close_month(month=month, actor=STAFF, at=at or month.ends)


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [
        ("UTC", "2026-03-01T00:00:00+00:00", "2026-04-01T00:00:00+00:00"),
        ("Asia/Shanghai", "2026-02-28T16:00:00+00:00", "2026-03-31T16:00:00+00:00"),
        ("America/New_York", "2026-03-01T05:00:00+00:00", "2026-04-01T04:00:00+00:00"),
    ],
)
@pytest.mark.rule("T10")
def test_a_month_is_one_of_the_business_zone(zone, begins, ends):

    with override_settings(TAEL_TIME_ZONE=zone):
        assert (MARCH.begins.isoformat(), MARCH.ends.isoformat()) == (begins, ends)
        assert Month(2028, 2).ends - Month(2028, 2).begins == timedelta(days=29)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-13", "2026-00", "26-10", "2026-1", "2026-10-01", "x" * 99, "２０２６-10"],
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(MonthMalformed):
        parse_month(text)


@pytest.mark.rule("I35")
def test_after_the_closing_nothing_takes_effect_in_the_month_by_any_operation():
    wallet, other = a_wallet(free="10.00"), a_wallet()
    late = recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
    close()
    before = figures(wallet)

    for at in (AT, MARCH.last_moment, MARCH.begins - timedelta(days=400)):
        told = an_instruction(at=at)
        for attempt in (
            lambda told=told: recharge(wallet=wallet, amount=money("1.00"), instruction=told),
            lambda told=told: deduct(wallet=wallet, amount=money("1.00"), instruction=told),
            lambda told=told: transfer(
                source=wallet, target=other, amount=money("1.00"), instruction=told
            ),
            lambda told=told: refund(entry_id=late.entry_id, instruction=told),
        ):
            with pytest.raises(PeriodClosed):
                attempt()
    assert figures(wallet) == before

    refund(entry_id=late.entry_id, instruction=an_instruction(at=MARCH.ends))
    assert figures(wallet)[0] == "10.00"


@pytest.mark.rule("I35", "I8")
def test_what_was_booked_before_is_answered_again_after_the_closing():
    wallet = a_wallet()
    asked = {"wallet": wallet, "amount": money("1.00"), "instruction": an_instruction("k")}
    first = recharge(**asked)
    close()

    again = recharge(**asked)

    assert (again.entry_id, again.replayed) == (first.entry_id, True)


@pytest.mark.rule("I35")
def test_a_month_is_closed_when_it_is_over_and_once():
    with pytest.raises(MonthNotOver) as early:
        close(at=MARCH.last_moment)
    assert early.value.allowed == "through 2026-02"
    assert ledger.closed_through(books.connection()) is None

    close(at=MARCH.ends)
    for month in (MARCH, Month(2026, 2)):
        with pytest.raises(PeriodNotAhead):
            close(month, at=APRIL)

    assert ledger.closed_through(books.connection()) == MARCH.last_moment
    (act,) = AuditRecord.objects.filter(action="period.close")
    assert (act.subject, act.actor) == ("period:2026-03", STAFF)
    assert period(Month(2026, 1), at=APRIL).state == "closed"


@pytest.mark.rule("I35")
def test_of_two_who_close_at_once_one_does_and_entries_are_before_or_refused():
    wallet = a_wallet()
    calls = [
        lambda key=key: recharge(
            wallet=wallet, amount=money("1.00"), instruction=an_instruction(f"race-{key}")
        )
        for key in range(8)
    ]

    answers = in_parallel(*calls[:4], close, close, *calls[4:])

    booked = sum(getattr(answer, "entry_id", None) is not None for answer in answers)
    assert sum(isinstance(answer, PeriodNotAhead) for answer in answers) == 1
    assert figures(wallet)[0] == f"{booked}.00"
    assert sum(isinstance(answer, PeriodClosed) for answer in answers) == 8 - booked
