"""T7 for bills: made, replaced, refreshed and given back while records come, are decided and taken back."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction

from builders import STAFF, an_instruction, in_parallel
from faults.deadlocks import deadlocks
from properties.size import SEED, sized
from settlement_builders import (
    IN_NOVEMBER,
    a_merchant_account,
    a_record,
    a_reversal,
    some_terms,
)
from tael import books
from tael.postgres.connect import Databases
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import MerchantAccount, amounts_now
from tael.settlement.bills.bill import issue_bill, refresh_bill, replace_bill
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.bills.reserve import kept_back_now, release_due_reserves
from tael.settlement.models import Accrual, Bill
from tael.settlement.records.accrual import confirm_accrual

pytestmark = [pytest.mark.rule("B-23", "I21"), pytest.mark.own_database]
ROUNDS = sized(60, 200, 600)
FIRST = date(2026, 10, 20)
NUMBERS = count(1)


def told() -> Any:
    return an_instruction(at=IN_NOVEMBER)


class Town:
    """Accounts that are billed daily, and everybody who works on them at once."""

    def __init__(self) -> None:
        self.accounts: list[MerchantAccount] = []
        for review in (False, False, True):
            account = a_merchant_account()
            some_terms(
                account, cycle="day", review=review, reserve_percent="5", reserve_days=1, zone="UTC"
            )
            self.accounts.append(account)
        self.record(random.Random(0), many=30)

    def record(self, chance: random.Random, many: int = 3) -> None:
        """The later the day, the lower the number: a plan that reads by day meets numbers backwards."""
        days = sorted((chance.randint(0, 12) for _ in range(many)), reverse=True)
        for day in days:
            a_record(
                chance.choice(self.accounts),
                f"{chance.randint(1, 50)}.00",
                confirmed=chance.random() < 0.8,
                number=f"T{next(NUMBERS)}",
                day=FIRST + timedelta(days=day),
            )

    def decide(self, _: random.Random) -> None:
        with transaction.atomic():
            for row in Accrual.objects.filter(state="pending").order_by("pk")[:5]:
                confirm_accrual(
                    source=row.source_id,
                    kind=row.kind_id,
                    number=row.number,
                    actor=STAFF,
                    at=IN_NOVEMBER,
                )

    def take_back(self, chance: random.Random) -> None:
        """Several reversals in one transaction, originals in the order of their numbers."""
        rows = Accrual.objects.filter(state="confirmed", type="normal", reversed=0).order_by("pk")
        with transaction.atomic():
            for row in sorted(chance.sample(list(rows), min(4, len(rows))), key=lambda row: row.pk):
                a_reversal(row, "0.50", number=f"T{next(NUMBERS)}")

    def bill(self, chance: random.Random) -> None:
        run_bills(
            day=FIRST + timedelta(days=chance.randint(1, 14)),
            actor="system",
            at=IN_NOVEMBER,
            chunk=2,
        )

    def replace(self, chance: random.Random) -> None:
        numbers = list(Bill.objects.exclude(state="void").values_list("pk", flat=True))
        if numbers:
            successor = replace_bill(
                number=chance.choice(numbers), reason="drawn", instruction=told()
            )
            issue_bill(number=successor.pk, instruction=told())

    def refresh(self, chance: random.Random) -> None:
        numbers = list(Bill.objects.filter(state="draft").values_list("pk", flat=True))
        if numbers:
            refresh_bill(number=chance.choice(numbers), instruction=told())

    def give_back(self, _: random.Random) -> None:
        release_due_reserves(at=IN_NOVEMBER + timedelta(days=9))


def again_and_again(act: Callable[[random.Random], None], seed: str) -> Callable[[], list[str]]:
    def run() -> list[str]:
        chance, refused = random.Random(seed), []
        for _ in range(ROUNDS):
            try:
                act(chance)
            except Refusal as refusal:
                refused.append(refusal.code)
        return refused

    return run


@pytest.mark.timeout(3600)
def test_bills_never_wait_in_a_circle_and_no_record_is_lost_or_billed_twice(db: Databases) -> None:
    print(f"TAEL_TEST_SEED={SEED}")  # noqa: T201 - repeats a failure
    town = Town()
    acts = (
        *(town.bill,) * 2,
        *(town.replace,) * 2,
        *(town.take_back,) * 2,
        town.record,
        town.decide,
        town.refresh,
        town.give_back,
    )

    done = in_parallel(*(again_and_again(act, f"{SEED} {place}") for place, act in enumerate(acts)))

    assert not [each for each in done if isinstance(each, Exception)], done
    allowed = {"bill_move_refused", "accrual_not_reversible", "reversed_too_much"}
    assert {code for refused in done for code in refused} <= allowed
    run_bills(
        day=date(2026, 11, 30),
        actor="system",
        at=datetime.combine(date(2026, 11, 30), time(9), IN_NOVEMBER.tzinfo),
    )
    for row in Bill.objects.filter(state__in=["draft", "reviewed"]):
        issue_bill(number=row.pk, instruction=told())
    assert not Accrual.objects.filter(state="confirmed", bill__isnull=True).exists()
    for account in town.accounts:
        billed = sum(
            Accrual.objects.filter(account=account.number, state="confirmed").values_list(
                "amount", flat=True
            )
        )
        owed = amounts_now([account])[account.number] + kept_back_now(account).amount
        assert owed.minor == billed
    books.close_poster()
    books.connection().close()
    assert deadlocks(db) == 0
