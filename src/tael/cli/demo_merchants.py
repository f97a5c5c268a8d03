"""The merchants of the demonstration: a coffee roaster that is billed by the week, a driver by the day.

Their weeks are drawn from a fixed seed and told by two business systems, as batches of the acts of a day;
then the bills that are due are made. What is newest waits, as it would in any house. A file of what was
told on paper is imported, and what the rides' system lists of a week is compared with what came.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Final

from tael.books import Instruction
from tael.cli.demo_bank import bring_banks_day
from tael.cli.demo_settlement import Settlement, a_sheet
from tael.money import Money
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import open_merchant_account
from tael.settlement.accounts.terms import AccountTerms, set_terms
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.completeness.completeness import check_day
from tael.settlement.records.accrual import Told, fail_accrual
from tael.settlement.records.accrual_batch import Act, record_many
from tael.settlement.records.accrual_import import bring_accruals, record_import
from tael.settlement.records.listed_act import Listed
from tael.settlement.records.reversal import reverse_accrual
from tael.settlement.registry import add_kind, add_source
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from tael.settlement.accounts.merchant_account import MerchantAccount

ROASTER: Final = 10014
DRIVER: Final = 10013
SEED: Final = 20200116
KINDS: Final = (
    ("sale", ("Sales", "销售", "銷售"), "", "in"),
    ("platform-fee", ("Platform fee", "平台服务费", "平台服務費"), "", "out"),
    ("ride", ("Rides", "行程", "行程"), "km", "in"),
    ("phone", ("Phone", "电话", "電話"), "min", "out"),
    ("lease", ("Car lease", "车辆租金", "車輛租金"), "", "out"),
    ("advance", ("Advance money", "垫资", "墊資"), "", "either"),
)
ROASTERS: Final = AccountTerms(
    cycle="week", minimum_manual=5000, fee="1%", reserve_percent="5", reserve_days=30
)
DRIVERS: Final = AccountTerms(
    cycle="day",
    minimum_manual=1000,
    minimum_automatic=10000,
    collect_from=100005,
    collect_most=50000,
)
# how many days before the end it happens
LEASED, REVIEWED_FROM, IMPORTED, CHECKED = 51, 19, 5, 1


def days_of_merchants(
    *, begin: datetime, end: datetime, actor: str
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Give the days of two merchants, each with its moment: what is told of it, billed and settled.

    Source: B-08, B-13, B-20, B-26, B-27.
    """
    zone = business_zone()
    first, last = begin.astimezone(zone).date(), end.astimezone(zone).date()
    merchants = _Merchants(first, last, begin, actor)
    for number in range((last - first).days):
        at = begin + timedelta(days=number, hours=12)
        yield at, partial(merchants.live, first + timedelta(days=number), at)
    yield end, partial(merchants.end, end)


