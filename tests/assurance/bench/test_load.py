"""The load generator: it sends what it is given, waits for whole answers, and counts them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, repeat

import pytest

from tael.assurance.bench.load import UnexpectedAnswerError, ask

REQUEST = b"POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.path.strip("/")
        if kind == "hang-up":
            self.close_connection = True
            return
        self.send_response(404 if kind == "absent" else 201)
        body = b"x" * 100_000 if kind == "large" else b"{}"
        if kind == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"2\r\n{}\r\n0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def to(path: bytes) -> Iterator[bytes]:
    return repeat(REQUEST.replace(b"hello", path))


@pytest.mark.parametrize("kind", [b"hello", b"chunked", b"large"])
def test_every_answer_is_read_whole_and_counted(port: int, kind: bytes):
    answers = ask("127.0.0.1", port, to(kind), connections=3, seconds=0.05)

    assert set(answers.statuses) == {201}
    assert answers.statuses.total() == len(answers.latencies) >= 3
    assert max(answers.latencies) <= answers.seconds
    assert answers.sample.startswith(b"HTTP/1.1 201")


def test_each_connection_has_one_request_out_at_a_time(port: int):
    sent = count()
    requests = (REQUEST for _ in iter(sent.__next__, None))

    answers = ask("127.0.0.1", port, requests, connections=4, seconds=0)

    assert answers.statuses.total() == 4
    assert next(sent) == 4


def test_statuses_are_told_apart(port: int):
    assert ask("127.0.0.1", port, to(b"absent"), connections=1, seconds=0).statuses == {404: 1}


def test_a_server_that_hangs_up_is_an_error(port: int):
    with pytest.raises(UnexpectedAnswerError):
        ask("127.0.0.1", port, to(b"hang-up"), connections=1, seconds=0)
