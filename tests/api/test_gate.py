"""What a request must bring before anybody looks at what it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.client import Caller, a_key

if TYPE_CHECKING:
    from tael.postgres.connect import Databases


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