class _Merchants:
    """The two merchants, and what has been told of them so far."""

    def __init__(self, first: date, last: date, at: datetime, actor: str) -> None:
        self.chance = random.Random(SEED)  # noqa: S311 - the same demonstration each time
        self.first, self.last, self.actor = first, last, actor
        self.roaster, self.driver = _set_up(first, at, actor)
        self.settlement = Settlement(weekly=self.roaster, daily=self.driver, actor=actor)
        self.settlement.begin(at)
        self.rides: dict[date, list[Told]] = {}

    def live(self, day: date, at: datetime) -> None:
        """Bill what is due, tell of the day, and settle."""
        left = (self.last - day).days
        if day > self.first:
            run_bills(day=day, actor=self.actor, at=at)
        acts = [
            *_of_the_roaster(self.chance, self.roaster, day),
            *_of_the_driver(self.chance, self.driver, day),
        ]
        self.rides[day] = [act.told for act in acts if act.told.source == "rides"]
        if left == LEASED:
            acts.append(_act(self.driver, "rides", "lease", f"CAR-{day:%Y%m}", -260_000, day))
        for verdict in record_many(acts, actor=self.actor, at=at):
            if isinstance(verdict, Refusal):
                raise verdict
        if self.chance.random() < 0.3:
            _goods_come_back(self.chance, acts, day, at, self.actor)
        if left == REVIEWED_FROM:
            terms = replace(ROASTERS, review=True)
            set_terms(
                account=self.roaster, terms=terms, instruction=_told("review", at, self.actor)
            )
        if left == IMPORTED:
            _tell_by_file(self.roaster, day, at, self.settlement.maker)
        self.settlement.live(left, day, at)
        if left == 1:
            bring_banks_day(self.settlement, day)
        if left == CHECKED:
            self._compare(day, at)

    def end(self, at: datetime) -> None:
        """Leave the driver on the road, and one ride of his cancelled."""
        on_the_road = [
            Act(act.account, act.told, confirmed=False)
            for act in _of_the_driver(self.chance, self.driver, self.last)
        ]
        record_many(on_the_road, actor=self.actor, at=at)
        told = on_the_road[0].told
        fail_accrual(
            source=told.source, kind=told.kind, number=told.number, actor=self.actor, at=at
        )

    def _compare(self, day: date, at: datetime) -> None:
        """Check a week of rides: one was never told of, one is listed with another fare, one is not listed."""
        week = [day - timedelta(days=back) for back in range(7, 0, -1)]
        for place, one in enumerate(week):
            listed = [_listed(self.driver, told) for told in self.rides[one]]
            if place == 3:
                lost = _act(
                    self.driver, "rides", "ride", f"R-{one:%Y%m%d}-90", 4_380, one, Decimal(13)
                )
                listed.append(_listed(self.driver, lost.told))
            if place == 4:
                listed[0]["amount"] = "88.00"
            if place == 5:
                del listed[0]
            acts = [Listed(f"row {row}", facts) for row, facts in enumerate(listed, start=2)]
            check_day(source="rides", day=one, listed=acts, actor=self.settlement.maker, at=at)


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
    for account, agreed in ((roaster, ROASTERS), (driver, DRIVERS)):
        told = _told(f"terms.{account.number}", at, actor)
        set_terms(account=account, terms=agreed, instruction=told)
    return roaster, driver


def _told(key: str, at: datetime, actor: str) -> Instruction:
    return Instruction(key=f"demo.{key}", actor=actor, at=at)


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


def _tell_by_file(account: MerchantAccount, day: date, at: datetime, actor: str) -> None:
    """Import what a market stall has sold, told on paper: some rows of it cannot be taken."""
    head = ("source", "account", "kind", "number", "amount", "day", "note")
    sold = [
        ("shop", f"{account.number}", "sale", f"STALL-{day:%m%d}-{number:02}", amount, f"{day}", "")
        for number, amount in enumerate(("18.40", "7.90", "26.00", "12.50", "9.20", "31.80"), 1)
    ]
    wrong = [
        ("shop", "599999", "sale", f"STALL-{day:%m%d}-07", "14.00", f"{day}", "the other stall"),
        ("shop", f"{account.number}", "sale", f"STALL-{day:%m%d}-08", "6,5", f"{day}", ""),
        ("shop", f"{account.number}", "sale", f"STALL-{day:%m%d}-01", "81.40", f"{day}", ""),
    ]
    sheet = a_sheet("market-stall.csv", head, [*sold, *wrong])
    brought = bring_accruals(sheet=sheet, instruction=_told("import", at, actor))
    record_import(brought.pk, actor=actor, at=at)


def _listed(account: MerchantAccount, told: Told) -> dict[str, str]:
    facts = {
        "kind": told.kind,
        "number": told.number,
        "account": str(account.number),
        "amount": told.amount.text,
        "state": "confirmed",
        "day": f"{told.day}",
    }
    return facts if told.quantity is None else {**facts, "quantity": str(told.quantity)}
