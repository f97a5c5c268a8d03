"""A platform's merchants behind the pages: a month of records, bills, payments and payouts. Needs Django's settings.

The wallet's customer is one of them, so that his pages have long lists too, and one of his accounts has
a history of three years.

Source: B-18, B-24, B-35; peers-settlement-invest, sections 4.1 and 4.2.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
from django.db import transaction

from tael import books, ledger
from tael.assurance.bench.settlement_town import AT, FIRST, KINDS, SYSTEM, bill, settle
from tael.assurance.bench.traffic import Traffic, uuid7
from tael.books import Instruction
from tael.channels.house import channel_account
from tael.money import parse_amount
from tael.parties.payee import add_payee
from tael.settlement.accounts.merchant_account import MerchantAccount, open_merchant_account
from tael.settlement.bills.bill_posting import BILL
from tael.settlement.house import settlement_account
from tael.settlement.payouts.batch import make_batches
from tael.settlement.payouts.withdrawal import apply_merchant_withdrawal
from tael.settlement.records.accrual import Told, record_accrual
from tael.settlement.remittances.adjustment import ADJUST
from tael.settlement.remittances.remittance import REMIT, declare_remittance
from tael.settlement.reports.period_report import make_reports

LEAST: Final = 60  # so that each list has a next page
RECORDS: Final = 100  # of the platform, for each thing asked for
MONTHS: Final = 36  # of the account with a long history
_BATCH: Final = 4_000
_BANK: Final[dict[str, Any]] = {"kind": "bank", "holder": "Li Hua", "details": {"account": "6222"}}
_numbers: Final = iter(range(2**40, 2**41))


def settle_with(owner: int, many: int, *, at: datetime) -> None:
    """Let the platform settle its month with all merchants, the customer among them.

    Args:
        owner: the customer. many: his business records; a fifth of it of what he pays and draws.
        at: now; nothing is dated later.
    """
    settle(records=many * RECORDS, accounts=max(many // 5, LEAST), seed=1)
    account = open_merchant_account(owner=owner, currency="CNY", actor=SYSTEM, at=AT)
    for place in range(max(many, LEAST)):
        _record(account, place)
    bill()
    payee = add_payee(customer=owner, **_BANK, actor=SYSTEM, at=at).pk
    for place in range(max(many // 5, LEAST)):
        _payments(account, payee, place, at)
        if place == LEAST // 2:  # the others wait
            make_batches(currency="CNY", channel="Alipay", profile="generic", instruction=_told(at))
    make_reports(account=account, actor=SYSTEM, at=at)


def long_account(owner: int, lines: int, *, at: datetime) -> int:
    """Give the number of a merchant account whose lines of three years are loaded by columns, its reports made.

    Bills come, remittances and adjustments go, of each a third; nothing else of these is made than the lines.
    """
    began = at - timedelta(days=MONTHS * 30)
    account = open_merchant_account(owner=owner, currency="USD", actor=SYSTEM, at=began)
    keys = Traffic([account.account, settlement_account("USD")], seed=2).keys
    others = {
        BILL: settlement_account("USD"),
        REMIT: channel_account("Alipay", "USD"),
        ADJUST: settlement_account("USD"),
    }
    for done in range(0, lines, _BATCH):
        kind = list(others)[done // _BATCH % len(others)]
        many = min(_BATCH, lines - done)
        payer, receiver = (
            (others[kind], account.account) if kind is BILL else (account.account, others[kind])
        )
        with transaction.atomic():
            posted = ledger.post_columns(
                books.connection(),
                ledger.Transfers(
                    payer=np.full(many, payer, dtype=np.int64),
                    receiver=np.full(many, receiver, dtype=np.int64),
                    amount=np.full(many, 300 if kind is BILL else 100, dtype=np.int64),
                    keys=keys(many),
                    kind=kind,
                    effective_at=began + (at - began) * (done / lines),
                    actor=SYSTEM,
                ),
            )
        assert not posted.refusals, posted.refusals
    make_reports(account=account, actor=SYSTEM, at=at)
    return account.number


def _record(account: MerchantAccount, place: int) -> None:
    kind = list(KINDS)[place % len(KINDS)]
    told = Told(
        source="shop",
        kind=kind,
        number=f"P{place}",
        amount=parse_amount("9.00", account.currency),
        day=FIRST + timedelta(days=place % 31),
        quantity=Decimal(3) if KINDS[kind] else None,
    )
    record_accrual(account=account, told=told, confirmed=place % 9 > 0, actor=SYSTEM, at=AT)


def _payments(account: MerchantAccount, payee: int, place: int, at: datetime) -> None:
    one = parse_amount("1.00", account.currency)
    declare_remittance(
        account=account,
        side="platform" if place % 2 else "merchant",
        amount=one,
        channel="Alipay",
        flow_number=f"F{place}",
        paid_on=_today(at),
        instruction=_told(at),
    )
    apply_merchant_withdrawal(account=account, amount=one, payee=payee, instruction=_told(at))


def _today(at: datetime) -> date:
    return at.date() - timedelta(days=1)


def _told(at: datetime) -> Instruction:
    return Instruction(key=uuid7(next(_numbers)), actor="user:9001", at=at, channel="System")
