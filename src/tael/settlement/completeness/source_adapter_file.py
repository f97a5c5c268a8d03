"""Acts of a source in a file that somebody brings: csv or xlsx, one act a row.

Source: B-14; A6; reliability M8, M9, T15.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from tael.refusal import Refusal
from tael.settlement.completeness.source_adapter import ListMalformed
from tael.settlement.records.listed_act import FIELDS, Listed
from tael.sheets import read_sheet

if TYPE_CHECKING:
    from tael.sheets import Row, Sheet

NEEDED: Final = ("kind", "number", "account", "amount", "day")
IDENTIFIERS: Final = frozenset({"kind", "number", "reversed_number"})


class FileAdapter:
    """Lists the acts of a file.

    Args:
        data: the file. name: its name, for people. read: what was read of it before.

    Raises:
        SheetTooLarge, SheetUnreadable, SheetTooHeavy, SheetsBusy: it cannot be read at all.
        ListMalformed: a column is missing, or no row has a day.
    """

    def __init__(self, data: bytes = b"", *, name: str, read: Sheet | None = None) -> None:
        """Read the file, in a limited child process."""
        sheet = read or read_sheet(data, name=name, wanted=NEEDED)
        missing = [name for name in NEEDED if name not in sheet.columns]
        if missing:
            message = "A column of the list is missing."
            allowed = ", ".join(NEEDED)
            raise ListMalformed(message, field="file", there=", ".join(missing), allowed=allowed)
        self.name, self.digest, self.sheet = sheet.name, sheet.digest, sheet
        self._by_day, self._dayless = _sorted(sheet)
        if not self._by_day:
            message = "No row of the file has a day."
            raise ListMalformed(message, field="file", allowed="a column day, as 2026-10-14")
        self.first, self.last = min(self._by_day), max(self._by_day)
        self.begins = self.first

    def acts_of(self, day: date) -> list[Listed]:
        """Give the acts of a day; rows whose day cannot be read stand with the day on which a check begins."""
        dayless = self._dayless if day == self.begins else []
        return self._by_day.get(day, []) + dayless

    def size(self, first: date, last: date) -> int:
        """Tell how many rows stand with the days from one to another."""
        days = (rows for day, rows in self._by_day.items() if first <= day <= last)
        return sum(map(len, days)) + len(self._dayless)


def _sorted(sheet: Sheet) -> tuple[dict[date, list[Listed]], list[Listed]]:
    by_day: dict[date, list[Listed]] = {}
    dayless = []
    for row in sheet:
        listed = _listed(row)
        try:
            day = date.fromisoformat(listed.facts.get("day", ""))
        except ValueError:
            dayless.append(listed)
        else:
            by_day.setdefault(day, []).append(listed)
    return by_day, dayless


def _listed(row: Row) -> Listed:
    facts: dict[str, str] = {}
    refusal: Refusal | None = None
    try:
        row.check_seen()
    except Refusal as no:
        refusal = no
    for name in FIELDS:
        try:
            facts[name] = _text(row, name)
        except Refusal as no:
            refusal = refusal or no
            facts[name] = row.cells[name].text
    said = {name: text for name, text in facts.items() if text}
    return Listed(f"row {row.number}", said, refusal)


def _text(row: Row, name: str) -> str:
    if name in IDENTIFIERS:
        return row.identifier(name, needed=False)
    if name == "day":
        day = row.day(name)
        return "" if day is None else day.isoformat()
    return row.plain(name, needed=False)
