"""W5: the seven wallet operations over HTTP, beside requests that the same server refuses before the books.

The yardstick's request goes the same way through the same server: it is routed, its key is looked up, its
body parsed and checked. It is an operation that names no wallet, so it is answered there.

Source: issue 2, section 6 (W5).
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tael.assurance.bench.load import ask
from tael.assurance.bench.machine import resident_megabytes
from tael.assurance.bench.sample import Backends, Sample
from tael.assurance.bench.traffic import uuid7

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tael.assurance.bench.arena import Arena
    from tael.assurance.bench.wallets import WalletProgram

HOST: Final = "127.0.0.1"
CONNECTIONS: Final = 32
_PATIENCE_SECONDS: Final = 90.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")
# what follows `{"amount": …, "wallet": …` in the body of each operation
_REST: Final = {
    "recharge": "",
    "deduct": "",
    "transfer": ', "target": {other}',
    "freeze": "",
    "unfreeze": ', "hold": {hold}',
    "withdraw": ', "payee": {payee}',
    "exchange": ', "target": {second}',
}


class Serving:
    """A real `tael serve`, as an operator starts it, on a free port of this machine."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        """Start it in the environment given and wait until it answers."""
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = int(probe.getsockname()[1])
        environment = dict(settings)
        environment["TAEL_PACE_API"] = "off"  # one key asks as fast as the server answers
        del environment["TAEL_THREADS"]  # as many as it takes by itself
        self._process = subprocess.Popen(  # noqa: S603 - this very Python
            [sys.executable, "-m", "tael", "serve", "--host", HOST, "--port", str(self.port)],
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.close()
                message = f"tael serve does not answer on port {self.port}"
                raise RuntimeError(message)
            time.sleep(0.1)

    def _answers(self) -> bool:
        request = f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        try:
            return (
                ask(HOST, self.port, iter([request]), connections=1, seconds=0).statuses[200] == 1
            )
        except OSError:
            return False

    def processes(self) -> list[int]:
        """Give the numbers of the server's processes."""
        found = [self._process.pid]
        parents = {int(at.name): _parent(at) for at in Path("/proc").glob("[0-9]*")}
        for pid in found:
            found.extend(child for child, parent in parents.items() if parent == pid)
        return found

    def seconds(self) -> float:
        """Give the processor time that the server's processes have used."""
        return sum(map(_processor_seconds, self.processes()))

    def memory(self) -> tuple[float, float] | None:
        """Give the memory of the largest process, now and at its peak."""
        sizes = [resident_megabytes(pid) for pid in self.processes()]
        return max((size for size in sizes if size is not None), default=None)

    def close(self) -> None:
        """Let it finish, then end it."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Site(Serving):
    """One in the wallet program's database, with whom its requests concern."""

    def __init__(self, program: WalletProgram) -> None:
        """Start it and wait until it answers."""
        self.customers, self.key = program.customers, program.key
        super().__init__(program.environment)


class Requests:
    """Requests over so many connections, each new one as soon as the one before it is answered.

    Args:
        refused: send what the server refuses before it comes to the books.
    """

    def __init__(self, arena: Arena, site: Site, *, refused: bool, seed: int) -> None:
        """Send nothing yet."""
        self.name = f"{'answered before the books' if refused else 'seven operations over HTTP'}"
        self.name += f", {CONNECTIONS} connections"
        self._arena, self._site = arena, site
        self._refused = refused
        self._chance = random.Random(seed)  # noqa: S311 - amounts of a benchmark

    def run(self, seconds: float) -> Sample:
        """Send for so long, and count the answers; any but the expected ones is a failure."""
        before, began = self._arena.backends.seconds(), self._site.seconds()
        answers = ask(
            HOST, self._site.port, self._requests(), connections=CONNECTIONS, seconds=seconds
        )
        expected = {400, 422} if self._refused else {201}
        if not set(answers.statuses) <= expected:
            message = f"{dict(answers.statuses)}: {answers.sample[-600:]!r}"
            raise RuntimeError(message)
        return Sample(
            done=answers.statuses.total(),
            seconds=answers.seconds,
            client=self._site.seconds() - began,
            server=Backends.between(before, self._arena.backends.seconds()),
            latencies=tuple(answers.latencies),
        )

    def _requests(self) -> Iterator[bytes]:
        chance, customers = self._chance, self._site.customers
        operations = list(_REST.items())
        head = (
            f"HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {self._site.key}\r\n"
            "Content-Type: application/json\r\n"
        )
        while True:
            name, rest = chance.choice(operations)
            one, other = chance.sample(customers, 2)
            wallet, second, payee, hold = one
            amount = f'{{"amount": "{chance.randint(1, 9)}.50", "currency": "CNY"}}'
            named = "" if self._refused else f', "wallet": {wallet}'
            rest = rest.format(other=other[0], second=second, payee=payee, hold=hold)
            body = f'{{"amount": {amount}, "channel": "Alipay"{named}{rest}}}'
            key = uuid7(chance.getrandbits(62))
            yield (
                f"POST /api/v1/{name} {head}Idempotency-Key: {key}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode()


def _stat(process: Path) -> list[str]:
    """Give what the system says of a process, from its state on."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(process: Path) -> int | None:
    facts = _stat(process)
    return int(facts[1]) if facts else None


def _processor_seconds(pid: int) -> float:
    facts = _stat(Path("/proc") / str(pid))
    return (int(facts[11]) + int(facts[12])) / _TICKS if facts else 0.0
