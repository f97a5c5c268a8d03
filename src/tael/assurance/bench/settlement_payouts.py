"""Merchants that all want to be paid on one day, and a finance desk that fills in their sheet.

The applications are posted a thousand at a time, as no caller could make so many in a reasonable time; what
is measured, the file and its answer, goes through the real commands. Needs Django's settings.

Source: issue 4 (`tael bench settlement`); B-35, B-38.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter
from django.db import transaction

from tael import books, ledger
from tael.ledger import Entry, Leg
from tael.parties.customer import register
from tael.parties.payee import add_payee
from tael.settlement.accounts.merchant_account import open_merchant_account
from tael.settlement.house import payable_account
from tael.settlement.models import MerchantWithdrawal
from tael.settlement.payouts.bank_profile import COLUMNS
from tael.settlement.payouts.result_row import NEEDED
from tael.settlement.payouts.withdrawal_posting import WITHDRAW
from tael.sheets import read_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ACTOR: Final = "system"
MERCHANTS: Final = 1000
AT_ONCE: Final = 1000
FAILED: Final = 50  # every fiftieth payout fails


def apply(*, payouts: int) -> dict[str, Any]:
    """Let merchants apply for so many payouts."""
    at = datetime.now(UTC) - timedelta(minutes=1)  # noqa: TID251 - a program of its own
    said: dict[str, Any] = {"actor": ACTOR, "at": at}
    with transaction.atomic():
        accounts = []
        for place in range(min(MERCHANTS, payouts)):
            owner = register(name=f"Seller {place}", **said).number
            details = {"bank": "ICBC", "account": f"6222 0212 {place:08d}"}
            payee = add_payee(
                customer=owner, kind="bank", holder=f"Seller {place}", details=details, **said
            )
            accounts.append((open_merchant_account(owner=owner, currency="CNY", **said), payee.pk))
    for begin in range(0, payouts, AT_ONCE):
        with transaction.atomic():
            rows = [
                MerchantWithdrawal(
                    account_id=accounts[place % len(accounts)][0].number,
                    currency="CNY",
                    way="manual",
                    amount=100 + place % 99_991,
                    net=100 + place % 99_991,
                    payee=accounts[place % len(accounts)][1],
                    applied_at=at,
                    applied_by=ACTOR,
                )
                for place in range(begin, min(begin + AT_ONCE, payouts))
            ]
            entries = [
                Entry(
                    kind=WITHDRAW,
                    legs=(
                        Leg(accounts[place % len(accounts)][0].account, -row.amount),
                        Leg(payable_account("CNY"), row.net),
                    ),
                    key=ledger.key_of("bench.payout", str(place)),
                    effective_at=at,
                    actor=ACTOR,
                    channel="System",
                )
                for place, row in enumerate(rows, start=begin)
            ]
            for row, posted in zip(rows, books.post_all_now(entries), strict=True):
                row.entry = posted.entry_id
            MerchantWithdrawal.objects.bulk_create(rows)
    return {}


def fill(*, sheet: str, answer: str) -> dict[str, Any]:
    """Fill in the exported sheet as the finance desk does: most are paid, some failed."""
    sent = read_sheet(Path(sheet).read_bytes(), name="sent.xlsx", wanted=NEEDED)
    with xlsxwriter.Workbook(answer, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, COLUMNS)
        for place, row in enumerate(sent, start=1):
            cells = {column: row.cells[column].text for column in COLUMNS if column in row.cells}
            if cells["batch"] != "Total":
                cells |= (
                    {"payout_status": "failed", "reason": "no such account"}
                    if place % FAILED == 0
                    else {"payout_status": "paid", "flow_number": f"B{place:012d}"}
                )
            for column, name in enumerate(COLUMNS):
                page.write_string(place, column, cells.get(name, ""))
    return {}


STEPS: Final[Mapping[str, Callable[..., dict[str, Any]]]] = {"apply": apply, "fill": fill}
