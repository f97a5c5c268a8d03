"""A load generator for HTTP that costs little: one thread, so many connections kept open, one request each.

It shares the machine with the server it measures, so it does no more than it must.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_END_OF_HEAD: Final = b"\r\n\r\n"
_LAST_CHUNK: Final = b"0\r\n\r\n"
_PATIENCE_SECONDS: Final = 60.0


class UnexpectedAnswerError(RuntimeError):
    """The server closed the connection, or does not answer."""


class Answers(NamedTuple):
    """What came back: statuses with their counts, seconds from first request to last answer, and of each."""

    statuses: Counter[int]
    seconds: float
    latencies: list[float]
    sample: bytes


class _Conversation:
    """One connection: the request that is out and what has come back so far."""

    __slots__ = ("arrived", "began", "socket")

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), timeout=_PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.arrived = b""
        self.began = 0.0

    def ask(self, request: bytes) -> None:
        self.arrived = b""
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def hear(self) -> bytes | None:
        """Take what has come; give the answer once it is whole."""
        part = self.socket.recv(65_536)
        if not part:
            message = f"the server closed the connection after {self.arrived[:200]!r}"
            raise UnexpectedAnswerError(message)
        self.arrived = self.arrived + part if self.arrived else part
        head = self.arrived.find(_END_OF_HEAD)
        if head < 0:
            return None
        length = _LENGTH.search(self.arrived, 0, head + 2)
        if length is None:  # then it comes in chunks, the last one empty
            return self.arrived if self.arrived.endswith(_LAST_CHUNK) else None
        whole = head + len(_END_OF_HEAD) + int(length[1])
        return self.arrived if len(self.arrived) >= whole else None


def ask(
    host: str, port: int, requests: Iterator[bytes], *, connections: int, seconds: float
) -> Answers:
    """Send requests over so many connections, each as soon as the one before it is answered."""
    open_ones = [_Conversation(host, port) for _ in range(connections)]
    by_number = {one.socket.fileno(): one for one in open_ones}
    poll = select.poll()
    for number in by_number:
        poll.register(number, select.POLLIN)
    statuses: Counter[int] = Counter()
    latencies: list[float] = []
    sample = b""
    began = now = time.perf_counter()
    for one in open_ones:
        one.ask(next(requests))
    waiting = connections
    try:
        while waiting:
            ready = poll.poll(_PATIENCE_SECONDS * 1000)
            if not ready:
                message = f"no answer for {_PATIENCE_SECONDS:.0f} s"
                raise UnexpectedAnswerError(message)
            for number, _ in ready:
                one = by_number[number]
                answer = one.hear()
                if answer is None:
                    continue
                now = time.perf_counter()
                sample = answer
                statuses[int(answer[9:12])] += 1
                latencies.append(now - one.began)
                if now - began < seconds:
                    one.ask(next(requests))
                else:
                    waiting -= 1
    finally:
        for one in open_ones:
            one.socket.close()
    return Answers(statuses, now - began, latencies, sample)
