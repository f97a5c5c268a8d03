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


@pytest.mark.rule("F-22")
def test_the_records_that_a_filter_finds_are_written_to_a_file_and_none_is_replaced(tael, tmp_path):
    wallet = a_wallet(free="10", locked="3")
    there = tmp_path / "flows.csv"

    said = tael.json("flow", "file", "--to", there, "--wallet", wallet.number)
    again = tael("flow", "file", "--to", there)
    kept = there.read_bytes()
    over = tael.json("flow", "file", "--to", there, "--overwrite", "--operation", "freeze")

    assert said["records"] == 2
    assert kept.startswith(b"\xef\xbb\xbf")
    assert (again.exit_code, "--overwrite" in again.stderr) == (1, True)
    assert over["records"] == 0
    assert there.read_bytes() != kept
    tael.json("flow", "file", "--to", tmp_path / "flows.xlsx", "--since", "2026-01-01")
    assert (tmp_path / "flows.xlsx").read_bytes().startswith(b"PK")
    refused = tael.refusal("flow", "file", "--to", tmp_path / "flows.pdf")
    assert refused["code"] == "document_format_unknown"
    assert not (tmp_path / "flows.pdf").exists()
    assert "--to flows.xlsx" in tael("flow", "file").output
