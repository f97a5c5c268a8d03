"""Recharge cards over HTTP: codes are shown once, and a card is used once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.client import Caller, a_key, amount
from builders import figures, in_parallel
from tael.wallet.card_code import new_code

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("F-24", "SM-03", "A-F13")


@pytest.fixture
def batch(house: Caller) -> dict[str, Any]:
    return dict(house.post("/card-batches", {"amount": amount("20"), "count": 3}).body)


def test_a_card_is_checked_and_redeemed_once(
    house: Caller, wallet: Wallet, batch: dict[str, Any]
) -> None:
    card = {"card": batch["codes"][0]}
    redeem = {**card, "owner": wallet.owner}
    worth = house.post("/cards/check", card, key=None)

    used = house.post("/cards/redeem", redeem, key="once")
    again = house.post("/cards/redeem", redeem, key="once")
    another = house.post("/cards/redeem", redeem)

    assert worth.body["amount"] == amount("20.00")
    assert (used.status, again.replayed, again.raw) == (201, True, used.raw)
    assert (another.status, another.code) == (409, "card_used")
    assert figures(wallet)[0] == "120.00"
    shown = house.get(f"/card-batches/{batch['number']}").body
    assert (shown["count"], shown["used"]) == (3, 1)


def test_a_card_used_twice_at_once_is_credited_once(
    house: Caller, wallet: Wallet, batch: dict[str, Any]
) -> None:
    redeem = {"card": batch["codes"][0], "owner": wallet.owner}

    replies = in_parallel(
        *[lambda: Caller(house.text, house.number).post("/cards/redeem", redeem) for _ in range(6)]
    )

    assert sorted(reply.status for reply in replies) == [201] + [409] * 5
    assert figures(wallet)[0] == "120.00"


@pytest.mark.parametrize(
    ("code", "status", "name"),
    [
        ("AAAAAA-AAAAAA-AAAAAA", 422, "card_malformed"),
        ("", 422, "card_malformed"),
        ("0" * 500, 422, "card_malformed"),
        ("NEW", 404, "card_unknown"),
    ],
)
def test_a_malformed_or_unknown_card_is_refused(
    code: str, status: int, name: str, house: Caller, wallet: Wallet
) -> None:
    card = new_code() if code == "NEW" else code

    for path, body in (("/cards/check", {}), ("/cards/redeem", {"owner": wallet.owner})):
        reply = house.post(path, {"card": card, **body}, key="k" if body else None)

        assert (reply.status, reply.code) == (status, name)
        assert not code or code not in reply.raw.decode()
    assert figures(wallet)[0] == "100.00"


def test_void_cards_are_worth_nothing(house: Caller, wallet: Wallet, batch: dict[str, Any]) -> None:
    number = batch["number"]

    assert (
        house.post(f"/card-batches/{number}/void", {"reason": "lost"}, key=None).body["void"] == 3
    )
    reply = house.post("/cards/redeem", {"card": batch["codes"][0], "owner": wallet.owner})
    assert reply.code == "card_void"


def test_codes_are_shown_once_and_never_in_a_rehearsal(house: Caller) -> None:
    body = {"amount": amount("20"), "count": 2}

    rehearsed = house.post("/card-batches", body, key="once", dry_run="true")
    issued = house.post("/card-batches", body, key="once")
    again = house.post("/card-batches", body, key="once")

    assert (rehearsed.body["codes"], len(issued.body["codes"])) == ([], 2)
    assert (again.status, again.code) == (409, "card_batch_refused")
    assert len(house.get("/card-batches").body["data"]) == 1
    assert house.get("/card-batches/999").code == "unknown_card_batch"


@pytest.mark.rule("T14")
def test_a_customer_redeems_for_himself_only(
    wallet: Wallet, theirs: Wallet, batch: dict[str, Any]
) -> None:
    own = a_key(customer=wallet.owner)
    card = {"card": batch["codes"][0]}

    assert own.post("/cards/redeem", {**card, "owner": theirs.owner}).code == "unknown_customer"
    foreign = {**card, "owner": wallet.owner, "wallet": theirs.number}
    assert own.post("/cards/redeem", foreign).code == "unknown_wallet"
    assert own.post("/cards/redeem", {**card, "owner": wallet.owner}).status == 201


def test_one_card_is_found_in_its_batch_and_made_void(
    house: Caller, wallet: Wallet, batch: dict[str, Any]
) -> None:
    where = f"/card-batches/{batch['number']}/cards"
    first, *rest = house.get(where).body["data"]
    assert (first["state"], len(rest), first["flow"]) == ("unused", 2, None)

    ended = house.post(f"{where}/{first['number']}/void", {"reason": "lost"}, key=None)
    by_code = house.post(
        "/cards/void", {"card": batch["codes"][2], "reason": "seen by others"}, key=None
    )

    assert (ended.status, ended.body["state"]) == (200, "void")
    assert by_code.body["state"] == "void"
    assert house.get(f"/card-batches/{batch['number']}").body["void"] == 2
    assert [card["number"] for card in house.get(f"{where}?state=void").body["data"]] == sorted(
        {first["number"], by_code.body["number"]}
    )
    assert house.post(f"{where}/0/void", {"reason": "lost"}, key=None).status in {404, 422}
    unknown = house.post("/card-batches/999/cards/1/void", {"reason": "lost"}, key=None)
    assert (unknown.status, unknown.code) == (404, "card_unknown")
