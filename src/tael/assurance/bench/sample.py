"""What one round of one contender measured, and the clock that measures it.

The clock runs only while the contender works: what it is fed is made while the clock stands.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from psycopg import Connection

_PROC = Path("/proc")
_NANOSECONDS = 1e-9
_BACKENDS = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One round.

    Args:
        done: how many transfers, reads or operations.
        seconds: of the clock.
        client: seconds of processor time of this process.
        server: the same of the database's processes; None where they cannot be seen.
        latencies: seconds each call took, where calls were timed one by one.
    """

    done: int
    seconds: float
    client: float
    server: float | None
    latencies: tuple[float, ...] = field(default=(), repr=False)

    @property
    def rate(self) -> float:
        """Give how many a second."""
        return self.done / self.seconds

    def quantile(self, part: float) -> float:
        """Give the time, in milliseconds, that this part of the calls stayed within."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)] * 1000


class Contender(Protocol):
    """Whatever is measured: a way of posting, a yardstick, a way of reading."""

    name: str

    def run(self, seconds: float) -> Sample:
        """Work until the clock has run for so long."""
        ...


class Backends:
    """The database's processes that work for this run, and the processor time they have used."""

    def __init__(self, observer: Callable[[], Connection[Any]]) -> None:
        """Take what opens a connection to look through; its own process is not counted."""
        self._open = observer
        self._observer: Connection[Any] | None = None

    def seconds(self) -> dict[int, float]:
        """Give what each of them has used so far; nothing where the server runs elsewhere."""
        if self._observer is None:
            self._observer = self._open()
            self._observer.autocommit = True
        pids = [pid for (pid,) in self._observer.execute(_BACKENDS).fetchall()]
        spent = {pid: _processor_seconds(pid) for pid in pids}
        return {pid: seconds for pid, seconds in spent.items() if seconds is not None}

    @staticmethod
    def between(before: dict[int, float], after: dict[int, float]) -> float | None:
        """Give what was used in between, also by those that were not there before."""
        if not after:
            return None
        return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def _processor_seconds(pid: int) -> float | None:
    """Read the run time of a PostgreSQL process of this machine."""
    try:
        if (_PROC / str(pid) / "comm").read_text().strip() != "postgres":
            return None
        return int((_PROC / str(pid) / "schedstat").read_text().split()[0]) * _NANOSECONDS
    except (OSError, ValueError, IndexError):
        return None


class Stopwatch:
    """Adds up laps. Server time is read at both ends only: nothing else keeps our backends busy."""

    def __init__(self, backends: Backends) -> None:
        """Stand at zero."""
        self._backends = backends
        self._server_before = backends.seconds()
        self.done = 0
        self.seconds = 0.0
        self.client = 0.0

    @contextmanager
    def lap(self, work: int) -> Iterator[None]:
        """Time one piece of work."""
        began, cpu = time.perf_counter(), time.process_time()
        yield
        self.seconds += time.perf_counter() - began
        self.client += time.process_time() - cpu
        self.done += work

    def sample(self, latencies: Sequence[float] = ()) -> Sample:
        """Give what the laps add up to."""
        server = Backends.between(self._server_before, self._backends.seconds())
        return Sample(
            done=self.done,
            seconds=self.seconds,
            client=self.client,
            server=server,
            latencies=tuple(latencies),
        )
