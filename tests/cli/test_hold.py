"""`tael hold`."""

from __future__ import annotations

from builders import a_wallet


def test_a_hold_tells_its_history(tael):
    wallet = a_wallet(free="10")
    first = tael.json("freeze", "--wallet", wallet.number, "--amount", "4")["hold"]
    second = tael.json("freeze", "--wallet", wallet.number, "--amount", "2")["hold"]
    tael.json("deduct", "--wallet", wallet.number, "--amount", "1", "--hold", first)
    tael.json("unfreeze", "--wallet", wallet.number, "--amount", "3", "--hold", first)

    told = tael.json("hold", "show", first)
    every = tael.json("hold", "list", "--wallet", wallet.number)["data"]
    still = tael.json("hold", "list", "--wallet", wallet.number, "--open")["data"]

    assert [(move["event"], move["amount"]["amount"]) for move in told["moves"]] == [
        ("capture", "1.00"),
        ("release", "3.00"),
    ]
    assert [row["number"] for row in every] == [second, first]
    assert [row["number"] for row in still] == [second]
    assert (
        f"More: --before {second}"
        in tael("hold", "list", "--wallet", wallet.number, "--limit", 1).stdout
    )
    assert tael.refusal("hold", "show", 999)["code"] == "unknown_hold"
