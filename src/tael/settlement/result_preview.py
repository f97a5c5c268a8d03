"""What taking a result file would do: every row is judged, and nothing is done.

Source: B-35; peers-settlement-invest A24; T15.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

from tael.settlement.batch_search import taken_numbers
from tael.settlement.result_file import result_file, unpacked
from tael.settlement.result_row import VERDICTS, RowReport, judged, portions, scene_of, told_in

SHOWN: Final = 200


class Preview(NamedTuple):
    """What taking a file would do.

    Args:
        counts: rows by verdict. refused: the first of those that would be.
    """

    counts: dict[str, int]
    refused: list[RowReport]


def preview(file: int) -> Preview:
    """Judge every row that is left of a file without doing what it says.

    Source: B-35; A24; T15.
    """
    found = result_file(file)
    if found.content is None:
        return Preview(dict.fromkeys(VERDICTS, 0), [])
    sheet = unpacked(found)
    told = told_in(sheet)
    counts: Counter[str] = Counter()
    refused: list[RowReport] = []
    flows: set[str] = set()
    for _, part in portions(sheet, found.done):
        scene = scene_of(found.batch, part, told, at=found.imported_at, form=found.form)
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
    return Preview({verdict: counts[verdict] for verdict in VERDICTS}, refused)


def _twice(report: RowReport, flow: str) -> RowReport:
    reason = f"Flow number {flow} belongs to another payment."
    return report._replace(verdict="refused", reason=reason)
