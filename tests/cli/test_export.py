"""`tael export`."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from assurance.histories import random_history
from tael.assurance.verify import verify
from tael.cli import export

if TYPE_CHECKING:
    from pathlib import Path

    from tael.postgres.connect import Databases


@pytest.fixture(autouse=True)
def this_database(db: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "opened_database", lambda: nullcontext(db))
    with db.app() as connection:
        random_history(connection, 41, entries=15)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(export.export, arguments)


def test_a_file_is_written_and_can_be_proven(tmp_path: Path) -> None:
    path = tmp_path / "journal.csv"

    done = run("-o", str(path))

    assert done.exit_code == 0, done.output
    verdict = verify(path)
    assert verdict.ok
    assert done.stderr == f"{verdict.entries} entries\n"
    assert [file.name for file in tmp_path.iterdir()] == ["journal.csv"]


def test_without_a_file_it_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "journal.csv"
    run("-o", str(path))

    assert run().stdout == path.read_text("utf-8")
    assert run("--format", "hledger").stdout.startswith("; The journal of the book ledger.")
    assert 'option "title" "Tael"' in run("--format", "beancount").stdout


def test_days_are_of_booking_and_the_last_one_is_included() -> None:
    rows = run().stdout.splitlines()
    today = rows[1].split(",")[1][:10]

    assert run("--from", today, "--to", today).stdout.splitlines() == rows
    assert run("--to", "2000-01-01").stdout.splitlines() == rows[:1]
    assert run("--from", "2999-01-01").stdout.splitlines() == rows[:1]


def test_bad_wishes_are_refused_in_a_sentence(tmp_path: Path) -> None:
    for arguments, said in (
        (("--from", "2026-02-02", "--to", "2026-02-01"), "--from is after --to"),
        (("--from", "yesterday"), "does not match the format"),
        (("--book", "other"), "there are ledger"),
        (("--format", "xls"), "is not one of"),
        (("-o", str(tmp_path / "no" / "such" / "folder.csv")), "cannot be written"),
    ):
        done = run(*arguments)
        assert done.exit_code != 0
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_broken_export_leaves_the_old_file_as_it_was(tmp_path: Path, db: Databases) -> None:
    path = tmp_path / "journal.csv"
    path.write_text("old", encoding="utf-8")
    with db.owner() as owner:
        owner.execute("ALTER TABLE ledger.account RENAME TO lost")
        owner.commit()
        done = run("-o", str(path))
        owner.execute("ALTER TABLE ledger.lost RENAME TO account")
        owner.commit()

    assert done.exit_code != 0
    assert path.read_text("utf-8") == "old"
    assert len(list(tmp_path.iterdir())) == 1
