"""A child ends when its parent does, and not because of one of its threads."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from tael.postgres.child import Child, watch

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
PARENT = (
    "import signal, sys\n"
    "from tael.postgres.child import Child\n"
    "child = Child([sys.executable, '-c', \"import time; print('up', flush=True); time.sleep(600)\"],"
    " dies_by=signal.SIGTERM)\n"
    "sys.stdin.read()\n"
)


def test_a_child_is_signalled_and_its_end_is_known() -> None:
    child = Child(SLEEP, dies_by=signal.SIGTERM)
    assert child.exit_code is None
    assert not child.wait(0)

    child.signal(signal.SIGTERM)

    assert child.wait(20)
    assert child.exit_code == -signal.SIGTERM
    child.signal(signal.SIGTERM)  # of no effect any more


def test_a_program_that_is_not_there_is_an_error_at_once() -> None:
    with pytest.raises(FileNotFoundError):
        Child(["/nonexistent/program"], dies_by=signal.SIGTERM)


def test_a_child_outlives_the_thread_that_asked_for_it() -> None:
    children: list[Child] = []
    thread = threading.Thread(target=lambda: children.append(Child(SLEEP, dies_by=signal.SIGTERM)))
    thread.start()
    thread.join()

    assert not children[0].wait(0.3)
    children[0].signal(signal.SIGKILL)
    assert children[0].wait(20)


def test_a_child_ends_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"

    parent.kill()

    assert parent.stdout.read() == b""  # the child held the pipe open as long as it lived
    parent.communicate()


def test_the_watcher_signals_when_the_pipe_breaks() -> None:
    """What serves where the kernel does not: macOS and the BSDs."""
    child = Child(SLEEP, dies_by=signal.SIGTERM)
    # a signal that a shell which starts us behind itself does not switch off
    watcher = watch(child.pid, signal.SIGUSR1)
    assert watcher.stdin is not None

    watcher.stdin.close()

    assert child.wait(20)
    watcher.wait()
