"""`tael bench` on the command line: what it refuses, prints and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tael.assurance.bench import program
from tael.cli.bench import bench
from tael.postgres.connect import Databases

TINY = program.Size(seconds=0.02, rounds=1, accounts=20, history=60)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "QUICK", TINY)


def test_an_unknown_workload_is_refused_with_the_known_ones():
    answer = CliRunner().invoke(bench, ["--only", "W1,W9"])

    assert answer.exit_code == 2
    assert "there is no W9" in answer.output
    assert "W3: the last 50 lines" in answer.output


def test_the_table_is_printed_and_the_file_written(pg: Databases, tmp_path: Path, small: None):
    file = tmp_path / "bench.json"
    url = pg.named("postgres").owner_dsn

    answer = CliRunner().invoke(
        bench, ["--quick", "--only", "w3", "--database", url, "--json", str(file)]
    )

    assert answer.exit_code == 0, answer.output
    assert "last 50 of 60 lines" in answer.stdout
    assert "round 1 of 1" in answer.stderr
    assert len(json.loads(file.read_text())["figures"]) == 3


def test_markdown_is_a_table(pg: Databases, small: None):
    url = pg.named("postgres").owner_dsn

    answer = CliRunner().invoke(
        bench, ["--quick", "--only", "W3", "--database", url, "--markdown", "--seconds", "0.01"]
    )

    assert answer.exit_code == 0, answer.output
    rows = [line for line in answer.stdout.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 3
    assert len({row.count("|") for row in rows}) == 1


def test_memory_ends_when_its_minutes_are_over(pg: Databases):
    url = pg.named("postgres").owner_dsn

    answer = CliRunner().invoke(
        bench, ["memory", "--minutes", "0", "--seconds", "0.01", "--database", url]
    )

    assert answer.exit_code == 0, answer.output
    assert "goal < 300 MB" in answer.stdout
