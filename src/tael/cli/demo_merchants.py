"""The merchants of the demonstration: a coffee roaster that is billed by the week, a driver by the day.

Their weeks are drawn from a fixed seed and told by two business systems, as batches of the acts of a day;
then the bills that are due are made. What is newest waits, as it would in any house.
"""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tael.books import Instruction
from tael.money import Money
from tael.refusal import Refusal
from tael.settlement.accrual import Told
from tael.settlement.accrual_batch import Act, record_many
from tael.settlement.bill_run import run_bills
from tael.settlement.merchant_account import open_merchant_account
from tael.settlement.registry import add_kind, add_source
from tael.settlement.reversal import reverse_accrual
from tael.settlement.terms import AccountTerms, set_terms
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from tael.settlement.merchant_account import MerchantAccount

ROASTER: Final = 10014
DRIVER: Final = 10013
SEED: Final = 20200116
KINDS: Final = (
    ("sale", ("Sales", "销售", "銷售"), "", "in"),
    ("platform-fee", ("Platform fee", "平台服务费", "平台服務費"), "", "out"),
    ("ride", ("Rides", "行程", "行程"), "km", "in"),
    ("phone", ("Phone", "电话", "電話"), "min", "out"),
    ("advance", ("Advance money", "垫资", "墊資"), "", "either"),
)


def live_as_merchants(*, begin: datetime, end: datetime, actor: str) -> None:
    """Open two merchants' accounts, tell of their business day by day, and make the bills that are due.

    Source: B-08, B-13, B-20, B-26, B-27.
    """
    chance = random.Random(SEED)  # noqa: S311 - the same demonstration each time
    zone = business_zone()
    first, last = begin.astimezone(zone).date(), end.astimezone(zone).date()
    roaster, driver = _set_up(first, begin, actor)
    for number in range((last - first).days):
        day = first + timedelta(days=number)
        at = begin + timedelta(days=number, hours=12)
        if number:
            run_bills(day=day, actor=actor, at=at)
        acts = [*_of_the_roaster(chance, roaster, day), *_of_the_driver(chance, driver, day)]
        for verdict in record_many(acts, actor=actor, at=at):
            if isinstance(verdict, Refusal):
                raise verdict
        if chance.random() < 0.3:
            _goods_come_back(chance, acts, day, at, actor)
    today = [
        Act(act.account, act.told, confirmed=False) for act in _of_the_driver(chance, driver, last)
    ]
    record_many(today, actor=actor, at=end)  # on the road


def _set_up(first: date, at: datetime, actor: str) -> tuple[MerchantAccount, MerchantAccount]:
    for code, name in (("shop", "Shop 商城"), ("rides", "Rides 出行")):
        add_source(
            code=code, name=name, zone=str(business_zone()), first_day=first, actor=actor, at=at
        )
    for code, (english, hans, hant), unit, direction in KINDS:
        add_kind(
            code=code,
            names={"en": english, "zh-hans": hans, "zh-hant": hant},
            unit=unit,
            direction=direction,  # type: ignore[arg-type]  # the table says them as text
            actor=actor,
            at=at,
        )
    roaster = open_merchant_account(owner=ROASTER, currency="EUR", actor=actor, at=at)
    driver = open_merchant_account(owner=DRIVER, currency="CNY", actor=actor, at=at)
    terms = {
        roaster: AccountTerms(
            cycle="week", minimum_manual=5000, fee="1%", reserve_percent="5", reserve_days=30
        ),
        driver: AccountTerms(cycle="day", minimum_manual=1000, minimum_automatic=10000),
    }
    for account, agreed in terms.items():
        told = Instruction(key=f"demo.terms.{account.number}", actor=actor, at=at)
        set_terms(account=account, terms=agreed, instruction=told)
    return roaster, driver


def _of_the_roaster(chance: random.Random, account: MerchantAccount, day: date) -> Iterator[Act]:
    for number in range(chance.randint(2, 6)):
        sold = chance.randint(900, 9800)
        order = f"ORD-{day:%Y%m%d}-{number}"
        yield _act(account, "shop", "sale", order, sold, day)
        fee = -max(1, sold * 3 // 100)
        yield _act(account, "shop", "platform-fee", order, fee, day, gross=sold)
    if day.isoweekday() == 1:
        yield _act(account, "shop", "advance", f"PAY-{day:%Y%m%d}", -4500, day)


def _of_the_driver(chance: random.Random, account: MerchantAccount, day: date) -> Iterator[Act]:
    for number in range(chance.randint(3, 8)):
        tenths = chance.randint(12, 380)
        fare = 1200 + tenths * 24
        yield _act(
            account, "rides", "ride", f"R-{day:%Y%m%d}-{number}", fare, day, Decimal(tenths) / 10
        )
    minutes = chance.randint(5, 60)
    yield _act(account, "rides", "phone", f"TEL-{day:%Y%m%d}", -minutes * 10, day, Decimal(minutes))


def _act(
    account: MerchantAccount,
    source: str,
    kind: str,
    number: str,
    minor: int,
    day: date,
    quantity: Decimal | None = None,
    *,
    gross: int | None = None,
) -> Act:
    told = Told(
        source=source,
        kind=kind,
        number=number,
        amount=Money(minor, account.currency),
        day=day,
        quantity=quantity,
        gross=None if gross is None else Money(gross, account.currency),
    )
    return Act(account.number, told)


def _goods_come_back(
    chance: random.Random, acts: list[Act], day: date, at: datetime, actor: str
) -> None:
    """Reverse a part of what was sold."""
    sold = chance.choice([act.told for act in acts if act.told.kind == "sale"])
    reverse_accrual(
        source=sold.source,
        kind=sold.kind,
        reversed_number=sold.number,
        number=sold.number.replace("ORD", "RET"),
        amount=Money(max(1, sold.amount.minor // 2), sold.amount.currency),
        day=day,
        note="退貨 · sent back",
        actor=actor,
        at=at + timedelta(minutes=5),
    )
