"""How the body of a request arrives: whole or not at all, and nobody who works waits for it.

The server hands over what came when a connection breaks off, as if it were all: "1000.00" that was cut off
becomes "100". So a body that is shorter than announced is none.

A body may also come slowly, or never. A thread that waits for one gives its place to another that has work:
so many threads work, and more can wait. Of these one address takes only a part.

Source: reliability, T23 (slow body), F-38; ADR 10.
"""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from tael.parties.pace import TooManyRequests, caller_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Environ = dict[str, Any]

WAITING_MAX: Final = 240  # threads of a process beside those that work
EACH_MAX: Final = 60  # of them for bodies from one address
SECONDS: Final = 5  # after which a late one may be here


class BodyCutOffError(OSError):
    """The connection ended before the body did."""


class Arrival:
    """The application, with its bodies waited for outside of the threads that work.

    Args:
        at_work: threads that work at the same time.
        each: bodies of one address that may be waited for at the same time.
        rest: what a thread does before it waits: gives back what others may need.
    """

    def __init__(
        self,
        application: Callable[[Environ, Any], Iterable[bytes]],
        *,
        at_work: int,
        each: int = EACH_MAX,
        rest: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin with all places free."""
        self._application = application
        self._each = each
        self._rest = rest
        self._waiting: dict[int, str] = {}  # of each thread that waits, whose body it waits for
        self._places: SimpleQueue[None] = SimpleQueue()
        for _ in range(at_work):
            self._places.put(None)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer a request as soon as there is a place to work."""
        length = environ.get("CONTENT_LENGTH", "")
        if length.isascii() and length.isdecimal():
            environ["wsgi.input"] = Body(environ["wsgi.input"], int(length), self, environ)
        self._places.get()
        try:
            return self._application(environ, start_response)
        finally:
            self._places.put(None)

    def wait(self, read: Callable[[int], bytes], size: int, address: str) -> bytes:
        """Read from a body, and let another thread work until it is there.

        Raises:
            TooManyRequests: the address has as many late bodies as it may have.

        Source: T23.
        """
        caller = caller_at(address)
        if len(self._waiting) >= self._each and self._bodies_of(caller) >= self._each:
            refusal = TooManyRequests("Too many requests came in a short time.")
            refusal.wait_seconds = SECONDS
            raise refusal
        thread = threading.get_ident()
        self._waiting[thread] = caller
        self._rest()
        self._places.put(None)
        try:
            return read(size)
        finally:
            del self._waiting[thread]
            self._places.get()

    def _bodies_of(self, caller: str) -> int:
        return list(self._waiting.values()).count(caller)


class Body:
    """The body of one request, of which nothing is missing at its end."""

    def __init__(self, stream: Any, length: int, arrival: Arrival, environ: Environ) -> None:
        """Begin before its first byte."""
        self._stream = stream
        self._left = length
        self._arrival = arrival
        self._address = str(environ.get("REMOTE_ADDR", ""))

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, fewer only where the body ends.

        Raises:
            BodyCutOffError: it ends too early. TooManyRequests: see `Arrival.wait`.
        """
        wanted = self._left if size < 0 else min(size, self._left)
        got = self._taken(self._stream.read, wanted)
        if len(got) < wanted:
            raise BodyCutOffError
        return got

    def readline(self, size: int = -1) -> bytes:
        """Read to the end of a line, at most so many bytes.

        Raises:
            BodyCutOffError: it ends too early. TooManyRequests: see `Arrival.wait`.
        """
        wanted = self._left if size < 0 else min(size, self._left)
        got = self._taken(self._stream.readline, wanted)
        if len(got) < wanted and not got.endswith(b"\n"):
            raise BodyCutOffError
        return got

    def _taken(self, read: Callable[[int], bytes], wanted: int) -> bytes:
        if not wanted:
            return b""
        got = self._arrival.wait(read, wanted, self._address)
        self._left -= len(got)
        return got
