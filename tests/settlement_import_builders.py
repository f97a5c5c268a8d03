"""Files of business records, as a business system or a person writes them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from builders import STAFF
from settlement_builders import IN_NOVEMBER, a_kind, the_shop
from sheet_files import a_csv
from tael.books import Instruction
from tael.settlement.models import AccrualImportRow
from tael.settlement.records.accrual_import import (
    accrual_import,
    accrual_sheet,
    bring_accruals,
    record_import,
)
from tael.settlement.records.import_check import check_import

if TYPE_CHECKING:
    from datetime import datetime

    from tael.settlement.records.accrual_import import AccrualImport, ImportProgress

_KEYS = count(1)
COLUMNS = ["source", "account", "kind", "number", "amount", "day", "reversed_number", "state"]


def told_by(key: str | None = None) -> Instruction:
    """An instruction of the staff in November."""
    return Instruction(key=key or f"import-{next(_KEYS)}", actor=STAFF, at=IN_NOVEMBER)


def a_line(account: int, number: str, amount: str, **given: str) -> dict[str, str]:
    """One row: a finished service in October."""
    facts = {"source": the_shop(), "kind": a_kind(), "day": "2026-10-14", **given}
    return {**facts, "account": str(account), "number": number, "amount": amount}


def a_file(*lines: dict[str, Any], encoding: str = "utf-8") -> bytes:
    """A csv of some rows, with the columns that they have."""
    columns = list(dict.fromkeys([*COLUMNS, *(name for line in lines for name in line)]))
    rows = [[line.get(name, "") for name in columns] for line in lines]
    return a_csv([columns, *rows], encoding=encoding)


def brought(data: bytes, *, check: bool = False, key: str | None = None) -> AccrualImport:
    """An import of a file, rehearsed where it is to be."""
    sheet = accrual_sheet(data, name="records.csv")
    made = bring_accruals(sheet=sheet, instruction=told_by(key), check=check)
    if check:
        check_import(made.pk, clock=in_november)
    return accrual_import(made.pk)


def in_november() -> datetime:
    """The clock of a worker in November."""
    return IN_NOVEMBER


def imported(data: bytes, *, portion: int = 1000) -> tuple[AccrualImport, ImportProgress]:
    """An import of a file, recorded to its end."""
    made = brought(data)
    return made, record_import(made.pk, actor=STAFF, at=IN_NOVEMBER, portion=portion)


def verdicts(of: AccrualImport) -> dict[int, str]:
    """The verdict on each row, the code where it was refused."""
    rows = AccrualImportRow.objects.filter(of=of).order_by("row")
    return {row.row: row.code or str(row.verdict) for row in rows}
