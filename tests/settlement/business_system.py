"""A business system on this machine: a real HTTP server that lists acts as it is told, well or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tael.settlement.asking.source_signature import signature

CLOCK_SECONDS = 300


class BusinessSystem:
    """Keeps acts by day and lists them in pages; checks the signature and the time of each question.

    Args:
        answer: what it does instead of answering well; a function of the request's handler.
        ahead: seconds by which its clock is wrong.
    """

    def __init__(self) -> None:
        self.acts: list[dict[str, Any]] = []
        self.page_size = 2
        self.secret = ""
        self.ahead = 0.0
        self.answer: Callable[[Any], None] | None = None
        self.asked: list[dict[str, str]] = []
        system = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                system.asked.append({name: each[0] for name, each in parse_qs(query).items()})
                if system.answer is not None:
                    system.answer(self)
                elif not system.signed(self.headers, path, query):
                    answer(self, {"error": "not signed"}, status=401)
                else:
                    answer(self, system.page(system.asked[-1]))

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
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/acts"

    def signed(self, headers: Any, path: str, query: str) -> bool:
        told = headers["Tael-Timestamp"]
        expected = signature(
            secret=self.secret, method="GET", path=path, query=query, timestamp=told
        )
        fresh = abs(time.time() + self.ahead - int(told)) <= CLOCK_SECONDS
        return fresh and headers["Tael-Signature"] == expected

    def page(self, asked: dict[str, str]) -> dict[str, Any]:
        wanted = [act for act in self.acts if asked["from"] <= act["day"] <= asked["to"]]
        begin = int(asked.get("cursor", "0"))
        end = begin + min(self.page_size, int(asked["limit"]))
        more = {"next": str(end)} if end < len(wanted) else {"next": None}
        return {"acts": wanted[begin:end], **more}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def answer(handler: Any, told: object, *, status: int = 200, raw: bytes | None = None) -> None:
    """Answer a request with JSON, or with these very bytes."""
    body = json.dumps(told).encode() if raw is None else raw
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def a_business_system() -> Iterator[BusinessSystem]:
    system = BusinessSystem()
    try:
        yield system
    finally:
        system.close()
