"""Programs beside each other: what ends comes back, what ends for ever is said, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tael.cli import children
from tael.cli.children import Children, ProgramWillNotStay
from tael.postgres.child import Child


class Sleeper:
    """A program that does nothing, or ends at once, or does not want to end; with a child of its own."""

    def __init__(self, name: str, code: str = "import time; time.sleep(600)") -> None:
        self.name = name
        self.code = code
        self.pids: list[int] = []

    def start(self) -> Child:
        child = Child([sys.executable, "-c", self.code], dies_by=signal.SIGKILL)
        self.pids.append(child.pid)
        return child

    def wait_until_up(self, child: Child) -> None:
        """It is up when it is there."""


@pytest.fixture
def running() -> Iterator[Children]:
    kept = Children()
    yield kept
    kept.stop()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def look_until(running: Children, holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        running.look_after()
        time.sleep(0.02)


def test_a_program_that_is_killed_comes_back_and_its_neighbour_does_not_notice(
    running: Children, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = Sleeper("worker"), Sleeper("web server")
    running.start(one)
    running.start(other)

    os.kill(one.pids[0], signal.SIGKILL)
    look_until(running, lambda: len(one.pids) == 2)

    assert len(other.pids) == 1
    assert alive(other.pids[0])
    assert running.pids() == {"worker": one.pids[1], "web server": other.pids[0]}
    assert "The worker ended with -9" in capsys.readouterr().err


def test_a_program_that_ends_again_and_again_is_given_up(
    running: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "FIRST_PAUSE", 0.01)
    broken = Sleeper("worker", "raise SystemExit(3)")
    running.start(broken)

    with pytest.raises(ProgramWillNotStay, match="ended with 3, 6 times"):
        look_until(running, lambda: False)

    assert len(broken.pids) == children.RESTARTS + 1


def test_stopping_ends_all_of_them_also_one_that_does_not_want_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(children, "PATIENCE_AT_STOP", 0.5)
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    programs = [Sleeper("one"), Sleeper("two", stubborn), Sleeper("three")]
    running = Children()
    for program in programs:
        running.start(program)

    begun = time.monotonic()
    running.stop()

    assert time.monotonic() - begun < 10
    assert not any(alive(pid) for program in programs for pid in program.pids)


def test_what_a_program_started_goes_with_it(running: Children) -> None:
    code = (
        "import subprocess, sys, time;"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print(p.pid, flush=True); time.sleep(600)"
    )
    read, write = os.pipe()

    class Parent(Sleeper):
        def start(self) -> Child:
            with os.fdopen(write, "wb") as output:
                child = Child(
                    [sys.executable, "-c", self.code], dies_by=signal.SIGKILL, output=output
                )
            self.pids.append(child.pid)
            return child

    running.start(Parent("server", code))
    with os.fdopen(read) as said:
        grandchild = int(said.readline())
    running.stop()

    deadline = time.monotonic() + 5
    while alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(grandchild)
