"""Notices are sent until the merchant has understood, each attempt signed anew."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from sandbox.conftest import NOW, SECRET, asked
from tael.sandbox import delivery
from tael.sandbox.notices import Sending, change_habits, facts_of, plan, release
from tael.sandbox.payment import begin_payment, pay
from tael.sandbox.signature import sign_notice

SEEN_AGAIN = "http://127.0.0.1:{}/elsewhere"


class Shop:
    """A merchant who answers as he is told, and keeps what came."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): text for name, text in self.headers.items()}
                shop.seen.append((self.path, headers, body))
                status, answer = shop.answers.pop(0) if shop.answers else (200, b"success")
                self.send_response(status)
                if status == 302:
                    self.send_header("location", SEEN_AGAIN.format(shop.port))
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.close()


def a_payment(house, shop, **changes):
    url = f"http://127.0.0.1:{shop.port}/told"
    return begin_payment(house, asked(notify_url=url, **changes), now=NOW)


def send(house, now: float = NOW) -> int:
    with httpx.Client(trust_env=False) as client, ThreadPoolExecutor(4) as hands:
        return delivery.send_due(house, client, hands, now=now)


def notices(house) -> list[tuple[str, int]]:
    rows = house.store.rows("SELECT * FROM notice ORDER BY id")
    return [(row["state"], row["attempts"]) for row in rows]


def make_due(house) -> None:
    with house.store.change() as change:
        change.execute("UPDATE notice SET due = 0")


def test_a_notice_that_is_understood_is_sent_once(house, shop):
    pay(house, a_payment(house, shop)["token"], None, now=NOW)

    assert (send(house), send(house, NOW + 1e9)) == (1, 0)

    path, headers, body = shop.seen[0]
    expected = sign_notice(SECRET, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    assert (path, headers["webhook-signature"]) == ("/told", expected)
    assert notices(house) == [("delivered", 1)]


def test_an_address_that_is_none_is_tried_like_one_where_nobody_answers(house):
    row = begin_payment(house, asked(notify_url="http://xn--/told"), now=NOW)
    pay(house, row["token"], None, now=NOW)

    assert send(house) == 1
    assert notices(house) == [("waiting", 1)]


@pytest.mark.parametrize(
    "answer", [(200, b"ok"), (200, b""), (500, b"success"), (404, b""), (302, b"success")]
)
def test_any_other_answer_is_none_and_no_redirect_is_followed(house, shop, answer):
    shop.answers = [answer]
    pay(house, a_payment(house, shop)["token"], None, now=NOW)

    send(house)
    assert notices(house) == [("waiting", 1)]
    assert send(house) == 0  # not before its pause is over
    make_due(house)
    send(house)

    assert notices(house) == [("delivered", 2)]
    assert [path for path, _, _ in shop.seen] == ["/told"] * 2
    assert len({headers["webhook-id"] for _, headers, _ in shop.seen}) == 1


def test_after_the_last_pause_it_is_given_up(house, shop):
    shop.answers = [(500, b"")] * 9
    pay(house, a_payment(house, shop)["token"], None, now=NOW)

    for _ in range(5):
        send(house)
        make_due(house)

    assert notices(house) == [("given_up", 3)]


def test_a_merchant_who_is_not_there_is_tried_again(house, shop):
    pay(house, begin_payment(house, asked(), now=NOW)["token"], None, now=NOW)

    send(house)

    assert notices(house) == [("waiting", 1)]
    assert house.store.rows("SELECT * FROM attempt")[0]["answer"] == "ConnectError"


def test_copies_go_out_under_one_event_and_silence_until_it_is_let_go(house, shop):
    change_habits(house.store, copies=3, keep_back=True)
    for order in ("R1", "R2"):
        pay(house, a_payment(house, shop, order=order)["token"], None, now=NOW)
    assert send(house) == 0

    assert release(house.store, now=NOW, newest_first=True) == 6
    for second in range(6):
        send(house, NOW + second)

    told = [headers["webhook-id"] for _, headers, _ in shop.seen]
    assert told == [told[0]] * 3 + [told[3]] * 3
    assert [b'"R2"' in body for _, _, body in shop.seen] == [True] * 3 + [False] * 3


def test_a_late_notice_is_sent_when_its_time_has_come(house, shop):
    change_habits(house.store, copies=1, keep_back=False, after=90)
    pay(house, a_payment(house, shop)["token"], None, now=NOW)

    assert (send(house, NOW + 89), send(house, NOW + 90)) == (0, 1)


def test_what_an_operator_composed_is_sent_once_whatever_is_answered(house, shop):
    shop.answers = [(500, b"")] * 9
    row = a_payment(house, shop)
    facts = facts_of(row, status="paid", amount="1.00", at=NOW)
    with house.store.change() as change:
        plan(change, row, facts, Sending(seal="missing", after=60), now=NOW)

    assert (send(house), send(house, NOW + 60), send(house, NOW + 999)) == (0, 1, 0)
    assert "webhook-signature" not in shop.seen[0][1]
    assert notices(house) == [("given_up", 1)]
