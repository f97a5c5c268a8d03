"""`tael bench`: measure the books beside their yardsticks, on this machine, and print one table."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tael.assurance.bench import program

if TYPE_CHECKING:
    from tael.assurance.bench.report import Report


@click.group("bench", invoke_without_command=True)
@click.option("--quick", is_flag=True, help="Short rounds and a short history: two minutes.")
@click.option("--only", default=",".join(program.WORKLOADS), help="Workloads, for example W1,W3.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="How long each contender runs in a round.",
)
@click.option("--rounds", type=click.IntRange(min=1), help="How many rounds; the median counts.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of accounts and amounts.")
@click.option("--database", "url", help="Your own server: a role that may make databases.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write everything there too.")
@click.option("--markdown", is_flag=True, help="Print the table as the README shows it.")
@click.pass_context
def bench(
    context: click.Context,
    *,
    quick: bool,
    only: str,
    seconds: float | None,
    rounds: int | None,
    seed: int,
    url: str | None,
    file: Path | None,
    markdown: bool,
) -> None:
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
    size = program.QUICK if quick else program.Size()
    size = dataclasses.replace(size, seconds=seconds or size.seconds, rounds=rounds or size.rounds)
    report = program.run(url=url, size=size, seed=seed, only=workloads, tell=_tell)
    _give(report, file=file, markdown=markdown)


def _give(report: Report, *, file: Path | None, markdown: bool) -> None:
    if file is not None:
        file.write_text(json.dumps(report.as_dict(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    click.echo(report.markdown() if markdown else report.text())
    if report.faults:
        raise SystemExit(1)


def _tell(what: str) -> None:
    """Say what is going on, on the other channel, so that the table can be redirected."""
    click.echo(what, err=True)
