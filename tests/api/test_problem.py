"""A refusal over HTTP: one table of statuses, one form, and never a trace."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import psycopg
import pytest

from api.client import Caller
from tael import books
from tael.api.problem import (
    STATUS,
    DoorRefusal,
    InternalFault,
    problem,
    status_of,
    title_of,
)
from tael.ledger import InsufficientFunds, KeyInFlight, KeyReused
from tael.refusal import Refusal

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet


class Sample(Refusal):
    """The first sentence
    of the sample.

    Something else.
    """

    code = "sample"


@pytest.mark.parametrize(
    ("because", "status"),
    [
        ("invalid", 422),
        ("absent", 404),
        ("conflict", 409),
        ("forbidden", 403),
        ("busy", 503),
        ("too_often", 429),
    ],
)
def test_the_sort_of_no_gives_the_status(because: str, status: int) -> None:
    kind = type("Sampled", (Sample,), {"because": because, "code": f"sample_{because}"})

    assert status_of(kind) == status
    assert set(STATUS) == {"invalid", "absent", "conflict", "forbidden", "busy", "too_often"}


@pytest.mark.rule("I8")
def test_keys_have_statuses_of_their_own() -> None:
    assert (status_of(KeyReused), status_of(KeyInFlight)) == (422, 409)


def test_the_title_is_the_same_for_every_refusal_of_a_kind() -> None:
    assert title_of(Sample) == "The first sentence of the sample."


def test_every_fact_that_there_is_stands_in_the_problem() -> None:
    refusal = InsufficientFunds("not enough", account=7, wanted=5, available=3)

    response = problem(refusal, request_id="abc")

    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "urn:tael:refusal:insufficient_funds",
        "title": "The accounts to draw from hold less than the amount above their floor.",
        "status": 409,
        "code": "insufficient_funds",
        "detail": "not enough",
        "field": "amount",
        "rule": "F-09",
        "there": "3",
        "allowed": "at most 3",
        "remedy": "Ask for no more than is there, or bring in funds first.",
        "retry": True,
        "request_id": "abc",
    }


def test_what_is_busy_says_when_to_come_again() -> None:
    for refusal in (books.Busy("later"), KeyInFlight("later")):
        assert problem(refusal, request_id="x")["Retry-After"] == "1"
    assert "Retry-After" not in problem(Sample("no"), request_id="x")


def test_a_lone_surrogate_in_a_refusal_can_be_said() -> None:
    response = problem(Sample("no", there="a\ud800"), request_id="x")

    assert json.loads(response.content)["there"] == "a?"


def test_every_refusal_of_the_door_has_a_status() -> None:
    kinds = DoorRefusal.__subclasses__()

    assert kinds
    assert all(400 <= kind.status < 600 for kind in kinds)


def test_a_fault_shows_no_trace_and_logs_no_value(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("the secret is 4711")

    monkeypatch.setattr("tael.api.v1.health.Answer", broken)
    with caplog.at_level(logging.ERROR, logger="tael.api"):
        reply = Caller(None).get("/health")

    assert (reply.status, reply.code) == (500, InternalFault.code)
    assert reply.body["request_id"] in caplog.text
    assert "builtins.ValueError" in caplog.text
    assert "4711" not in caplog.text + reply.raw.decode()


@pytest.mark.parametrize(
    "lost",
    [psycopg.OperationalError("gone"), psycopg.errors.QueryCanceled("slow")],
)
def test_a_database_that_does_not_answer_is_503(
    lost: Exception, house: Caller, wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise lost

    monkeypatch.setattr("tael.wallet.queries.wallet_view", gone)

    reply = house.get(f"/wallets/{wallet.number}")

    assert (reply.status, reply.code) == (503, "database_unavailable")
    assert reply.headers["Retry-After"] == "1"


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/wallets/1/nothing", "/recharge/"])
def test_an_address_that_nobody_has_is_a_problem(path: str) -> None:
    reply = Caller(None).get(path or "/")

    assert (reply.status, reply.code) == (404, "no_such_address")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_a_method_that_an_address_lacks_is_a_problem(method: str) -> None:
    reply = Caller(None).send(method, "/recharge")

    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert reply.headers["Allow"] == "POST"
