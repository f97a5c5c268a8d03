"""How fast somebody may ask: a burst, then a steady pace, each caller and each sort for itself."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest

from tael.parties import pace as paces
from tael.parties.pace import Pace, TooManyRequests, caller_at, forget_paces, keep_pace, parse_pace

TEN = Pace("pages", 10, 5.0)

pytestmark = pytest.mark.rule("T23")


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    forget_paces()
    yield
    forget_paces()


def let_in(pace: Pace, caller: object, *, at: float, tries: int) -> int:
    done = 0
    for _ in range(tries):
        try:
            keep_pace(pace, caller, at=at)
        except TooManyRequests:
            continue
        done += 1
    return done


def test_a_burst_is_let_in_and_the_next_one_told_to_wait() -> None:
    assert let_in(TEN, 1, at=100.0, tries=100) == 10

    with pytest.raises(TooManyRequests) as refused:
        keep_pace(TEN, 1, at=100.0)
    assert refused.value.wait_seconds == 1
    assert refused.value.allowed == "10 requests in 5 s"


def test_who_waits_as_long_as_he_was_told_is_let_in() -> None:
    slow = Pace("files", 3, 30.0)
    assert let_in(slow, 1, at=7.0, tries=4) == 3
    with pytest.raises(TooManyRequests) as refused:
        keep_pace(slow, 1, at=8.5)

    assert refused.value.wait_seconds == 9
    assert let_in(slow, 1, at=8.5 + 9, tries=5) == 1


def test_in_the_long_run_no_more_than_the_pace_is_let_in() -> None:
    done = sum(let_in(TEN, 1, at=at / 10, tries=3) for at in range(1000))

    assert (
        done == 10 + 2 * 100 - 1
    )  # the burst, and two each second of the hundred but the last instant


def test_a_refused_request_uses_nothing_up() -> None:
    let_in(TEN, 1, at=0.0, tries=1000)

    assert let_in(TEN, 1, at=5.0, tries=1000) == 10


def test_callers_and_sorts_are_counted_apart() -> None:
    let_in(TEN, 1, at=0.0, tries=100)

    assert let_in(TEN, 2, at=0.0, tries=100) == 10
    assert let_in(TEN._replace(name="forms"), 1, at=0.0, tries=100) == 10


def test_requests_at_the_same_moment_are_counted_one_by_one() -> None:
    pace, seen = Pace("api", 500, 1000.0), []
    threads = [
        Thread(target=lambda: seen.append(let_in(pace, 1, at=0.0, tries=200))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(seen) == 500


def test_strangers_without_number_take_no_memory_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paces, "KEPT_MAX", 100)
    for number in range(1000):
        keep_pace(TEN, number, at=0.0)
        assert len(paces._full_at) <= 100

    assert let_in(TEN, 999, at=0.0, tries=100) == 9  # who came last is remembered


@pytest.mark.parametrize(
    "text", ["", "0/1", "1", "1/0", "1/", "-1/2", "1.5/2", "1/2/3", "none", "1 /2", "99999999/1"]
)
def test_what_is_no_pace_is_none(text: str) -> None:
    assert parse_pace("api", text) is None


def test_no_pace_bounds_nobody() -> None:
    off = parse_pace("api", "off")
    assert off is not None

    assert let_in(off, 1, at=0.0, tries=5000) == 5000


def test_one_network_of_ipv6_is_one_caller() -> None:
    assert caller_at("2001:db8::1") == caller_at("2001:db8::ffff:2") != caller_at("2001:db8:1::1")
    assert caller_at("") == ""
    assert caller_at("no:address") == "no:address"
