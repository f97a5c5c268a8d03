"""A list of flow records holds exactly what the filter finds."""

from __future__ import annotations

import pytest

from tael.documents import flow_list as module
from tael.documents.flow_list import COLUMNS, flow_sheet, found_by, read_flows
from tael.documents.sheet import DocumentTooLong
from tael.wallet.flow_search import Wanted, all_records
from tael.wallet.operation import Operation


@pytest.mark.rule("F-22")
def test_all_pages_of_the_filter_are_in_it_and_nothing_else(wallet, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)

    for wanted in (
        Wanted(),
        Wanted(operation=Operation.RECHARGE),
        Wanted(channel="Alipay", operation=Operation.RECHARGE),
        Wanted(wallet=wallet),
        Wanted(channel="nowhere"),
    ):
        assert read_flows(found_by(wanted)) == all_records(wanted, limit=200).records


def test_a_row_says_who_gave_and_who_got(wallet):
    (record,) = read_flows(found_by(Wanted(operation=Operation.TRANSFER)))

    sheet = flow_sheet([record], "en", asked=[("Operation", "transfer")])
    row = dict(zip(COLUMNS, sheet.rows[0], strict=True))

    assert row["out of"] == str(wallet.number)
    assert row["into"] == str(record.into.number)
    assert (row["amount"].text, row["currency"], row["received"]) == ("2.00", "CNY", None)
    assert sheet.facts[0] == ("Operation", "transfer")
    assert flow_sheet([], "zh-hans").rows == []


def test_more_records_than_a_file_may_have_are_refused(wallet, monkeypatch):
    monkeypatch.setattr(module, "LINES_MAX", 5)

    with pytest.raises(DocumentTooLong):
        read_flows(found_by(Wanted()))
