"""Flow records (資金流水) as a table: exactly those that a filter finds, by the query of the page.

Source: F-20, F-22, E-03; reliability, T15.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from tael.documents.labels import word
from tael.documents.sheet import LINES_MAX, Sheet, too_long
from tael.documents.wallet_statement import local, operation_name, start_of, zone_name
from tael.wallet.flow_search import all_records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tael.documents.labels import Language
    from tael.documents.sheet import Cell
    from tael.wallet.flow import FlowRecord
    from tael.wallet.flow_search import Wanted

EPOCH: Final = date(2000, 1, 1)
PAGE: Final = 200
PAGES_MAX: Final = 1_000
"""Pages that one file looks through; each looks at a bounded number of entries."""
COLUMNS: Final = (
    "number",
    "effective",
    "operation",
    "out of",
    "into",
    "amount",
    "currency",
    "received",
    "received currency",
    "channel",
    "sno",
    "pno",
    "code",
    "info",
    "actor",
    "booked",
    "kind",
)


def read_flows(
    page: Callable[[int | None], tuple[list[FlowRecord], int | None]],
) -> list[FlowRecord]:
    """Read all records that a filter finds, newest first.

    Args:
        page: gives a page of them and where the next one begins, None after the last; it is called
            as the pages of the list are.

    Raises:
        DocumentTooLong: there are more than one file may have.

    Source: F-22, E-03.
    """
    records: list[FlowRecord] = []
    before = None
    for _ in range(PAGES_MAX):
        found, before = page(before)
        records += found
        if len(records) > LINES_MAX:
            break
        if before is None:
            return records
    raise too_long("flow records")


def found_by(wanted: Wanted) -> Callable[[int | None], tuple[list[FlowRecord], int | None]]:
    """Give the pages of a filter.

    Source: E-03.
    """
    return lambda before: all_records(wanted, limit=PAGE, before=before)


def flow_sheet(
    records: Sequence[FlowRecord],
    language: Language,
    *,
    asked: Sequence[tuple[str, str]] = (),
    name: str = "flows",
) -> Sheet:
    """Make the table of flow records.

    Args:
        asked: what they were found by, to stand above them: labels and values.
        name: of the file.

    Source: F-22; reliability, T15.
    """
    return Sheet(
        name=name,
        title=word("flows", language),
        facts=[
            *asked,
            (word("zone", language), zone_name()),
            (word("lines", language), len(records)),
        ],
        columns=[word(name, language) for name in COLUMNS],
        rows=[_row(record, language) for record in records],
        made_at=_newest(records),
    )


def _row(record: FlowRecord, language: Language) -> list[Cell]:
    amount, received = record.amount, record.received
    return [
        record.id,
        local(record.effective_at),
        operation_name(record, language),
        str(record.out_of.number) if record.out_of else "",
        str(record.into.number) if record.into else "",
        amount,
        amount.currency.code if amount else "",
        received,
        received.currency.code if received else "",
        record.channel,
        record.sno,
        record.pno or "",
        record.code,
        record.info,
        record.actor,
        local(record.booked_at),
        record.kind,
    ]


def _newest(records: Sequence[FlowRecord]) -> datetime:
    booked = [record.booked_at for record in records]
    return max(booked) if booked else start_of(EPOCH)
