"""`tael flow`."""

from __future__ import annotations

import pytest

from builders import a_wallet


@pytest.mark.rule("F-22")
def test_records_are_found_by_their_numbers_and_by_what_they_are(tael):
    wallet = a_wallet(free="10")
    sno = "22026030109000010012"
    words = ("deduct", "--wallet", wallet.number, "--amount")
    first = tael.json(*words, "1", "--sno", sno, "--pno", "p-1", "--actor", "user:7")["flow"]
    second = tael.json(*words, "2", "--channel", "WeChat")["flow"]

    def numbers(*how: object) -> list[int]:
        return [row["number"] for row in tael.json("flow", "list", *how)["data"]]

    assert numbers() == [second, first, 1]
    assert numbers("--sno", sno) == numbers("--pno", "p-1") == [first]
    assert numbers("--gateway-number", "none") == []
    assert numbers("--operation", "recharge") == [1]
    assert numbers("--channel", "WeChat") == [second]
    assert numbers("--actor-is", "user:7") == [first]
    assert numbers("--before", second) == [first, 1]
    assert numbers("--since", "2999-01-01") == numbers("--until", "2000-01-01") == []
    assert "More: --before" in tael("flow", "list", "--limit", 1).stdout


def test_a_record_is_shown_whole(tael):
    wallet = a_wallet(free="10")
    flow = tael.json("deduct", "--wallet", wallet.number, "--amount", "1", "--info", "tea")["flow"]

    told = tael.json("flow", "show", flow)

    assert (told["operation"], told["info"], told["out_of"]) == ("deduct", "tea", wallet.number)
    assert told["changes"][0]["liquid"] == {"amount": "-1.00", "currency": "CNY"}
    assert tael.refusal("flow", "show", 999)["code"] == "unknown_entry"
