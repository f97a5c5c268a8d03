"""Child processes that end when their parent does, however the parent ends.

On Linux the kernel sends the child a signal. It counts the death of the parent's *thread*, not of its
process, so each child is started by a thread of its own, which lives as long as the child does.
Elsewhere a small watcher waits at the far end of a pipe and sends the signal when the pipe breaks.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping, Sequence

SET_PARENT_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG of linux/prctl.h
ON_LINUX: Final = sys.platform == "linux"
WATCHER: Final = (
    "import os, sys; sys.stdin.buffer.read(); os.kill(int(sys.argv[1]), int(sys.argv[2]))"
)


class Child:
    """A running program in a session of its own, so that Ctrl-C at the terminal reaches only us."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        dies_by: signal.Signals,
        output: IO[bytes] | None = None,
        environment: Mapping[str, str] | None = None,
        folder: str | os.PathLike[str] | None = None,
    ) -> None:
        """Start the program.

        Args:
            command: the program and its arguments.
            dies_by: the signal it gets when this process is gone.
            output: where its output and errors go; ours when not given.
            environment: its whole environment; ours when not given.
            folder: its working folder; ours when not given.

        Raises:
            OSError: the program cannot be started.
        """
        self._command = list(command)
        self._dies_by = dies_by
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(
            target=self._keep, args=(output, environment, folder), name="child-keeper", daemon=True
        )
        self._keeper.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure

    def _keep(
        self,
        output: IO[bytes] | None,
        environment: Mapping[str, str] | None,
        folder: str | os.PathLike[str] | None,
    ) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the caller names the program
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output is not None else None,
                env=None if environment is None else dict(environment),
                cwd=folder,
                start_new_session=True,
                preexec_fn=_asks_to_die_by(self._dies_by, parent=os.getpid()),  # noqa: PLW1509 - one C call
            )
        except OSError as failure:
            self._failure = failure
            return
        finally:
            self._started.set()
        if not ON_LINUX:
            self._watcher = watch(self._process.pid, self._dies_by)
        self._process.wait()
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.communicate()

    @property
    def pid(self) -> int:
        """The process number of the program."""
        assert self._process is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended, or None while it runs; a negative number is the signal that ended it."""
        assert self._process is not None
        return None if self._keeper.is_alive() else self._process.returncode

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the program has ended, at most so long. Say whether it has."""
        self._keeper.join(seconds)
        return not self._keeper.is_alive()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; nothing happens when it has ended."""
        assert self._process is not None
        if self._keeper.is_alive():
            self._process.send_signal(number)


def watch(pid: int, number: signal.Signals) -> subprocess.Popen[bytes]:
    """Start the watcher that signals ``pid`` when this process is gone. It holds our pipe's far end."""
    return subprocess.Popen(  # noqa: S603 - this Python, a constant text and two numbers
        [sys.executable, "-I", "-S", "-c", WATCHER, str(pid), str(int(number))],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _asks_to_die_by(number: signal.Signals, *, parent: int) -> Callable[[], None] | None:
    if not ON_LINUX:
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork: the child may not take locks

    def ask() -> None:
        prctl(SET_PARENT_DEATH_SIGNAL, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask
