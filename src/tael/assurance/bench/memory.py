"""Whether a posting process grows: it posts in every way for some minutes, and its memory is looked at.

Source: issue 2, section 6 (memory of a posting process).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tael.assurance.bench import machine
from tael.assurance.bench.arena import Arena, server
from tael.assurance.bench.posting import Callers, Columns, Entries
from tael.assurance.bench.program import Size, in_words
from tael.assurance.bench.report import Report
from tael.assurance.bench.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.assurance.bench.sample import Contender

_LINES: Final = 12  # of the report, however long the run


def run(
    *,
    url: str | None,
    minutes: float,
    size: Size,
    seed: int,
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Post for so many minutes, in batches and by threads in turns, and note the memory of this process.

    Args:
        url: connection string of a role that may make databases; None for an embedded server of our own.
        minutes: how long.
        size: sizes of batches, threads, and seconds of each turn. seed: of accounts, pairs and amounts.
        tell: is told what is going on.
    """
    with server(url) as at, Arena(at, accounts=size.accounts) as arena:
        with arena.connect() as connection:
            report = Report(machine.facts(connection), in_words(size, seed))
        book, accounts = arena.open_book("soaked")
        traffic = [Traffic(accounts, seed=[seed, at]) for at in range(size.threads + 2)]
        ways: list[Contender] = [
            Columns(arena, book, traffic[0], size.batch),
            Entries(arena, book, traffic[1], size.thousand),
            Callers(arena, book, traffic[2:]),
        ]
        began = time.monotonic()
        seen: list[tuple[float, int, float]] = []  # minutes, transfers, megabytes
        done = 0
        while not seen or seen[-1][0] < minutes:
            for way in ways:
                done += way.run(size.seconds).done
            now = machine.resident_megabytes()
            seen.append(((time.monotonic() - began) / 60, done, now[0] if now else 0.0))
            tell(_line(*seen[-1]))
        step = max(1, len(seen) // _LINES)
        report.notes += [_line(*one) for one in (*seen[:-1:step], seen[-1])]
        report.memory = machine.resident_megabytes()
        report.faults = arena.faults([book], tell=tell)
    return report


def _line(minutes: float, transfers: int, megabytes: float) -> str:
    return f"after {minutes:6.1f} min and {transfers:12,} transfers: {megabytes:6.1f} MB"
