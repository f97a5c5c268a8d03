"""Business records (業務收支) as a table: exactly those that a filter finds, by the query of the page.

Source: B-08, E-12; peers-settlement-invest A39; reliability, T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.documents.flow_list import EPOCH
from tael.documents.labels import LANGUAGES, word
from tael.documents.sheet import LINES_MAX, Sheet, too_long
from tael.documents.wallet_statement import local, start_of, zone_name
from tael.settlement.accrual_search import PAGE_MAX, accruals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tael.documents.labels import Language
    from tael.documents.sheet import Cell
    from tael.settlement.accrual_search import AccrualsWanted, AccrualView

# Each word in the order of LANGUAGES.
WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "title": ("Business records", "业务收支", "業務收支"),
    "record": ("Record", "收支编号", "收支編號"),
    "account": ("Merchant account", "商户账户", "商戶賬戶"),
    "source": ("Source", "来源", "來源"),
    "kind": ("Kind of business", "业务类型", "業務類型"),
    "number": ("Business number", "业务单号", "業務單號"),
    "type": ("Type", "类型", "類型"),
    "reversed_number": ("Reversed number", "被冲正业务单号", "被沖正業務單號"),
    "state": ("State", "入账状态", "入賬狀態"),
    "day": ("Billed by", "账单日期", "賬單日期"),
    "occurred_on": ("Happened on", "发生日期", "發生日期"),
    "amount": ("Amount", "金额", "金額"),
    "currency": ("Currency", "货币", "貨幣"),
    "reversed": ("Reversed", "已冲正", "已沖正"),
    "quantity": ("Quantity", "数量", "數量"),
    "unit": ("Unit", "单位", "單位"),
    "gross": ("Share of", "基数金额", "基數金額"),
    "bill": ("Bill", "账单号", "賬單號"),
    "origin": ("Came by", "产生方式", "產生方式"),
    "note": ("Note", "备注", "備註"),
    "recorded": ("Recorded", "记录时间", "記錄時間"),
    "decided": ("Decided", "确认时间", "確認時間"),
}
VALUES: Final[dict[str, tuple[str, str, str]]] = {
    "normal": ("normal", "正常", "正常"),
    "reversal": ("reversal", "冲正", "沖正"),
    "pending": ("to be confirmed", "待确认", "待確認"),
    "confirmed": ("confirmed", "确认成功", "確認成功"),
    "failed": ("failed", "确认失败", "確認失敗"),
    "at_once": ("at once", "即时", "即時"),
    "import": ("import", "导入", "導入"),
    "check": ("periodic check", "定期检查", "定期檢查"),
}
COLUMNS: Final = tuple(name for name in WORDS if name != "title")


def read_accruals(wanted: AccrualsWanted) -> list[AccrualView]:
    """Read all records that a filter finds, newest first.

    Raises:
        DocumentTooLong: there are more than one file may have.

    Source: E-12; A39.
    """
    found: list[AccrualView] = []
    before = None
    while page := accruals(wanted, limit=PAGE_MAX, before=before):
        found += page
        if len(found) > LINES_MAX:
            raise too_long("business records")
        if len(page) < PAGE_MAX:
            break
        before = page[-1].row.pk
    return found


def accrual_sheet(
    records: Sequence[AccrualView],
    language: Language,
    *,
    asked: Sequence[tuple[str, str]] = (),
) -> Sheet:
    """Make the table of business records.

    Args:
        asked: what they were found by, to stand above them: labels and values.

    Source: E-12; reliability, T15.
    """
    at = LANGUAGES.index(language)
    return Sheet(
        name="business-records",
        title=WORDS["title"][at],
        facts=[
            *asked,
            (word("zone", language), zone_name()),
            (word("lines", language), len(records)),
        ],
        columns=[WORDS[name][at] for name in COLUMNS],
        rows=[_row(one, at) for one in records],
        made_at=max((one.row.recorded_at for one in records), default=start_of(EPOCH)),
    )


def _row(one: AccrualView, at: int) -> list[Cell]:
    row = one.row
    return [
        row.pk,
        str(one.account.number),
        row.source_id,
        row.kind_id,
        row.number,
        VALUES[row.type][at],
        row.reversed_number or "",
        VALUES[row.state][at],
        row.day.isoformat(),
        row.occurred_on.isoformat(),
        one.amount,
        one.account.currency.code,
        one.reversed,
        one.quantity,
        one.unit,
        one.gross,
        "" if row.bill is None else str(row.bill),
        VALUES[row.origin][at],
        row.note,
        local(row.recorded_at),
        None if row.decided_at is None else local(row.decided_at),
    ]
