"""The child that reads is bounded in time and memory, sees no secrets, and its end is a refusal."""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import openpyxl
import pytest

from sheet_files import (
    a_csv,
    a_large_xlsx,
    saved,
)
from tael.sheets import (
    SheetsBusy,
    SheetTooHeavy,
    SheetUnreadable,
    limits,
    read,
    read_sheet,
)

pytestmark = [pytest.mark.rule("T15"), pytest.mark.usefixtures("by_a_child")]


def test_the_child_is_ended_when_it_takes_too_long() -> None:
    data = a_large_xlsx(20_000, 10)
    began = time.monotonic()

    with pytest.raises(SheetTooHeavy, match="too long"):
        read_sheet(data, name="x", seconds=0.5)

    assert time.monotonic() - began < 10


def test_the_child_has_no_more_memory_than_allowed() -> None:
    """The limits are the child's own from its first line on."""
    program = (
        "import resource; from tael.sheets.child import limit_this_process as limit; limit()\n"
        "print(*(resource.getrlimit(each)[0] for each in (resource.RLIMIT_AS, resource.RLIMIT_CPU)))\n"
        "b'x' * (600 * 1024 * 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout.split() == [str(512 * 1024 * 1024), "30"]
    assert "MemoryError" in done.stderr


def test_a_child_that_ends_badly_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("import os; os.abort()", "import os; os.kill(os.getpid(), 9)", "print('[]')"):
        fake = _Child(program)
        with monkeypatch.context() as patch:
            patch.setattr(read.subprocess, "Popen", fake)
            with pytest.raises(SheetTooHeavy):
                read_sheet(b"a,b\n", name="x")
        assert fake.started


class _Child:
    """Starts a program of the test's instead of the reader."""

    def __init__(self, program: str) -> None:
        self.program, self.started = program, False
        self.real = subprocess.Popen

    def __call__(self, _: list[str], **given):
        self.started = True
        return self.real([sys.executable, "-c", self.program], **given)


def test_the_child_sees_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAEL_SECRET_KEY", "do not tell")
    seen: dict[str, dict[str, str]] = {}
    real = subprocess.Popen

    def watched(arguments, **given):
        seen["env"] = given["env"]
        return real(arguments, **given)

    monkeypatch.setattr(read.subprocess, "Popen", watched)
    read_sheet(b"a\n1\n", name="x")

    assert set(seen["env"]) <= {"LC_ALL", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT"}


def test_who_waits_too_long_for_others_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "WAIT_SECONDS", 0.01)
    held = [read._CHILDREN.acquire() for _ in range(limits.AT_ONCE_MAX)]
    try:
        with pytest.raises(SheetsBusy):
            read_sheet(b"a\n1\n", name="x")
    finally:
        for _ in held:
            read._CHILDREN.release()


def test_the_reader_itself_grows_by_at_most_64_megabytes() -> None:
    """Measured in a process of its own, from the upload in hand to the last row seen."""
    program = (
        "import resource, sys\n"
        "from tael.sheets import read_sheet\n"
        "data = sys.stdin.buffer.read()\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        "sheet = read_sheet(data, name='x')\n"
        "rows = sum(len(row.cells) for row in sheet)\n"
        "print(len(sheet), rows, peak() - before)\n"
    )
    data = a_csv([[f"c{place}" for place in range(20)]] + [["0123456"] * 20 for _ in range(50_000)])
    done = subprocess.run(
        [sys.executable, "-c", program], input=data, capture_output=True, check=True
    )

    rows, cells, grown = map(int, done.stdout.split())
    assert (rows, cells) == (50_000, 1_000_000)
    assert grown <= 64 * 1024, f"{grown} KiB"


def test_the_tests_own_limit_is_not_touched() -> None:
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


def test_a_workbook_without_sheets_of_cells_is_refused() -> None:
    book = openpyxl.Workbook()
    with pytest.raises(SheetUnreadable, match="nothing in the sheet"):
        read_sheet(saved(book), name="x")
