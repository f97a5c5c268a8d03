"""One request: whatever the other side does, it ends soon, reads little and follows nobody (T25)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from outbox.receiving import Receiver, closed_port, dripping, dripping_heads, forever, silent
from tael.outbox import address
from tael.outbox.send import KEPT_MAX, READ_MAX, Answer, send

QUICK = 0.5  # seconds


def sent(url: str, seconds: float = QUICK) -> Answer:
    return send(url, body=b"{}", headers={"X-Test": "1"}, seconds=seconds)


def test_a_receiver_that_says_2xx_has_it(receiver: Receiver) -> None:
    receiver.answer = 204

    answer = sent(receiver.url)

    assert answer.delivered
    ((path, headers, body),) = receiver.came
    assert (path, body, headers["X-Test"]) == ("/hooks", b"{}", "1")
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"


def test_the_answer_of_a_receiver_that_hangs_up_after_it_is_kept(receiver: Receiver) -> None:
    def answers_and_goes(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(b"thank you")
        handler.close_connection = True

    receiver.answer = answers_and_goes

    answer = sent(receiver.url)

    assert (answer.status, answer.kept) == (200, "thank you")


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
def test_any_other_status_is_a_failure(receiver: Receiver, status: int) -> None:
    receiver.answer = status

    answer = sent(receiver.url)

    assert (answer.status, answer.delivered, answer.gone) == (status, False, status == 410)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    def redirect(handler: Any) -> None:
        handler.send_response(status)
        handler.send_header("Location", receiver.url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.answer = redirect

    answer = sent(receiver.url)

    assert not answer.delivered
    assert "redirects" in answer.problem
    assert len(receiver.came) == 1


@pytest.mark.parametrize("answering", [dripping, dripping_heads, silent])
def test_an_answer_that_drips_or_does_not_come_is_cut_off(
    receiver: Receiver, answering: Any
) -> None:
    receiver.answer = answering
    begun = time.monotonic()

    answer = sent(receiver.url)

    assert time.monotonic() - begun < QUICK + 1
    assert answer.milliseconds < (QUICK + 1) * 1000
    assert answer.delivered is (answering is dripping), "the status had come in time"


def test_an_answer_without_end_is_read_to_64_kb_and_shown_to_2(receiver: Receiver) -> None:
    written: list[int] = []

    def counting(handler: Any) -> None:
        handler.connection.setsockopt(1, 7, 4096)  # SO_SNDBUF: what is not read is not written
        try:
            forever(handler)
        finally:
            written.append(len(receiver.came))

    receiver.answer = counting

    answer = sent(receiver.url, seconds=5)

    assert answer.delivered
    assert len(answer.kept) <= KEPT_MAX
    assert answer.milliseconds < 4000


def test_a_head_without_end_counts_towards_the_64_kb(receiver: Receiver) -> None:
    def heads(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(90):
            handler.wfile.write(f"X-{number}: {'y' * 2000}\r\n".encode())
        handler.wfile.write(b"Content-Length: 0\r\n\r\n")

    receiver.answer = heads

    answer = sent(receiver.url, seconds=5)

    assert READ_MAX < 90 * 2000
    assert answer.kept == ""
    assert answer.milliseconds < 4000


def test_nobody_there_and_no_http_are_said(to_private: None, receiver: Receiver) -> None:
    receiver.answer = lambda handler: handler.wfile.write(b"good day\r\n")

    assert "Refused" in sent(f"http://127.0.0.1:{closed_port()}/").problem
    assert not sent(receiver.url).delivered


def test_a_private_address_is_not_even_knocked_at(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAEL_WEBHOOKS_TO_PRIVATE")

    answer = sent(f"https://127.0.0.1:{receiver.port}/")

    assert answer.problem.startswith("webhook_address_private")
    assert receiver.came == []


def test_a_name_that_points_elsewhere_a_moment_later_changes_nothing(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the name is looked up once, and its certificate is checked by name, not by address."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        found = "127.0.0.1" if len(asked) == 1 else "192.0.2.1"
        return [(address.socket.AF_INET, 1, 6, "", (found, port))]

    monkeypatch.setattr(address.socket, "getaddrinfo", look_up)

    answer = sent(f"http://hooks.example:{receiver.port}/hooks")

    assert answer.delivered
    assert asked == ["hooks.example"]
    assert receiver.came[0][1]["Host"] == f"hooks.example:{receiver.port}"


def test_a_receiver_that_speaks_no_tls_is_a_failure(receiver: Receiver) -> None:
    assert not sent(f"https://127.0.0.1:{receiver.port}/").delivered
