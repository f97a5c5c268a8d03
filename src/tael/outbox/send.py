"""One HTTP request to an endpoint: 15 seconds in all, 64 KB of its answer, no redirects, no proxy.

Source: reliability T25; Standard Webhooks.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from tael.outbox.address import resolve
from tael.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import WriteableBuffer

    from tael.outbox.address import Target

SECONDS: Final = 15.0  # from the connection to the end of the answer
READ_MAX: Final = 64 * 1024  # bytes
KEPT_MAX: Final = 2 * 1024  # bytes of the answer that people can see
PROBLEM_MAX: Final = 300


class Answer(NamedTuple):
    """What came of one attempt.

    Args:
        status: the HTTP status, None where no answer came.
        kept: the beginning of the answer.
        problem: why it does not count as delivered; empty if it does.
    """

    status: int | None
    kept: str
    problem: str
    milliseconds: int

    @property
    def delivered(self) -> bool:
        """Tell whether the endpoint has taken the message."""
        return not self.problem

    @property
    def gone(self) -> bool:
        """Tell whether the endpoint says that it wants no more messages."""
        return self.status == http.client.GONE


def send(url: str, *, body: bytes, headers: Mapping[str, str], seconds: float = SECONDS) -> Answer:
    """Post a message to an endpoint. Never raises for what the other side does; not in a transaction.

    Args:
        seconds: for connection, request and answer together; an answer that drips is cut off.

    Source: T25.
    """
    begun = time.monotonic()
    status: int | None = None
    kept = b""
    try:
        target = resolve(url)
        status, read, _ = exchange(target, Question("POST", body, headers), seconds=seconds)
        kept = read[:KEPT_MAX]
        problem = _verdict(status)
    except Refusal as refusal:
        problem = f"{refusal.code}: {refusal.message}"
    except (OSError, http.client.HTTPException, ValueError) as failure:
        over = time.monotonic() - begun >= seconds
        problem = f"no answer within {seconds:g} s" if over else _said(failure)
    took = int((time.monotonic() - begun) * 1000)
    return Answer(status, _text(kept), problem[:PROBLEM_MAX], took)


class Question(NamedTuple):
    """What is asked of the other side.

    Args:
        most: bytes that are read of the answer, heads and all.
        whole: an answer that does not come to its end is none; otherwise its status is enough.
    """

    method: str
    body: bytes
    headers: Mapping[str, str]
    most: int = READ_MAX
    whole: bool = False


class Reply(NamedTuple):
    """What the other side said, and the heads it said it under."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class _Limited:
    """A socket from which no more than so much is read, heads and all: the rest is as if it never came."""

    def __init__(self, line: socket.socket, most: int) -> None:
        self._line = line
        self._most = most
        self.sendall = line.sendall

    def close(self) -> None:
        """Leave the line open: http.client closes its end as soon as it has read the head of a last answer."""

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_FirstBytes(self._line, self._most))


class _FirstBytes(io.RawIOBase):
    def __init__(self, line: socket.socket, most: int) -> None:
        self._line = line
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, room: WriteableBuffer) -> int:
        if not self._left:
            return 0
        got = self._line.recv_into(memoryview(room)[: self._left])
        self._left -= got
        return got


def exchange(target: Target, question: Question, *, seconds: float) -> Reply:
    """Ask once and give the answer, packed as it came; not in a transaction.

    Args:
        seconds: for connection, request and answer together.

    Raises:
        OSError, http.client.HTTPException, ValueError: no answer came, or it is none.

    Source: T25.
    """
    deadline = time.monotonic() + seconds
    with closing(socket.socket(target.family, socket.SOCK_STREAM)) as plain:
        plain.settimeout(seconds)
        plain.connect((target.address, target.port))
        connection = http.client.HTTPConnection(target.host, target.port, timeout=seconds)
        line = _secured(plain, target) if target.secure else plain
        with closing(line), closing(connection):
            connection.sock = _Limited(line, question.most)
            # a limit on each step alone lets an answer of one byte a second go on for ever
            left = max(deadline - time.monotonic(), 0.001)
            end = threading.Timer(left, _cut_off, [line])
            end.daemon = True
            end.start()
            try:
                if isinstance(line, ssl.SSLSocket):
                    line.do_handshake()
                return _ask(connection, target, question, deadline)
            finally:
                end.cancel()


def _secured(plain: socket.socket, target: Target) -> ssl.SSLSocket:
    """Wrap the socket; the certificate must be the name's, not the address's."""
    return ssl.create_default_context().wrap_socket(
        plain, server_hostname=target.host, do_handshake_on_connect=False
    )


def _ask(
    connection: http.client.HTTPConnection,
    target: Target,
    question: Question,
    deadline: float,
) -> Reply:
    connection.putrequest(question.method, target.path, skip_host=True, skip_accept_encoding=True)
    for name, text in {
        "Host": target.host_header,
        **question.headers,
        "Content-Length": str(len(question.body)),
        "Connection": "close",
    }.items():
        connection.putheader(name, text)
    connection.endheaders(question.body)
    answer = connection.getresponse()
    if time.monotonic() >= deadline:  # it was cut off in its head, which then only seems to end
        raise TimeoutError
    if question.whole:
        whole = _whole(answer)
        if time.monotonic() >= deadline:  # as above, of an answer that ends where the line does
            raise TimeoutError
        return Reply(answer.status, whole, dict(answer.headers))
    read = b""
    with suppress(OSError, http.client.HTTPException):  # the status counts, however the body ends
        while piece := answer.read1(READ_MAX):
            read += piece
    return Reply(answer.status, read, dict(answer.headers))


def _whole(answer: http.client.HTTPResponse) -> bytes:
    """Read an answer to its end, in pieces: room for the length that it claims to have is never made."""
    read = bytearray()
    while piece := answer.read(READ_MAX):
        read += piece
    if answer.length:
        raise http.client.IncompleteRead(bytes(read), answer.length)
    return bytes(read)


def _cut_off(connected: socket.socket) -> None:
    """Wake whoever waits for this socket. Past the TLS layer, which may be in use at the moment."""
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _verdict(status: int) -> str:
    """Say why an answer is no receipt; only 2xx is one, and a redirect is not followed."""
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"answered {status}: redirects are not followed"
    return f"answered {status}"


def _said(failure: Exception) -> str:
    """Name a failure; it may repeat what the other side wrote, as that of a first line which is no HTTP."""
    return _text(f"{type(failure).__name__}: {failure}".encode("utf-8", "replace"))


def _text(kept: bytes) -> str:
    """Give the answer as text that the database can hold."""
    return kept.decode("utf-8", "replace").replace("\x00", "\ufffd")
