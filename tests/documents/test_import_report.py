"""The report of an import says what became of each row, also of one that decides a pending record."""

from __future__ import annotations

import pytest

from settlement_builders import a_merchant_account, a_record
from settlement_import_builders import a_file, a_line, imported
from tael.documents.import_report import import_report

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-11", "T15")]


def test_each_row_has_its_verdict_in_the_readers_language() -> None:
    account = a_merchant_account()
    for number in ("P1", "P2"):
        a_record(account, "1.00", number=number, confirmed=False)
    made, _ = imported(
        a_file(
            a_line(account.number, "P1", "1.00", day=""),
            a_line(account.number, "P2", "1.00", day="", state="failed"),
            a_line(account.number, "N1", "1.00"),
        )
    )

    sheet = import_report(made.pk, "zh-hans")

    assert [row[:2] for row in sheet.rows] == [[2, "确认成功"], [3, "确认失败"], [4, "已记录"]]
    assert ("确认成功", 1) in sheet.facts
    assert len(import_report(made.pk, "en", verdict="fails").rows) == 1
