"""Asking a business system over HTTP: whatever it does, the question ends soon and nothing false is taken."""

from __future__ import annotations

import time
import urllib.parse
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction

from settlement.business_system import BusinessSystem, a_business_system, answer
from tael.postgres.connect import Databases
from tael.settlement.asking.signed_ask import ANSWER_BYTES
from tael.settlement.asking.source_signature import signature, signed_source_headers
from tael.settlement.completeness import source_adapter_http
from tael.settlement.completeness.source_adapter import ListMalformed, SourceUnanswered
from tael.settlement.completeness.source_adapter_http import HttpAdapter

DAY = date(2026, 10, 14)
SECRET = "srcs_known-to-both"
QUICK = 0.5


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[BusinessSystem]:
    monkeypatch.setenv("TAEL_SOURCES_TO_PRIVATE", "1")
    with a_business_system() as system:
        system.secret = SECRET
        yield system


def asking(shop: BusinessSystem, **given: Any) -> HttpAdapter:
    usual = {"address": shop.address, "secret": SECRET, "seconds": QUICK, "pauses": ()}
    return HttpAdapter("shop", **usual | given)


def some(count: int, day: date = DAY) -> list[dict[str, Any]]:
    return [{"number": f"W-{place}", "day": day.isoformat()} for place in range(count)]


@pytest.mark.rule("B-14")
def test_all_pages_of_a_day_are_asked_for_and_each_question_is_signed(shop: BusinessSystem) -> None:
    shop.acts = some(5) + some(1, date(2026, 10, 15))

    acts = asking(shop).acts_of(DAY)

    assert [act.facts["number"] for act in acts] == ["W-0", "W-1", "W-2", "W-3", "W-4"]
    assert acts[2].place == "page 2, act 1"
    assert [asked.get("cursor") for asked in shop.asked] == [None, "2", "4"]
    assert shop.asked[0] == {"from": "2026-10-14", "to": "2026-10-14", "limit": "1000"}


def test_the_signature_is_over_method_path_query_and_time() -> None:
    headers = signed_source_headers(
        source="shop", secret=SECRET, target="/acts?a=1", at=datetime(2026, 10, 14, tzinfo=UTC)
    )
    expected = signature(
        secret=SECRET, method="GET", path="/acts", query="a=1", timestamp="1791936000"
    )
    assert headers["Tael-Signature"] == expected
    assert (headers["Tael-Source"], headers["Tael-Timestamp"]) == ("shop", "1791936000")


def test_an_address_that_has_a_query_keeps_it(shop: BusinessSystem) -> None:
    shop.acts = some(1)

    acts = asking(shop, address=f"{shop.address}?tenant=3").acts_of(DAY)

    assert len(acts) == 1
    assert shop.asked[0]["tenant"] == "3"


@pytest.mark.parametrize("wrong", [{"secret": "srcs_another"}, {"ahead": 301}, {"ahead": -301}])
def test_another_secret_and_a_clock_that_is_wrong_are_refused_by_the_other_side(
    shop: BusinessSystem, wrong: dict[str, Any]
) -> None:
    shop.acts = some(1)
    shop.ahead = wrong.pop("ahead", 0)

    with pytest.raises(SourceUnanswered) as refused:
        asking(shop, pauses=(0.01,), **wrong).acts_of(DAY)

    assert refused.value.there == "status 401"
    assert len(shop.asked) == 1, "asking again would not help"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_system_that_is_busy_is_asked_again_and_then_given_up(
    shop: BusinessSystem, status: int
) -> None:
    slept: list[float] = []
    shop.answer = lambda handler: answer(handler, {}, status=status)

    with pytest.raises(SourceUnanswered) as refused:
        asking(shop, pauses=(1.0, 4.0), sleep=slept.append).acts_of(DAY)

    assert (len(shop.asked), slept) == (3, [1.0, 4.0])
    assert refused.value.there == f"status {status}"
    assert refused.value.retry


def test_a_system_that_recovers_is_taken_at_its_word(shop: BusinessSystem) -> None:
    shop.acts = some(1)

    def once(handler: Any) -> None:
        shop.answer = None
        answer(handler, {}, status=503)

    shop.answer = once

    assert len(asking(shop, pauses=(0.01,)).acts_of(DAY)) == 1


def test_a_redirect_is_not_followed(shop: BusinessSystem) -> None:
    def redirect(handler: Any) -> None:
        handler.send_response(302)
        handler.send_header("Location", shop.address)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    shop.answer = redirect

    with pytest.raises(SourceUnanswered, match="gave no list"):
        asking(shop).acts_of(DAY)
    assert len(shop.asked) == 1


def silent(handler: Any) -> None:
    time.sleep(QUICK * 3)


