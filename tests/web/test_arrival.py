"""A body arrives whole or not at all, and those who are late keep nobody from work."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError

from tael.cli.serve import Site
from tael.parties.pace import TooManyRequests
from tael.web.arrival import WAITING_MAX, Arrival, BodyCutOffError
from tael.web.look.every_page import EveryPage

FORM = "application/x-www-form-urlencoded"


def asked(body, length=None, address="192.0.2.7"):
    """Give what the server says of a request."""
    stream = body if hasattr(body, "read") else io.BytesIO(body)
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/portal/pay",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": address,
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(body) if length is None else length),
        "wsgi.input": stream,
    }


class Late:
    """A body that comes when it is let go."""

    def __init__(self):
        self.waited_for, self.comes = threading.Event(), threading.Event()

    def read(self, size):
        self.waited_for.set()
        assert self.comes.wait(20)
        return b"x" * size

    readline = read


@pytest.fixture
def hands():
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.mark.rule("F-38", "T23")
def test_an_amount_that_was_cut_off_is_no_amount():
    def pay(environ, _start):
        return [WSGIRequest(environ).POST["amount"]]

    arrival = Arrival(pay, at_work=1)

    assert arrival(asked(b"amount=1000.00"), None) == ["1000.00"]
    with pytest.raises(UnreadablePostError):
        arrival(asked(b"amount=1000.00"[:-3], length=14), None)


def test_a_line_that_was_cut_off_is_no_line():
    def lines(environ, _start):
        return [environ["wsgi.input"].readline() for _ in range(2)]

    arrival = Arrival(lines, at_work=1)

    assert arrival(asked(b"one\ntwo"), None) == [b"one\n", b"two"]
    with pytest.raises(BodyCutOffError):
        arrival(asked(b"one\ntw", length=7), None)


@pytest.mark.rule("T23")
def test_who_waits_for_a_body_keeps_nobody_from_work(hands):
    rested = []
    arrival = Arrival(
        lambda environ, _: [environ["wsgi.input"].read()],
        at_work=1,
        each=2,
        rest=lambda: rested.append(1),
    )
    late = [Late(), Late()]
    waiting = [hands.submit(arrival, asked(body, length=3), None) for body in late]
    assert all(body.waited_for.wait(20) for body in late)

    assert arrival(asked(b"now", address="192.0.2.8"), None) == [b"now"]
    with pytest.raises(TooManyRequests) as refused:
        arrival(asked(b"now"), None)

    assert refused.value.wait_seconds == 5
    for body in late:
        body.comes.set()
    assert [answer.result(20) for answer in waiting] == [[b"xxx"], [b"xxx"]]
    assert len(rested) == 3
    assert arrival(asked(b"now"), None) == [b"now"]


def test_the_server_has_threads_for_both():
    command = Site("127.0.0.1", 8000, 1, 16)._command()

    assert command[command.index("--blocking-threads") + 1] == str(16 + WAITING_MAX)


@pytest.mark.rule("T23")
def test_a_page_says_that_too_many_are_on_their_way():
    def too_many(_size):
        raise TooManyRequests("Too many requests came in a short time.")

    stream = SimpleNamespace(read=too_many, readline=too_many)
    answer = EveryPage(lambda _: None).process_view(
        WSGIRequest(asked(stream, length=9)), lambda _: None, (), {}
    )

    assert answer.status_code == 429
    assert answer["Retry-After"] == "1"
