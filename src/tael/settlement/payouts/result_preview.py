"""What taking a result file would do: every row is judged, and nothing is done.

A file of some size is judged by a worker, who tells how far he is; one that was killed is judged anew. What it
came to is kept with its time, until another file of the batch is taken.

Source: B-35; peers-settlement-invest A24; reliability T3, T15.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from tael import books
from tael.settlement.alone import alone
from tael.settlement.models import ResultFile
from tael.settlement.payouts.batch_search import taken_numbers
from tael.settlement.payouts.result_file import result_file, unpacked
from tael.settlement.payouts.result_row import (
    VERDICTS,
    RowReport,
    judged,
    portions,
    scene_of,
    told_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

log: Final = logging.getLogger(__name__)
SHOWN: Final = 200
JUDGED_AT_ONCE: Final = 2_000
"""Rows of a file that is judged while somebody waits for its page."""


class Preview(NamedTuple):
    """What taking a file would do.

    Args:
        counts: rows by verdict. refused: the first of those that would be.
    """

    counts: dict[str, int]
    refused: list[RowReport]


def _on(_done: int) -> bool:
    return True


def preview(file: int, told: Callable[[int], bool] = _on) -> Preview | None:
    """Judge every row that is left of a file without doing what it says.

    Args:
        told: hears how many rows of the file are judged; False ends it, and there is no preview.

    Source: B-35; A24; T15.
    """
    found = result_file(file)
    if found.content is None:
        return Preview(dict.fromkeys(VERDICTS, 0), [])
    sheet = unpacked(found)
    in_file = told_in(sheet, found.batch)
    counts: Counter[str] = Counter()
    refused: list[RowReport] = []
    flows: set[str] = set()
    for place, part in portions(sheet, found.batch, found.done):
        scene = scene_of(found.batch, part, in_file, at=found.imported_at, form=found.form)
        reports, answers = judged(scene, part)
        numbers = {one.row: one.flow_number for one in answers if one.flow_number}
        taken = taken_numbers(found.batch.channel, list(numbers.values()))
        for report in reports:
            flow = numbers.get(report.row)
            again = flow is not None and (flow in taken or flow in flows)
            flows.add(flow or "")
            said = report if not again else _twice(report, flow or "")
            counts[said.verdict] += 1
            if said.verdict == "refused" and len(refused) < SHOWN:
                refused.append(said)
        if not told(place + len(part)):
            return None
    return Preview({verdict: counts[verdict] for verdict in VERDICTS}, refused)


def outlook(found: ResultFile) -> Preview | None:
    """Give what the worker found that taking a file would do; None until he has been through it.

    Source: B-35; A24.
    """
    if found.looked_at is None or found.outlook is None:
        return None
    refused = [RowReport(*row) for row in found.outlook["refused"]]
    return Preview(found.outlook["counts"], refused)


def look(file: int, *, clock: Callable[[], datetime]) -> bool:
    """Judge the rows of a file that waits, and keep what that came to; tell whether it is kept now.

    Where somebody else is at it, it is left to him. One that is taken or laid aside meanwhile is looked at
    no further.

    Source: B-35; A24; T3, T15.
    """
    with alone(f"result:{file}") as free:
        judged_now = preview(file, lambda done: _looked(file, done)) if free else None
    return judged_now is not None and _keep(file, judged_now, clock())


def look_at_waiting(*, clock: Callable[[], datetime]) -> int:
    """Judge the files of some size that nobody has looked at, for a worker; tell how many there were.

    Source: B-35; A24; T3.
    """
    waiting = ResultFile.objects.filter(state="waiting", done=0, looked_at__isnull=True)
    numbers = list(
        waiting.filter(rows__gt=JUDGED_AT_ONCE).order_by("pk").values_list("pk", flat=True)
    )
    for number in numbers:
        try:
            look(number, clock=clock)
        except Exception:
            log.exception("result file %s waits", number)
    return len(numbers)


@books.atomic
def _looked(file: int, done: int) -> bool:
    """Tell others how far it is; False where there is nothing to look at any more."""
    return bool(ResultFile.objects.filter(pk=file, state="waiting", done=0).update(looked=done))


@books.atomic
def _keep(file: int, found: Preview, at: datetime) -> bool:
    kept = {"counts": found.counts, "refused": [list(row) for row in found.refused]}
    waiting = ResultFile.objects.filter(pk=file, state="waiting", done=0)
    return bool(waiting.update(outlook=kept, looked_at=at))


def _twice(report: RowReport, flow: str) -> RowReport:
    reason = f"Flow number {flow} belongs to another payment."
    return report._replace(verdict="refused", reason=reason)
