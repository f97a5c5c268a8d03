"""What a request must bring before anybody looks at what it asks."""

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


NO_KEYS = [
    None,
    "",
    "Bearer",
    "Bearer ",
    "Bearer tael_" + "x" * 43,
    "Bearer tael_" + "é" * 43,
    "Basic dGFlbDp0YWVs",
    "tael_" + "x" * 43,
]


@pytest.mark.rule("T14")
def test_a_request_without_a_valid_key_is_refused(db: Databases) -> None:
    for shown in NO_KEYS:
        headers = {} if shown is None else {"Authorization": shown}

        reply = Caller(None).send("GET", "/wallets", headers=headers)

        assert (reply.status, reply.code) == (401, "unauthenticated"), shown
        assert reply.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.rule("T14")
def test_a_missing_scope_is_named(db: Databases) -> None:
    reply = a_key("wallets:read").post("/recharge", {})

    assert (reply.status, reply.code) == (403, "scope_missing")
    assert reply.body["allowed"] == "operations:recharge"


@pytest.mark.rule("T11")
def test_an_unknown_query_parameter_is_refused(house: Caller) -> None:
    reply = house.get("/wallets", ownr=1)

    assert (reply.status, reply.code) == (400, "query_parameter_refused")
    assert reply.body["field"] == "ownr"
    assert "owner" in reply.body["allowed"]


@pytest.mark.rule("T11")
def test_a_query_parameter_stands_once(house: Caller) -> None:
    reply = house.get("/wallets?limit=1&limit=2")

    assert (reply.status, reply.body["field"]) == (400, "limit")


@pytest.mark.rule("T11")
def test_dry_run_is_true_or_false_and_only_where_money_moves(house: Caller) -> None:
    assert house.post("/recharge", {}, dry_run="1").code == "query_parameter_refused"
    assert house.post("/customers", {"name": "x"}, key=None, dry_run="true").status == 400


@pytest.mark.rule("T14")
def test_who_may_not_come_in_learns_nothing_about_the_rest(db: Databases) -> None:
    anonymous = Caller(None)

    replies = [
        anonymous.send("POST", "/recharge", b"{", content_type="text/plain"),
        anonymous.send("POST", "/recharge?x=1", b"{}", key="k"),
        anonymous.get("/wallets/100001"),
        anonymous.get("/wallets/999999"),
    ]

    assert {(reply.status, reply.code) for reply in replies} == {(401, "unauthenticated")}


def test_health_needs_no_key_and_no_database() -> None:
    reply = Caller(None).get("/health")

    assert (reply.status, reply.body) == (200, {"status": "ok"})


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch):
    def bound(**sorts: int) -> None:
        paces = {name: Pace(name, most, 600.0) for name, most in sorts.items()}
        monkeypatch.setattr(settings, "PACES", {**settings.PACES, **paces})

    return bound


@pytest.mark.rule("T23")
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


@pytest.mark.rule("T23")
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


@pytest.mark.rule("T23")
def test_wrong_keys_are_slowed_down_and_good_ones_from_there_are_served(
    db: Databases, slow
) -> None:
    slow(strangers=5)
    good = a_key("wallets:read")

    statuses = [Caller("tael_" + "x" * 43).get("/wallets").status for _ in range(10)]

    assert statuses == [401] * 5 + [429] * 5
    assert good.get("/wallets").status == 200


@pytest.mark.rule("T23")
def test_notices_are_counted_by_their_address(db: Databases, slow) -> None:
    slow(callbacks=3)

    replies = [Caller(None).send("POST", "/callbacks/Alipay", {}) for _ in range(6)]

    assert [reply.status == 429 for reply in replies] == [False] * 3 + [True] * 3


@pytest.mark.rule("T23")
def test_the_journal_is_bounded_as_a_file(db: Databases, slow) -> None:
    slow(files=2)
    reader = a_key("books:read")

    statuses = [reader.get("/journal", format="csv").status for _ in range(4)]

    assert statuses == [200, 200, 429, 429]


@pytest.mark.rule("T23")
def test_whether_the_server_lives_may_be_asked_at_any_pace(db: Databases, slow) -> None:
    slow(api=1, strangers=1)

    assert {Caller(None).get("/health").status for _ in range(20)} == {200}


@pytest.mark.rule("T23")
@pytest.mark.parametrize("limit", ["0", "-1", "201", "100000", "9" * 30])
def test_a_page_beyond_200_is_refused(house: Caller, limit: str) -> None:
    reply = house.get("/wallets", limit=limit)

    assert (reply.status, reply.body["field"]) == (422, "limit")


@pytest.mark.rule("T23")
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


@pytest.mark.rule("T23")
def test_a_list_of_a_hundred_thousand_is_refused(house: Caller) -> None:
    reply = house.send("POST", "/batch", b'{"items":[' + b"{}," * 99_999 + b"{}]}")

    assert (reply.status, reply.code) == (422, "request_invalid")