def dripping(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        time.sleep(0.05)


def hanging_up(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"acts": []')
    handler.close_connection = True


def promising_more_than_there_is_room_for(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "9" * 30)
    handler.end_headers()
    handler.wfile.write(b'{"acts": []}')
    handler.close_connection = True


def dripping_without_an_end(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    handler.wfile.write(b'{"acts": []}')
    for _ in range(100):
        handler.wfile.write(b" ")
        time.sleep(0.05)


def test_a_system_that_hangs_up_after_its_answer_has_answered(shop: BusinessSystem) -> None:
    def answers_and_goes(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(b'{"acts": [{"number": "W-1"}]}')
        handler.close_connection = True

    shop.answer = answers_and_goes

    assert len(asking(shop).acts_of(DAY)) == 1


@pytest.mark.parametrize(
    "badly",
    [
        silent,
        dripping,
        dripping_without_an_end,
        hanging_up,
        promising_more_than_there_is_room_for,
    ],
)
def test_a_slow_and_a_broken_answer_are_cut_off_and_are_no_list(
    shop: BusinessSystem, badly: Any
) -> None:
    shop.answer = badly
    begun = time.monotonic()

    with pytest.raises(SourceUnanswered):
        asking(shop).acts_of(DAY)

    assert time.monotonic() - begun < QUICK + 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"acts": {}}',
        b'{"acts": null}',
        b'{"items": []}',
        b'{"acts": [], "next": 5}',
        b'{"acts": [], "next": "a b"}',
        b'{"acts": [NaN]}',
        b'{"acts": [' + b"1" * 5000 + b"]}",
        b'{"acts": [' * 20000,
        b'\xff\xfe{"acts": []}',
        b'{"acts": [' + b",".join([b"{}"] * 1001) + b"]}",
    ],
)
def test_what_is_no_list_is_refused_whole(shop: BusinessSystem, raw: bytes) -> None:
    shop.answer = lambda handler: answer(handler, None, raw=raw)

    with pytest.raises(ListMalformed):
        asking(shop).acts_of(DAY)


def test_a_page_above_4_mb_is_refused(shop: BusinessSystem) -> None:
    shop.answer = lambda handler: answer(handler, None, raw=b" " * (ANSWER_BYTES + 1))

    with pytest.raises(ListMalformed, match="too long"):
        asking(shop, seconds=10).acts_of(DAY)


@pytest.mark.parametrize("told", [5, "W-1", None, [], {"number": ["W-1"]}])
def test_an_act_that_is_no_object_is_left_to_who_reads_it(shop: BusinessSystem, told: Any) -> None:
    shop.answer = lambda handler: answer(handler, {"acts": [told]})

    (act,) = asking(shop).acts_of(DAY)

    assert act.place == "page 1, act 1"


def test_a_list_that_repeats_a_cursor_has_no_end_and_is_refused(shop: BusinessSystem) -> None:
    shop.answer = lambda handler: answer(handler, {"acts": some(1), "next": "again"})

    with pytest.raises(ListMalformed, match="repeats a cursor"):
        asking(shop).acts_of(DAY)
    assert len(shop.asked) == 2


def test_a_list_of_pages_without_end_is_refused(
    shop: BusinessSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_adapter_http, "PAGES_MAX", 20)

    def endless(handler: Any) -> None:
        answer(handler, {"acts": some(1), "next": f"c{len(shop.asked)}"})

    shop.answer = endless
    with pytest.raises(ListMalformed, match="more than 20 pages"):
        asking(shop).acts_of(DAY)

    monkeypatch.setattr(source_adapter_http, "ACTS_MAX", 5)
    with pytest.raises(ListMalformed, match="more than 5 acts"):
        asking(shop).acts_of(DAY)


def test_a_private_address_is_not_asked_unless_the_operator_allows_it(
    shop: BusinessSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAEL_SOURCES_TO_PRIVATE")
    port = urllib.parse.urlsplit(shop.address).port

    with pytest.raises(SourceUnanswered) as plain:
        asking(shop).acts_of(DAY)
    with pytest.raises(SourceUnanswered) as private:
        asking(shop, address=f"https://127.0.0.1:{port}/acts").acts_of(DAY)

    assert "https" in plain.value.message
    assert private.value.there == "127.0.0.1"
    assert shop.asked == []


def test_nobody_is_asked_inside_a_transaction(db: Databases, shop: BusinessSystem) -> None:
    with transaction.atomic(), pytest.raises(AssertionError):
        asking(shop).acts_of(DAY)
    assert shop.asked == []


def test_the_secret_is_not_in_what_is_printed_of_it(shop: BusinessSystem) -> None:
    assert SECRET not in repr(asking(shop))
