"""Who asks too fast is told when to come again, and nobody else notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from api.client import Caller, a_key, amount
from builders import figures
from tael.parties.pace import Pace, forget_paces

if TYPE_CHECKING:
    from tael.postgres.connect import Databases
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("T23")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch):
    def bound(**sorts: int) -> None:
        paces = {name: Pace(name, most, 600.0) for name, most in sorts.items()}
        monkeypatch.setattr(settings, "PACES", {**settings.PACES, **paces})

    return bound


def test_a_key_that_asks_ten_times_too_fast_is_refused_and_the_next_key_is_not(
    db: Databases, slow
) -> None:
    slow(api=20)
    hasty, calm = a_key("wallets:read"), a_key("wallets:read")

    replies = [hasty.get("/wallets") for _ in range(200)]

    assert [reply.status for reply in replies] == [200] * 20 + [429] * 180
    assert replies[-1].code == "too_many_requests"
    assert replies[-1].body["retry"] is True
    assert 1 <= int(replies[-1].headers["Retry-After"]) <= 30
    assert calm.get("/wallets").status == 200


def test_a_refused_request_moves_nothing_and_uses_no_key_up(
    house: Caller, wallet: Wallet, slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"wallet": wallet.number, "amount": amount("5.00")}
    before = figures(wallet)
    slow(api=1)
    house.get("/wallets")

    assert house.post("/deduct", body, key="k-1").status == 429
    assert figures(wallet) == before
    monkeypatch.undo()
    forget_paces()  # as if he had waited
    assert house.post("/deduct", body, key="k-1").status == 201


def test_wrong_keys_are_slowed_down_and_good_ones_from_there_are_served(
    db: Databases, slow
) -> None:
    slow(strangers=5)
    good = a_key("wallets:read")

    statuses = [Caller("tael_" + "x" * 43).get("/wallets").status for _ in range(10)]

    assert statuses == [401] * 5 + [429] * 5
    assert good.get("/wallets").status == 200


def test_notices_are_counted_by_their_address(db: Databases, slow) -> None:
    slow(callbacks=3)

    replies = [Caller(None).send("POST", "/callbacks/Alipay", {}) for _ in range(6)]

    assert [reply.status == 429 for reply in replies] == [False] * 3 + [True] * 3


def test_the_journal_is_bounded_as_a_file(db: Databases, slow) -> None:
    slow(files=2)
    reader = a_key("books:read")

    statuses = [reader.get("/journal", format="csv").status for _ in range(4)]

    assert statuses == [200, 200, 429, 429]


def test_whether_the_server_lives_may_be_asked_at_any_pace(db: Databases, slow) -> None:
    slow(api=1, strangers=1)

    assert {Caller(None).get("/health").status for _ in range(20)} == {200}


@pytest.mark.parametrize("limit", ["0", "-1", "201", "100000", "9" * 30])
def test_a_page_beyond_200_is_refused(house: Caller, limit: str) -> None:
    reply = house.get("/wallets", limit=limit)

    assert (reply.status, reply.body["field"]) == (422, "limit")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b"[" * 10_000 + b"]" * 10_000,
    ],
    ids=["objects", "lists in an object", "lists"],
)
def test_a_depth_of_ten_thousand_is_refused(house: Caller, raw: bytes) -> None:
    reply = house.send("POST", "/recharge", raw, key="new")

    assert (reply.status, reply.code) == (400, "body_malformed")


def test_a_list_of_a_hundred_thousand_is_refused(house: Caller) -> None:
    reply = house.send("POST", "/batch", b'{"items":[' + b"{}," * 99_999 + b"{}]}")

    assert (reply.status, reply.code) == (422, "request_invalid")
