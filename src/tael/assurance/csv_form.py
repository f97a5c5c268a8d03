"""The journal as csv: one line of text for each leg, complete enough to be proven without a database.

Source: reliability, T15 and T27.
"""

from __future__ import annotations

import csv
from datetime import UTC
from typing import TYPE_CHECKING, Final

from tael.assurance.one_line import cell
from tael.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import TextIO

    from tael.assurance.journal import JournalEntry

COLUMNS: Final = (
    "entry",
    "booked_at",
    "effective_at",
    "kind",
    "channel",
    "actor",
    "reverses",
    "sno",
    "pno",
    "code",
    "info",
    "data",
    "posting",
    "account",
    "account_code",
    "class",
    "currency",
    "version",
    "amount",
    "balance_after",
    "prev",
)


def write_csv(entries: Iterable[JournalEntry], out: TextIO) -> int:
    """Write the entries with a heading and give how many there were.

    Amounts carry all decimals of their currency and no sign but a minus. Words stand on one line, in
    the escapes of ``one_line``; one that a spreadsheet would calculate has an apostrophe before it.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, entry in enumerate(entries, start=1):  # noqa: B007 - the last count is the answer
        facts = (
            entry.number,
            stamp(entry.booked_at),
            stamp(entry.effective_at),
            *map(cell, (entry.kind, entry.channel, entry.actor)),
            "" if entry.reverses is None else entry.reverses,
            *map(cell, (entry.sno or "", entry.pno or "", entry.code, entry.info)),
            cell(entry.data or ""),
        )
        for line in entry.lines:
            _, number, code, class_ = line.account
            unit = line.account.unit
            writer.writerow(
                (
                    *facts,
                    line.posting,
                    number,
                    cell(code),
                    class_,
                    unit.code,
                    line.version,
                    Money(line.amount, unit).text,
                    Money(line.balance, unit).text,
                    line.prev,
                )
            )
    return count


def stamp(moment: datetime) -> str:
    """Write a moment in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
