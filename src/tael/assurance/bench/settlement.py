"""How long the settlement takes at the size of a large platform, each part beside what the bare database takes.

Each part is a program of its own over a database made for the run, so that the memory is its own, too.

Source: issue 4 (`tael bench settlement`); B-18, B-21, B-26.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tael.assurance.bench import machine
from tael.assurance.bench.arena import Arena, server
from tael.assurance.bench.settlement_bare import mark_and_add_up
from tael.assurance.bench.settlement_report import SettlementReport, Step
from tael.assurance.bench.wallets import environment, tael
from tael.ledger import MAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PROGRAM: Final = "tael.assurance.bench.settlement_process"
BILLS_GOAL_SECONDS: Final = 180.0
MEMORY_GOAL_MB: Final = 500.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is.

    Args:
        records: confirmed business records in all. accounts: that they are spread over; each gets a bill.
        seed: of amounts, kinds and days.
    """

    records: int = 1_000_000
    accounts: int = 10_000
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part works: the database, the environment of its programs, and who hears of it."""

    arena: Arena
    settings: Mapping[str, str]
    size: Size
    tell: Callable[[str], None]

    def ask(self, **asked: Any) -> dict[str, Any]:
        """Let a fresh program do one thing, and give its answer; what it says on the way goes to stderr."""
        done = subprocess.run(  # noqa: S603 - this very Python
            [sys.executable, "-m", PROGRAM],
            env=dict(self.settings),
            input=json.dumps(asked),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def run(
    *,
    url: str | None,
    size: Size,
    only: Sequence[str] = (),
    tell: Callable[[str], None] = lambda _: None,
) -> SettlementReport:
    """Fill a database, do the parts one after the other, and prove the books.

    Args:
        url: connection string of a role that may make databases; None for an embedded server of our own.
        size: how much there is. only: names of ``PARTS``; none means all.
        tell: is told what is going on.
    """
    with server(url) as at, Arena(at, accounts=0) as arena:
        with arena.connect() as connection:
            report = SettlementReport(machine.facts(connection), _in_words(size))
        settings = environment(arena, threads=1)
        tael("migrate", environment=settings)
        place = Place(arena, settings, size, tell)
        for name, part in PARTS.items():
            if not only or name in only:
                report.steps += part(place)
        report.run["load average"] = "{:.2f} {:.2f} {:.2f} at the end".format(*os.getloadavg())
        tell("proving the books")
        report.broken = [*arena.faults([MAIN]), *place.ask(do="prove")["broken"]]
    return report


def bills(place: Place) -> Iterator[Step]:
    """Make, post and issue the bills of one period of every account, by one run in one process."""
    size = place.size
    place.tell(f"{size.accounts:,} merchant accounts with {size.records:,} records")
    place.ask(do="settle", **dataclasses.asdict(size))
    place.arena.tidy()
    place.tell("the bill run")
    did = place.ask(do="bill")
    wrong = [
        f"{name}: {did[name]:,}, not {wanted:,}"
        for name, wanted in (("records", size.records), ("bills", size.accounts))
        if did[name] != wanted
    ]
    yield Step(
        f"bill run: {size.records:,} records into {size.accounts:,} bills",
        size.records,
        did["seconds"],
        goal=BILLS_GOAL_SECONDS,
        memory=did["memory"],
        memory_goal=MEMORY_GOAL_MB,
        wrong=tuple(wrong),
    )
    place.tell("the yardstick")
    bare = mark_and_add_up(place.arena)
    yield Step("one bare UPDATE of the same records, and their sums", size.records, bare)


PARTS: Final[Mapping[str, Callable[[Place], Iterator[Step]]]] = {"bills": bills}


def _in_words(size: Size) -> dict[str, str]:
    facts = {name: f"{value:,}" for name, value in dataclasses.asdict(size).items()}
    return facts | {"load average": ""}
