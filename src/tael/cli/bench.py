"""`tael bench`: measure the books beside their yardsticks, on this machine, and print one table."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tael.assurance.bench import growth as growing
from tael.assurance.bench import memory as soaking
from tael.assurance.bench import pages as paging
from tael.assurance.bench import program
from tael.assurance.bench import settlement as settling

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.assurance.bench.page_report import PageReport
    from tael.assurance.bench.report import Report
    from tael.assurance.bench.settlement_report import SettlementReport

# what every kind of run is told
_SEED = click.option("--seed", type=int, default=1, show_default=True, help="Of pairs and amounts.")
_DATABASE = click.option(
    "--database", "url", help="Your own server: a role that may make databases."
)
_FILE = click.option("--json", "file", type=click.Path(path_type=Path), help="Write it there too.")
_MARKDOWN = click.option("--markdown", is_flag=True, help="Print the table as the docs show it.")
_OPTIONS = (
    _SEED,
    _DATABASE,
    _FILE,
    _MARKDOWN,
    click.option(
        "--seconds",
        type=click.FloatRange(min=0, min_open=True),
        help="How long each contender runs in a round.",
    ),
    click.option(
        "--rounds", type=click.IntRange(min=1), help="How many rounds; the median counts."
    ),
)


def _told(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("bench", invoke_without_command=True)
@click.option("--quick", is_flag=True, help="Short rounds and a short history.")
@click.option("--only", default=",".join(program.WORKLOADS), help="Workloads, for example W1,W3.")
@_told
@click.pass_context
def bench(context: click.Context, /, *, quick: bool, only: str, **told: Any) -> None:
    """Measure posting and reading beside what the database does without rules, in one run.

    A database is made for it and removed afterwards; yours are not touched. Without --database an
    embedded server runs for as long as the measurement takes, with commits on disk.
    """
    if context.invoked_subcommand is not None:
        return
    workloads = [name.strip().upper() for name in only.split(",") if name.strip()]
    unknown = [name for name in workloads if name not in program.WORKLOADS]
    if unknown or not workloads:
        known = "; ".join(f"{name}: {what}" for name, what in program.WORKLOADS.items())
        raise click.BadParameter(f"there is no {', '.join(unknown)}. {known}", param_hint="--only")
    size = _size(program.QUICK if quick else program.Size(), told)
    _give(
        program.run(url=told["url"], size=size, seed=told["seed"], only=workloads, tell=_tell), told
    )


@bench.command("growth")
@click.option("--postings", type=click.IntRange(min=1), default=50_000_000, show_default=True)
@_told
def growth(*, postings: int, **told: Any) -> None:
    """Measure W1 on a young book and on one of many postings, in turns."""
    size = _size(program.Size(), told)
    url, seed = told["url"], told["seed"]
    _give(growing.run(url=url, postings=postings, size=size, seed=seed, tell=_tell), told)


@bench.command("memory")
@click.option("--minutes", type=click.FloatRange(min=0), default=10.0, show_default=True)
@_told
def memory(*, minutes: float, **told: Any) -> None:
    """Post for some minutes and look at the memory of the process that posts."""
    size = _size(program.Size(), told)
    url, seed = told["url"], told["seed"]
    _give(soaking.run(url=url, minutes=minutes, size=size, seed=seed, tell=_tell), told)


@bench.command("pages")
@click.option("--entries", type=click.IntRange(min=1), default=1_000_000, show_default=True)
@click.option("--long", type=click.IntRange(min=0), help="Lines of one wallet; a fifth of them.")
@click.option("--settled", type=click.IntRange(min=1), help="Lines of one merchant account.")
@click.option("--customers", type=click.IntRange(min=2), default=3_000, show_default=True)
@click.option("--things", type=click.IntRange(min=1), default=1_000, show_default=True)
@click.option("--requests", type=click.IntRange(min=1), default=40, show_default=True)
@click.option("--warm-up", type=click.IntRange(min=0), default=3, show_default=True)
@_SEED
@_DATABASE
@_FILE
@_MARKDOWN
def pages(*, long: int | None, settled: int | None, **told: Any) -> None:
    """Ask for every page of both sites when there is a long history, and fail when one is slow.

    Goal: 95 of 100 requests for a page within 300 ms. --things is how many orders, withdrawals, holds
    and refunds there are of each; --settled, unless said, is three tenths of --entries.
    """
    names = ("entries", "customers", "things", "requests", "warm_up", "seed")
    chosen = {name: told[name] for name in names}
    chosen["long"] = told["entries"] // 5 if long is None else long
    chosen["settled"] = settled or max(told["entries"] * 3 // 10, 1)
    size = paging.Size(**chosen)
    _give(paging.run(url=told["url"], size=size, tell=_tell), told)


@bench.command("settlement")
@click.option("--records", type=click.IntRange(min=1), default=1_000_000, show_default=True)
@click.option("--accounts", type=click.IntRange(min=1), default=10_000, show_default=True)
@click.option("--payouts", type=click.IntRange(min=1), default=50_000, show_default=True)
@click.option("--only", default=",".join(settling.PARTS), show_default=True, help="Parts of it.")
@_SEED
@_DATABASE
@_FILE
@_MARKDOWN
def settlement(*, only: str, **told: Any) -> None:
    """Settle a large platform's month, and fail when it takes too long or too much memory.

    Goals on two cores: 1,000,000 business records into 10,000 bills within 3 minutes and 500 MB.
    """
    parts = [name.strip() for name in only.split(",") if name.strip()]
    unknown = [name for name in parts if name not in settling.PARTS]
    if unknown or not parts:
        known = ", ".join(settling.PARTS)
        raise click.BadParameter(f"there is no {', '.join(unknown)}; {known}", param_hint="--only")
    names = [field.name for field in dataclasses.fields(settling.Size)]
    size = settling.Size(**{name: told[name] for name in names})
    _give(settling.run(url=told["url"], size=size, only=parts, tell=_tell), told)


def _size(size: program.Size, told: dict[str, Any]) -> program.Size:
    return dataclasses.replace(
        size,
        seconds=told["seconds"] or size.seconds,
        rounds=told["rounds"] or size.rounds,
    )


def _give(report: Report | PageReport | SettlementReport, told: dict[str, Any]) -> None:
    file: Path | None = told["file"]
    if file is not None:
        file.write_text(json.dumps(report.as_dict(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    click.echo(report.markdown() if told["markdown"] else report.text())
    if report.faults:
        raise SystemExit(1)


def _tell(what: str) -> None:
    """Say what is going on, on the other channel, so that the table can be redirected."""
    click.echo(what, err=True)
