"""A program that receives webhooks: a real HTTP server, which answers as it is told and keeps what came."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import transaction

from tael.outbox.announce import Event, announce

STAFF = "user:10000"


class Receiver:
    """Answers by `answer`, a status or a function that gets the request's handler."""

    def __init__(self) -> None:
        self.answer: int | Callable[[Any], None] = 200
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.came.append((self.path, dict(self.headers), body))
                if callable(receiver.answer):
                    receiver.answer(self)
                    return
                self.send_response(receiver.answer)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:  # the other side has cut us off, as it should
                    self.close_connection = True

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Say nothing: being cut off is what some tests are about."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def events(self) -> list[str]:
        return [headers["webhook-id"] for _, headers, _ in self.came]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.close()


def now() -> datetime:
    """The time, as the worker reads it."""
    return datetime.now(UTC)  # noqa: TID251 - a test is a door


def later(**ahead: float) -> Callable[[], datetime]:
    """A clock that goes ahead."""
    from datetime import timedelta

    return lambda: now() + timedelta(**ahead)


def an_event(source: str = "order:1:created", kind: str = "order.created") -> None:
    """Announce something that happened."""
    with transaction.atomic():
        announce(Event(kind, source, now(), {"number": 1, "text": "兩"}))


def forever(handler: Any) -> None:
    """An answer without an end."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 1024)


def dripping(handler: Any) -> None:
    """An answer of which a byte comes now and then."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def dripping_heads(handler: Any) -> None:
    """An answer whose head never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        handler.wfile.write(f"X-{number}: 1\r\n".encode())
        time.sleep(0.05)


def silent(handler: Any) -> None:
    """No answer at all."""
    time.sleep(3)
    handler.close_connection = True


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number
