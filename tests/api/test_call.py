"""The idempotency table: one key, one effect, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory

from api.client import Caller, a_key, amount
from builders import figures, in_parallel
from tael.api.call import begin
from tael.ledger import KeyInFlight

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("I8", "T5")


def test_a_post_that_moves_money_needs_a_key(house: Caller, wallet: Wallet) -> None:
    reply = house.post("/deduct", {"wallet": wallet.number, "amount": amount("1")}, key=None)

    assert (reply.status, reply.code) == (400, "idempotency_key_missing")
    assert figures(wallet)[0] == "100.00"


def test_a_key_is_visible_ascii_of_at_most_255(house: Caller, wallet: Wallet) -> None:
    body = {"wallet": wallet.number, "amount": amount("1")}

    for key in ("", " ", "a b", "鍵", "a\tb", "x" * 256):
        reply = house.send("POST", "/deduct", body, headers={"Idempotency-Key": key})

        assert (reply.status, reply.code) == (400, "idempotency_key_malformed"), key
    assert figures(wallet)[0] == "100.00"


def test_a_key_of_255_is_kept(house: Caller, wallet: Wallet) -> None:
    body = {"wallet": wallet.number, "amount": amount("1")}

    replies = [house.post("/deduct", body, key="x" * 255) for _ in range(2)]

    assert [reply.replayed for reply in replies] == [False, True]


@pytest.mark.parametrize("operation", ["recharge", "deduct", "freeze", "transfer"])
def test_a_repetition_gives_the_same_answer_and_moves_nothing(
    operation: str, house: Caller, wallet: Wallet, theirs: Wallet
) -> None:
    body = {"wallet": wallet.number, "amount": amount("10")}
    if operation == "transfer":
        body["target"] = theirs.number
    first = house.post(f"/{operation}", body, key="once")
    house.post("/deduct", {"wallet": wallet.number, "amount": amount("5")})
    after = figures(wallet)

    again = house.post(f"/{operation}", body, key="once")

    assert not first.replayed
    assert again.replayed
    assert (again.status, again.raw) == (first.status, first.raw)
    assert figures(wallet) == after


def test_another_content_under_the_key_is_refused_by_field(house: Caller, wallet: Wallet) -> None:
    body = {"wallet": wallet.number, "amount": amount("10")}
    house.post("/deduct", body, key="once")

    other_amount = house.post("/deduct", {**body, "amount": amount("11")}, key="once")
    other_info = house.post("/deduct", {**body, "info": "x"}, key="once")
    other_operation = house.post("/recharge", body, key="once")

    assert [reply.status for reply in (other_amount, other_info, other_operation)] == [422] * 3
    assert {reply.code for reply in (other_amount, other_info, other_operation)} == {"key_reused"}
    assert (other_amount.body["field"], other_info.body["field"]) == ("amount", "info")
    assert figures(wallet)[0] == "90.00"


def test_another_callers_key_is_another_key(house: Caller, wallet: Wallet) -> None:
    body = {"wallet": wallet.number, "amount": amount("10")}

    replies = [caller.post("/deduct", body, key="once") for caller in (house, a_key())]

    assert [reply.replayed for reply in replies] == [False, False]
    assert figures(wallet)[0] == "80.00"


@pytest.mark.rule("A-F2")
def test_a_sno_is_a_key_for_the_whole_house(house: Caller, wallet: Wallet) -> None:
    body = {
        "wallet": wallet.number,
        "amount": amount("10"),
        "sno": "12026112112000010012",
    }
    first = house.post("/recharge", body)

    again = a_key().post("/recharge", body)
    other = house.post("/recharge", {**body, "amount": amount("11")})

    assert again.replayed
    assert again.body["flow"] == first.body["flow"]
    assert (other.status, other.code) == (422, "key_reused")


def test_a_refused_request_does_not_use_up_its_key(house: Caller, wallet: Wallet) -> None:
    body = {"wallet": wallet.number, "amount": amount("1000")}
    assert house.post("/deduct", body, key="once").status == 409
    house.post("/recharge", body)

    reply = house.post("/deduct", body, key="once")

    assert (reply.status, reply.replayed) == (201, False)


def test_fifty_at_once_under_one_key_have_one_effect(house: Caller, wallet: Wallet) -> None:
    body = {"wallet": wallet.number, "amount": amount("1")}
    callers = [Caller(house.text, house.number) for _ in range(50)]

    replies = in_parallel(
        *[lambda caller=caller: caller.post("/deduct", body, key="once") for caller in callers]
    )

    assert {reply.status for reply in replies} <= {201, 409}
    assert len({reply.raw for reply in replies if reply.status == 201}) == 1
    assert sum(not reply.replayed for reply in replies if reply.status == 201) == 1
    assert figures(wallet)[0] == "99.00"


def test_a_key_in_flight_asks_to_come_again(
    house: Caller, wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written_elsewhere(**_: object) -> None:
        raise KeyInFlight("another request writes under the key")

    monkeypatch.setattr("tael.wallet.deduct.deduct", written_elsewhere)

    reply = house.post("/deduct", {"wallet": wallet.number, "amount": amount("1")})

    assert (reply.status, reply.code, reply.body["retry"]) == (409, "key_in_flight", True)
    assert reply.headers["Retry-After"] == "1"


def test_a_dry_run_leaves_the_key_free(house: Caller, wallet: Wallet) -> None:
    body = {"wallet": wallet.number, "amount": amount("1")}

    rehearsed = house.post("/deduct", body, key="once", dry_run="true")
    done = house.post("/deduct", body, key="once")

    assert (rehearsed.status, done.status, done.replayed) == (200, 201, False)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abcdef-123", True), ("short", False), ("x" * 65, False), ("a b c d e f g", False)],
)
def test_a_harmless_request_id_is_kept(sent: str, kept: bool) -> None:
    call = begin(RequestFactory().get("/", headers={"X-Request-Id": sent}))

    assert (call.request_id == sent) is kept
