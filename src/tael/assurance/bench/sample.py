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
    from collections.abc import Iterator, Sequence

    from psycopg import Connection

_PROC = Path("/proc")
_NANOSECONDS = 1e-9


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
    """The database's processes that work for us, and the processor time they have used."""

    def __init__(self) -> None:
        """Watch none yet."""
        self._pids: set[int] = set()

    def watch(self, connection: Connection[Any]) -> None:
        """Count the process behind a connection from now on."""
        self._pids.add(connection.info.backend_pid)

    def seconds(self) -> float | None:
        """Give what all of them have used so far; None where the server runs elsewhere."""
        spent = [_processor_seconds(pid) for pid in self._pids]
        return sum(second for second in spent if second is not None) if any(spent) else None


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
        before, after = self._server_before, self._backends.seconds()
        server = None if before is None or after is None else after - before
        return Sample(
            done=self.done,
            seconds=self.seconds,
            client=self.client,
            server=server,
            latencies=tuple(latencies),
        )
