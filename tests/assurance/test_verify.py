"""A csv export is proven without a database, and every change of it is found."""

from __future__ import annotations

import csv
import hashlib
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from assurance.histories import random_history
from tael.assurance.csv_form import COLUMNS
from tael.assurance.export import export_journal
from tael.assurance.verify import NAMED, verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


Rows = list[dict[str, str]]


_MADE: dict[str, str] = {}


def _history(request: pytest.FixtureRequest) -> str:
    """One export for all tests of this file, made by the first that asks."""
    if not _MADE:
        connection = request.getfixturevalue("connection")
        random_history(connection, 21, entries=60)
        out = StringIO()
        export_journal(connection, "csv", out)
        _MADE["csv"] = out.getvalue()
    return _MADE["csv"]


@pytest.fixture
def exported(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "journal.csv"
    path.write_text(_history(request), encoding="utf-8", newline="")
    return path


def changed(path: Path, change: Callable[[Rows], None]) -> Path:
    """The same file after somebody has been at it."""
    rows = list(csv.DictReader(StringIO(path.read_text("utf-8"))))
    change(rows)
    new = path.with_name("changed.csv")
    with new.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return new


def minor(row: dict[str, str], column: str, by: int) -> None:
    """Raise an amount by so many minor units."""
    decimals = len(row[column].partition(".")[2])
    value = int(row[column].replace(".", "")) + by
    digits = str(abs(value)).rjust(decimals + 1, "0")
    point = f".{digits[-decimals:]}" if decimals else ""
    row[column] = f"{'-' if value < 0 else ''}{digits[: len(digits) - decimals]}{point}"


def test_an_export_is_proven(exported: Path) -> None:
    verdict = verify(exported)

    assert verdict.ok, verdict.faults
    assert verdict.entries >= 60
    assert verdict.postings == len(exported.read_text("utf-8").splitlines()) - 1
    assert verdict.currencies == ("CNY", "JPY", "NULL", "PT2", "XBT")
    assert verdict.from_the_start
    assert verdict.sha256 == hashlib.sha256(exported.read_bytes()).hexdigest()


def test_rows_written_again_unchanged_are_proven_too(exported: Path) -> None:
    assert verify(changed(exported, lambda _: None)).ok


def _amount(rows: Rows) -> None:
    minor(rows[10], "amount", 1)


def _balance(rows: Rows) -> None:
    minor(rows[10], "balance_after", 1)


def _gone(rows: Rows) -> None:
    del rows[10]


def _entry_gone(rows: Rows) -> None:
    number = rows[10]["entry"]
    rows[:] = [row for row in rows if row["entry"] != number]


def _twice(rows: Rows) -> None:
    rows.insert(11, dict(rows[10]))


def _exchanged(rows: Rows) -> None:
    rows[10], rows[11] = rows[11], rows[10]


def _chain(rows: Rows) -> None:
    row = next(row for row in rows if int(row["version"]) > 1)
    row["prev"] = str(int(row["prev"]) - 1)


def _version(rows: Rows) -> None:
    row = next(row for row in rows if int(row["version"]) > 1)
    row["version"] = str(int(row["version"]) + 1)


def _account(rows: Rows) -> None:
    row = next(row for row in rows if int(row["version"]) > 1)
    row["account_code"] = "another"


def _class(rows: Rows) -> None:
    row = next(row for row in rows if int(row["version"]) > 1)
    row["class"] = "house" if row["class"] != "house" else "client"


def _words(rows: Rows) -> None:
    rows[1]["info"] = "something else"


def _decimals(rows: Rows) -> None:
    row = [row for row in rows if row["currency"] == "CNY"][5]
    row["amount"] += "0"


def _number(rows: Rows) -> None:
    rows[3]["posting"] = "ten"


def _reversal(rows: Rows) -> None:
    back = next(row for row in rows if row["reverses"])
    original = next(
        r for r in rows if r["entry"] == back["reverses"] and r["account"] == back["account"]
    )
    minor(original, "amount", 1 if original["amount"].startswith("-") else -1)


def _redirected(rows: Rows, to: str | None = None) -> None:
    """Let a reversal take back the first entry, or another: its own original looks untouched then."""
    number = next(row["entry"] for row in rows if row["reverses"])
    for row in rows:
        if row["entry"] == number:
            row["reverses"] = to or rows[0]["entry"]


def _later(rows: Rows) -> None:
    _redirected(rows, rows[-1]["entry"])


def _missing(rows: Rows) -> None:
    _redirected(rows, "0")


def _endless(rows: Rows) -> None:
    rows[10]["amount"] = "1" * 5000


@pytest.mark.rule("I1", "I9", "I10", "I12", "T18")
@pytest.mark.parametrize(
    "change",
    [
        _amount,
        _balance,
        _gone,
        _entry_gone,
        _twice,
        _exchanged,
        _chain,
        _version,
        _account,
        _class,
        _words,
        _decimals,
        _number,
        _reversal,
        _redirected,
        _later,
        _missing,
        _endless,
    ],
)
def test_every_change_is_found(exported: Path, change: Callable[[Rows], None]) -> None:
    verdict = verify(changed(exported, change))

    assert not verdict.ok
    assert all(fault.message for fault in verdict.faults)


def test_a_fault_names_its_line(exported: Path) -> None:
    verdict = verify(changed(exported, _amount))

    assert 12 in {fault.line for fault in verdict.faults}  # one for the heading, eleven rows


def test_what_was_taken_back_beyond_itself_is_found_across_the_file(exported: Path) -> None:
    messages = [fault.message for fault in verify(changed(exported, _reversal)).faults]

    assert any("more of entry" in message for message in messages), messages


@pytest.mark.parametrize(
    "content",
    [b"", b"entry,posting\n1,2\n", b"\xff\xfe\x00", b'"never closed', b"PK\x03\x04"],
    ids=["empty", "other heading", "bytes", "open quote", "archive"],
)
def test_a_file_that_is_no_export_is_a_fault_and_no_crash(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)

    assert not verify(path).ok


def test_lines_of_garbage_are_counted_and_only_some_are_named(exported: Path) -> None:
    with exported.open("a", encoding="utf-8", newline="") as out:
        out.writelines(f"garbage {number}\n" for number in range(500))

    verdict = verify(exported)

    assert verdict.found >= 500
    assert len(verdict.faults) == NAMED


@pytest.mark.rule("I11", "T18")
def test_an_older_export_is_a_witness(exported: Path, tmp_path: Path) -> None:
    lines = exported.read_text("utf-8").splitlines(keepends=True)
    old = tmp_path / "old.csv"
    old.write_text("".join(lines[:40]), encoding="utf-8")

    assert verify(exported, against=old).ok
    rewritten = changed(exported, _words_of_a_whole_entry)
    assert verify(rewritten).ok  # by itself it is consistent
    assert not verify(rewritten, against=old).ok


def test_a_book_whose_end_was_cut_off_is_found_by_an_older_export(
    exported: Path, tmp_path: Path
) -> None:
    rows = list(csv.DictReader(StringIO(exported.read_text("utf-8"))))
    last = rows[-1]["entry"]
    shorter = changed(exported, lambda all_rows: _drop(all_rows, last))

    assert verify(shorter).ok
    assert not verify(shorter, against=exported).ok


def _words_of_a_whole_entry(rows: Rows) -> None:
    number = rows[4]["entry"]
    for row in rows:
        if row["entry"] == number:
            row["info"] = "something else"


def _drop(rows: Rows, number: str) -> None:
    rows[:] = [row for row in rows if row["entry"] != number]


def test_a_part_of_a_book_is_proven_from_its_first_lines(db: object, tmp_path: Path) -> None:
    with db.app() as connection:  # type: ignore[attr-defined]
        random_history(connection, 22, entries=30)
        connection.commit()
        row = connection.execute("SELECT clock_timestamp()").fetchone()
        random_history(connection, 23, entries=30)
        connection.commit()
        path = tmp_path / "part.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            export_journal(connection, "csv", out, since=row[0])

    verdict = verify(path)

    assert verdict.ok, verdict.faults
    assert not verdict.from_the_start
