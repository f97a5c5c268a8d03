"""W4: the seven wallet operations mixed, by a program of its own whose memory is looked at too.

Source: issue 2, section 6 (W4).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tael.assurance.bench.sample import Backends, Sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tael.assurance.bench.arena import Arena


class WalletProgram:
    """The other process, with the arena's database brought up to date and customers settled in it."""

    def __init__(self, arena: Arena, *, customers: int, threads: int) -> None:
        """Migrate, start the program, and let it settle the customers."""
        self.environment = environment(arena, threads=threads)
        tael("migrate", environment=self.environment)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tael.assurance.bench.wallet_process"],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            settled = self.ask(settle=customers)
        except BaseException:
            self.close()
            raise
        self.customers: list[list[int]] = settled["customers"]
        self.key: str = settled["key"]
        self.memory: tuple[float, float] | None = None

    def ask(self, **request: float) -> Any:
        """Send one request and wait for its answer."""
        streams = self._process.stdin, self._process.stdout
        assert streams[0] is not None
        assert streams[1] is not None
        streams[0].write(json.dumps(request) + "\n")
        streams[0].flush()
        line = streams[1].readline()
        if not line:
            message = f"the wallet program ended with {self._process.wait()}"
            raise RuntimeError(message)
        return json.loads(line)

    def close(self) -> None:
        """End the program."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait(30)


class Operations:
    """The seven operations mixed, from threads of the wallet program."""

    def __init__(self, arena: Arena, program: WalletProgram, *, threads: int) -> None:
        """Nothing runs yet."""
        self.name = "seven wallet operations, " + (
            "one caller" if threads == 1 else f"{threads} threads"
        )
        self._arena, self._program, self._threads = arena, program, threads

    def run(self, seconds: float) -> Sample:
        """Let the program operate."""
        before = self._arena.backends.seconds()
        did = self._program.ask(run=seconds, threads=self._threads)
        if did["failures"]:
            raise RuntimeError("; ".join(did["failures"][:3]))
        self._program.memory = did["memory"] and tuple(did["memory"])
        return Sample(
            done=len(did["latencies"]),
            seconds=did["seconds"],
            client=did["client"],
            server=Backends.between(before, self._arena.backends.seconds()),
            latencies=tuple(did["latencies"]),
        )


def environment(arena: Arena, *, threads: int) -> dict[str, str]:
    """Give the environment of a Tael program that works in the arena's database."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("TAEL_")}
    return {
        **kept,
        "TAEL_DATABASE_URL": arena.url,
        "TAEL_SECRET_KEY": "made for a benchmark only",
        "TAEL_THREADS": str(threads),
        "DJANGO_SETTINGS_MODULE": "tael.web.settings",
    }


def tael(*words: str, environment: Mapping[str, str]) -> None:
    """Run a command of Tael's to its end."""
    subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-m", "tael", *words],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
