"""The child that reads one sheet: `python -m tael.sheets.child`, the file on its input, rows on its output.

Each row is a line `[number, hidden, [cells]]`, a cell a text or `[sort, text]`; the last line is the
verdict. A file that makes a parser run wild ends this process and nothing else.

Source: reliability, M8, T15.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import warnings
from typing import IO, TYPE_CHECKING, Any

from tael.sheets.csv_form import ENCODINGS, csv_rows
from tael.sheets.limits import MEMORY_MAX, READ_MAX, SECONDS_MAX
from tael.sheets.refusals import SheetTooHeavy, SheetTooLarge, SheetUnreadable
from tael.sheets.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGE = MemoryError, RecursionError
ZIPPED = b"PK\x03\x04"
CAMT = "camt.053"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def main() -> None:
    """Read the sheet and say how it went."""
    limit_this_process()
    # openpyxl takes numpy where it is installed, and that alone takes most of the memory
    sys.modules["numpy"] = None  # type: ignore[assignment]
    warnings.simplefilter("ignore")
    asked = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    answer(sys.stdin.buffer, sys.stdout.buffer, asked)


def answer(brought: IO[bytes], out: IO[bytes], asked: Mapping[str, Any]) -> None:
    """Write the rows of a sheet and the verdict; whatever the file is, nothing is raised."""
    try:
        verdict = read(brought, Table(out, asked.get("wanted", ())), asked)
    except (SheetTooLarge, SheetUnreadable, SheetTooHeavy) as no:
        verdict = _refused(no)
    except LARGE:
        verdict = _refused(SheetTooHeavy("The file takes too much memory to read."))
    except Exception as error:  # noqa: BLE001 - whatever a parser says of a hostile file
        verdict = _refused(SheetUnreadable("The file cannot be read.", there=type(error).__name__))
    out.write(json.dumps(verdict).encode() + b"\n")
    out.flush()


def limit_this_process() -> None:
    """Take no more memory, time or room than is allowed, from here on."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    room = READ_MAX + 1024 * 1024
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    signal.alarm(SECONDS_MAX + 1)  # should the parent be gone


def read(brought: IO[bytes], table: Table, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Read a file of either form into the table, and give the verdict."""
    first = brought.read(4)
    brought.seek(0)
    if asked.get("message") == CAMT:
        from tael.sheets.camt_053 import camt_rows  # noqa: PLC0415 - a sheet does not wait for it

        camt_rows(brought.read(), table)
        return table.verdict(CAMT)
    if first == ZIPPED:
        from tael.sheets.xlsx_form import xlsx_rows  # noqa: PLC0415 - a csv does not wait for it

        xlsx_rows(brought, table)
        return table.verdict("xlsx")
    if first == OLD_OFFICE:
        message = "The file is an old or an encrypted workbook."
        raise SheetUnreadable(message, allowed="xlsx without a password, or csv")
    encoding = asked.get("encoding")
    csv_rows(brought.read(), table, [encoding] if encoding else ENCODINGS)
    return table.verdict("csv")


def _refused(no: SheetTooLarge | SheetUnreadable | SheetTooHeavy) -> dict[str, Any]:
    return {
        "refused": no.code,
        "detail": no.message,
        "there": no.there,
        "allowed": no.allowed,
    }


if __name__ == "__main__":
    main()
