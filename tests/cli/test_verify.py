"""`tael verify`."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from assurance.histories import random_history
from tael.assurance.export import export_journal
from tael.cli.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg


@pytest.fixture
def exported(connection: psycopg.Connection, tmp_path: Path) -> Path:
    random_history(connection, 42, entries=15)
    out = StringIO()
    export_journal(connection, "csv", out)
    path = tmp_path / "journal.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(verify, [str(argument) for argument in arguments])


def test_a_right_file_ends_with_0_and_names_its_digest(exported: Path) -> None:
    done = run(exported)

    assert done.exit_code == 0, done.output
    assert "The file is right." in done.output
    assert "sha256 " in done.output


def test_a_wrong_file_ends_with_1_and_names_the_line(exported: Path) -> None:
    lines = exported.read_text("utf-8").splitlines(keepends=True)
    exported.write_text("".join(lines[:5] + lines[6:]), encoding="utf-8")

    done = run(exported)

    assert done.exit_code == 1
    assert "line " in done.output
    assert "does not sum to zero" in done.output


def test_an_older_file_is_compared(exported: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.csv"
    old.write_text(exported.read_text("utf-8") + "one more\n", encoding="utf-8")

    done = run(exported, "--against", old)

    assert done.exit_code == 1
    assert "of old.csv is not in this file any more" in done.output


def test_a_hostile_file_cannot_write_to_the_terminal(exported: Path) -> None:
    text = exported.read_text("utf-8")
    exported.write_text(text.replace(",client,", ",\x1b[2J,", 1), encoding="utf-8")

    assert "\x1b" not in run(exported).output


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = run(tmp_path / "none.csv")

    assert done.exit_code == 2
    assert "does not exist" in done.output
