"""Sums of days: each entry counts once, whoever adds up and however often, and they can be made anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.test import override_settings

from builders import AT, a_wallet, an_instruction, money
from tael.outbox.journal_cursor import told_through
from tael.wallet import flow_days as module
from tael.wallet.flow_days import add_up_days, add_up_portion, forget_days
from tael.wallet.flow_events import tell_new_entries
from tael.wallet.recharge import recharge

pytestmark = pytest.mark.usefixtures("db")
LATER = datetime(2999, 1, 1, tzinfo=UTC)
BEFORE = datetime(1999, 1, 1, tzinfo=UTC)


def kept() -> dict[str, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT day::text, amount FROM wallet_flow_day WHERE amount > 0")
        return dict(cursor.fetchall())


def recharged(times: int) -> None:
    wallet = a_wallet()
    for at in range(times):
        day = AT + timedelta(days=at % 2)
        recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction(at=day))


def test_portions_add_up_to_the_whole_and_a_second_run_adds_nothing(monkeypatch):
    monkeypatch.setattr(module, "PORTION", 2)
    recharged(5)

    assert add_up_portion(at=LATER) == 2
    assert add_up_days(at=LATER) == 3
    assert add_up_days(at=LATER) == 0
    assert kept() == {"2026-03-01": 300, "2026-03-02": 200}


def test_what_may_still_be_overtaken_waits_until_the_journal_has_been_told_so_far():
    recharged(3)

    assert add_up_days(at=BEFORE) == 0
    tell_new_entries()
    assert told_through() == 3
    assert add_up_days(at=BEFORE) == 3


def test_many_at_once_count_each_entry_once(monkeypatch):
    monkeypatch.setattr(module, "PORTION", 3)
    recharged(20)

    def add_up(_: int) -> int:
        try:
            return add_up_days(at=LATER)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        done = sum(workers.map(add_up, range(8)))

    assert done + add_up_days(at=LATER) == 20
    assert kept() == {"2026-03-01": 1000, "2026-03-02": 1000}


def test_sums_are_made_anew_from_the_first_entry_and_come_out_the_same():
    recharged(4)
    add_up_days(at=LATER)
    before = kept()
    forget_days()

    assert kept() == {}
    assert add_up_days(at=LATER) == 4
    assert kept() == before


def test_another_business_zone_begins_the_days_anew():
    recharged(1)
    with override_settings(TAEL_TIME_ZONE="Pacific/Kiritimati"):
        add_up_days(at=LATER)
    assert kept() == {"2026-03-02": 100}

    with override_settings(TAEL_TIME_ZONE="Pacific/Pago_Pago"):
        assert add_up_days(at=LATER) == 1
    assert kept() == {"2026-03-01": 100}
    add_up_days(at=LATER)
