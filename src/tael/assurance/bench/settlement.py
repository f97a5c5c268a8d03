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
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

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
FILE_GOAL_SECONDS: Final = 20.0
ANSWER_GOAL_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is.

    Args:
        records: confirmed business records in all. accounts: that they are spread over; each gets a bill.
        seed: of amounts, kinds and days.
        payouts: rows of the payout file.
    """

    records: int = 1_000_000
    accounts: int = 10_000
    seed: int = 1
    payouts: int = 50_000


class Commanded(NamedTuple):
    """What a command answered, how long it took from its start to its end, and its memory in MB."""

    answer: dict[str, Any]
    seconds: float
    memory: float


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

    def command(self, *words: str) -> Commanded:
        """Type `tael batch …` in a process of its own."""
        program = [sys.executable, "-m", "tael", "batch", *words, "--json"]
        began = time.perf_counter()
        with subprocess.Popen(  # noqa: S603 - this very Python
            program, env=dict(self.settings), stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            said = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, program)
        return Commanded(json.loads(said), seconds, used.ru_maxrss / 1024)


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
    place.ask(do="settle", records=size.records, accounts=size.accounts, seed=size.seed)
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


def payouts(place: Place) -> Iterator[Step]:
    """Write the payout file of many withdrawals and take the bank's answer, by the commands of the terminal."""
    size = place.size
    place.tell(f"{size.payouts:,} withdrawals")
    place.ask(do="apply", payouts=size.payouts)
    place.arena.tidy()
    with tempfile.TemporaryDirectory() as folder:
        sheet, answer = f"{folder}/sent.xlsx", f"{folder}/answer.xlsx"
        made = place.command("make", "--currency", "CNY", "--channel", "Alipay").answer
        number = str(made["data"][0]["number"])
        place.command("check", number)
        place.tell("the payout file")
        did = place.command("export", number, "--to", sheet)
        wrong = () if did.answer["rows"] == size.payouts else (f"rows: {did.answer['rows']:,}",)
        yield Step(
            f"payout file of {size.payouts:,} rows written",
            size.payouts,
            did.seconds,
            goal=FILE_GOAL_SECONDS,
            memory=did.memory,
            wrong=wrong,
        )
        place.ask(do="fill", sheet=sheet, answer=answer)
        place.tell("its answer")
        did = place.command("import", number, answer)
        done = did.answer["paid"] + did.answer["failed"]
        yield Step(
            f"result file of {size.payouts:,} rows imported",
            size.payouts,
            did.seconds,
            goal=ANSWER_GOAL_SECONDS,
            memory=did.memory,
            wrong=() if done == size.payouts else (f"done: {done:,}",),
        )


PARTS: Final[Mapping[str, Callable[[Place], Iterator[Step]]]] = {
    "bills": bills,
    "payouts": payouts,
}


def _in_words(size: Size) -> dict[str, str]:
    facts = {name: f"{value:,}" for name, value in dataclasses.asdict(size).items()}
    return facts | {"load average": ""}
