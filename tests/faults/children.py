"""Children of the test's process, to be killed: they have loaded what a program of their own loads for 0.7 s."""

from __future__ import annotations

import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Final

from django.db import connections

KEPT: Final[list[object]] = []


@dataclass
class Child:
    """A process, and what it writes."""

    pid: int
    out: IO[str]
    code: int | None = None

    def poll(self) -> int | None:
        """How it ended, if it has: the code, or less than nothing for a signal."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code

    def wait(self, seconds: float = 60.0) -> int:
        """How it ends."""
        deadline = time.monotonic() + seconds
        while (code := self.poll()) is None:
            assert time.monotonic() < deadline, "it does not end"
            time.sleep(0.002)
        self.out.close()
        return code


def forked(work: Callable[..., Any], *given: Any) -> Child:
    """Let a child do something, over connections of its own to the database of the test; it may `say` something."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the other thread is of pytest-xdist
        pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, os.fdopen(reading))
    code = 1
    try:
        os.dup2(writing, 1)
        KEPT.append(connections["default"])  # the test's process goes on with it
        del connections["default"]
        work(*given)
        code = 0
    except BaseException:  # noqa: BLE001 - the test runs in the other process
        with suppress(OSError):  # a full disk may be under test
            traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


def say(word: object) -> None:
    """Write a line for the one who has forked."""
    os.write(1, f"{word}\n".encode())
