"""A scheduler that runs the bills of a day, as a process that a test may kill: ``python bill_program.py DAY CHUNK``.

It works in the database that TAEL_DATABASE_URL names and writes a line for each chunk.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, time

import django


def main(day: date, chunk: int) -> None:
    """Run the bills, and tell of each chunk when it is committed."""
    django.setup()
    from tael.settlement.bills.bill_run import Progress, run_bills

    def told(progress: Progress) -> None:
        print(progress.done, flush=True)  # noqa: T201 - it is read by the test

    at = datetime.combine(day, time(9), UTC)
    run_bills(day=day, actor="system", at=at, told=told, chunk=chunk)


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]), int(sys.argv[2]))
