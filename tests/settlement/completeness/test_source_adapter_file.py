"""Acts in a file: a row that cannot be trusted is refused by itself, with its number."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from settlement_builders import OCTOBER, a_kind, a_merchant_account, the_shop
from tael.postgres.connect import Databases
from tael.settlement.completeness.source_adapter import ListMalformed
from tael.settlement.completeness.source_adapter_file import FileAdapter
from tael.settlement.records.listed_act import read_acts

COLUMNS = ("kind", "number", "account", "amount", "day", "state")


def an_xlsx(*rows: tuple[Any, ...], hidden: int | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append(row)
    if hidden is not None:
        sheet.row_dimensions[hidden].hidden = True
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_rows_are_given_by_their_days() -> None:
    data = b"kind,number,account,amount,day\nservice,W-1,500001,1.00,2026-10-14\n"
    adapter = FileAdapter(data + b"service,W-2,500001,2.00,2026-10-16\n", name="acts.csv")

    assert (adapter.first, adapter.last) == (OCTOBER, date(2026, 10, 16))
    (act,) = adapter.acts_of(OCTOBER)
    assert (act.place, act.facts["number"], act.refusal) == ("row 2", "W-1", None)
    assert adapter.acts_of(date(2026, 10, 15)) == []


def test_days_of_a_spreadsheet_and_exact_numbers_are_read(db: Databases) -> None:
    account = a_merchant_account()
    the_shop(), a_kind()
    data = an_xlsx(("service", "W-1", account.number, 12.5, OCTOBER, None))

    read = read_acts(FileAdapter(data, name="acts.xlsx").acts_of(OCTOBER), day=OCTOBER)

    (act,) = read.acts.values()
    assert (act.amount.text, act.account.number, act.day, act.state) == (
        "12.50",
        account.number,
        OCTOBER,
        "confirmed",
    )


@pytest.mark.parametrize(
    ("row", "hidden", "said"),
    [
        (("service", 12345678901234, 500001, "1.00", OCTOBER, None), None, "cell_refused"),
        (("service", "W-1", 500001, "=1+1", OCTOBER, None), None, "cell_refused"),
        (("service", "W-1", 500001, "1.00", OCTOBER, None), 2, "row_hidden"),
    ],
)
def test_a_rounded_number_a_formula_and_a_hidden_row_are_refused(
    db: Databases, row: tuple[Any, ...], hidden: int | None, said: str
) -> None:
    good = ("service", "W-9", a_merchant_account().number, "1.00", OCTOBER, None)
    adapter = FileAdapter(an_xlsx(row, good, hidden=hidden), name="acts.xlsx")

    read = read_acts(adapter.acts_of(OCTOBER), day=OCTOBER)

    assert [number for _, number in read.acts] == ["W-9"]
    (refused,) = read.refused.values()
    assert said in refused.reason


def test_a_file_without_a_column_or_without_days_is_no_list() -> None:
    with pytest.raises(ListMalformed, match="column"):
        FileAdapter(b"kind,number,account,amount\nservice,W-1,500001,1.00\n", name="acts.csv")
    with pytest.raises(ListMalformed):
        FileAdapter(b"kind,number,account,amount,day\n", name="acts.csv")
