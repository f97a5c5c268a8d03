"""The payout file for the finance desk: one row for each withdrawal of a batch, to be paid and filled in.

Every cell is text, so that no number loses a digit and nothing is calculated; the sums stand below. The
same batch gives the same bytes, so that the hash which was kept names the file.

Source: B-35, B-36, B-38, E-15; peers-settlement-invest A24; reliability, M9, T15.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Literal

import xlsxwriter

from tael import books
from tael.assurance.one_line import cell
from tael.documents.labels import LANGUAGES
from tael.money import Money
from tael.settlement.payouts.bank_profile import ANSWERED, COLUMNS, bank_profile
from tael.settlement.payouts.batch_search import rows_to_pay
from tael.settlement.payouts.result_row import payee_account
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tael.documents.labels import Language
    from tael.money import Currency
    from tael.settlement.models import PayoutBatch
    from tael.settlement.payouts.bank_profile import BankProfile
    from tael.settlement.payouts.batch_search import RowToPay

Form = Literal["csv", "xlsx"]
MARK: Final = "\ufeff"
HEADS: Final = 2
TOLD_EVERY: Final = 1_000
# Each heading in the order of LANGUAGES; the codes stand below them and are what the answer is read by.
HEADINGS: Final[dict[str, tuple[str, str, str]]] = {
    "batch": ("Batch", "批次号", "批次號"),
    "row": ("Row", "序号", "序號"),
    "withdrawal": ("Withdrawal", "提现申请单号", "提現申請單號"),
    "account": ("Merchant account", "商户账户", "商戶賬戶"),
    "payee": ("Payee", "收款人", "收款人"),
    "payee_account": ("Payee's account", "收款账号", "收款賬號"),
    "bank": ("Bank", "收款银行", "收款銀行"),
    "amount": ("Amount", "打款金额", "打款金額"),
    "currency": ("Currency", "货币", "貨幣"),
    "applied_at": ("Applied on", "申请日期", "申請日期"),
    "payout_status": (
        "Payout status (paid, failed, unknown)",
        "打款状态: 成功, 失败, 未知",
        "打款狀態: 成功, 失敗, 未知",
    ),
    "flow_number": ("Flow number", "付款流水号", "付款流水號"),
    "paid_on": ("Paid on", "打款日期", "打款日期"),
    "reason": ("Reason of a failure", "失败原因", "失敗原因"),
}
TOTAL: Final = ("Total", "合计", "合計")
OPTIONS: Final[dict[str, Any]] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def silent(_rows: int) -> None:
    """Tell nobody."""


def payout_file(
    batch: PayoutBatch,
    form: Form,
    *,
    language: Language = "en",
    told: Callable[[int], None] = silent,
) -> bytes:
    """Write a batch as a file.

    Args:
        told: hears, after each thousand rows and at the end, how many are read.

    Source: B-35, B-38; A24; T15.
    """
    profile = bank_profile(batch.profile)
    rows = _rows(batch, profile, LANGUAGES.index(language), told)
    if form == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(
            [_guarded(text) for text in row] for row in rows
        )
        return (MARK + out.getvalue()).encode()
    return _xlsx(batch, rows)


def _guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would calculate; the rest comes back as it went out."""
    return f"'{text}" if cell(text).startswith("'") else text


def _rows(
    batch: PayoutBatch, profile: BankProfile, language: int, told: Callable[[int], None]
) -> Iterator[Sequence[str]]:
    yield [HEADINGS[column][language] for column in COLUMNS]
    yield COLUMNS
    unit = books.currencies()[batch.currency].currency
    for done, row in enumerate(rows_to_pay(batch), start=1):
        yield _row(batch, profile, row, unit)
        if done % TOLD_EVERY == 0 or done == batch.rows:
            told(done)
    if profile.total_row:
        sums = {"batch": TOTAL[language], "row": str(batch.rows), "currency": batch.currency}
        money = Money(batch.total, unit).text
        yield [(sums | {"amount": money}).get(column, "") for column in COLUMNS]


def _row(batch: PayoutBatch, profile: BankProfile, row: RowToPay, unit: Currency) -> list[str]:
    facts = {
        "batch": batch.reference,
        "row": str(row.place),
        "withdrawal": str(row.withdrawal),
        "account": str(row.account),
        "payee": row.payee.holder,
        "payee_account": payee_account(row.payee),
        "bank": str(row.payee.details.get("bank", "")),
        "amount": Money(row.net, unit).text,
        "currency": batch.currency,
        "applied_at": row.applied_at.astimezone(business_zone()).strftime(profile.day),
    }
    return [facts.get(column, "") for column in COLUMNS]


def _xlsx(batch: PayoutBatch, rows: Iterator[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        made_at = (batch.checked_at or batch.made_at).astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": batch.reference, "author": "Tael", "created": made_at})
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
        page = book.add_worksheet("Tael")
        for column, name in enumerate(COLUMNS):
            page.set_column(
                column, column, 30 if name in {*ANSWERED, "payee", "payee_account"} else 16, text
            )
        page.freeze_panes(HEADS, 0)
        for place, row in enumerate(rows):
            for column, words in enumerate(row):
                if words:
                    page.write_string(place, column, words, bold if place < HEADS else text)
    return out.getvalue()
