"""`tael statement`."""

from __future__ import annotations

from builders import a_wallet


def test_the_newest_lines_come_first_with_the_figures_after_each(tael):
    wallet = a_wallet(free="10", locked="3")
    tael.json("deduct", "--wallet", wallet.number, "--amount", "4", "--info", "茶")

    said = tael.json("statement", wallet.number)

    after = [line["after"]["liquid"]["amount"] for line in said["data"]]
    assert after == ["9.00", "13.00", "10.00"]
    text = tael("statement", wallet.number, "--limit", 1).stdout
    assert "± liquid" in text
    assert "茶" in text
    assert "More: --cursor" in text
    cursor = tael.json("statement", wallet.number, "--limit", 1)["next_cursor"]
    rest = tael.json("statement", wallet.number, "--cursor", cursor)["data"]
    assert [line["after"]["liquid"]["amount"] for line in rest] == ["13.00", "10.00"]
    assert tael.refusal("statement", wallet.number, "--cursor", "x")["code"] == "cursor_malformed"


def test_a_period_opens_closes_and_stands_oldest_first(tael):
    wallet = a_wallet(free="10")
    tael.json("deduct", "--wallet", wallet.number, "--amount", "4")

    said = tael.json("statement", wallet.number, "--after", "2000-01-01")
    none = tael.json("statement", wallet.number, "--after", "2000-01-01", "--through", "2000-01-02")

    assert (said["opening"]["liquid"]["amount"], said["closing"]["liquid"]["amount"]) == (
        "0.00",
        "6.00",
    )
    assert [line["change"]["liquid"]["amount"] for line in said["data"]] == ["10.00", "-4.00"]
    assert (none["data"], none["closing"]["liquid"]["amount"]) == ([], "0.00")
    assert (
        "closing liquid  6.00 CNY"
        in tael("statement", wallet.number, "--after", "2000-01-01").stdout
    )


def test_a_file_of_whole_days_is_written_and_named(tael, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wallet = a_wallet(free="10", locked="3")

    said = tael.json("statement", wallet.number, "--format", "csv", "--language", "zh-hant")
    there = tmp_path / said["file"]
    pdf = tael.json("statement", wallet.number, "--format", "pdf", "-o", tmp_path / "a.pdf")
    none = tael.json("statement", wallet.number, "--format", "csv", "--until", "2000-01-01")

    assert there.read_text("utf-8-sig").startswith("賬戶對賬單")
    assert (said["lines"], said["closing"]["liquid"]["amount"]) == (2, "13.00")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")
    assert pdf["file"] == str(tmp_path / "a.pdf")
    assert (none["lines"], none["until"]) == (0, "2000-01-01")
    refused = tael("statement", wallet.number, "--format", "pdf", "-o", tmp_path / "no" / "file")
    assert refused.exit_code == 1
    assert "cannot be written" in refused.stderr


def test_the_ending_says_what_the_file_is_and_none_is_replaced(tael, tmp_path):
    wallet = a_wallet(free="10", locked="3")
    for ending, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF-")):
        file = tmp_path / f"a.{ending}"
        tael.json("statement", wallet.number, "--to", file)
        assert file.read_bytes().startswith(begins)

    again = tael("statement", wallet.number, "--to", tmp_path / "a.csv")
    over = tael.json(
        "statement",
        wallet.number,
        "--to",
        tmp_path / "a.csv",
        "--overwrite",
        "--operation",
        "freeze",
    )

    assert (again.exit_code, "--overwrite" in again.stderr) == (1, True)
    assert over["lines"] == 0
    refused = tael.refusal("statement", wallet.number, "--to", tmp_path / "a.doc")
    assert refused["code"] == "document_format_unknown"


def test_what_would_be_passed_over_is_refused_with_what_to_say_instead(tael, tmp_path):
    """Days without a file showed the newest lines, and a moment with one a file of all of them."""
    wallet = a_wallet(free="10")

    shown = tael("statement", wallet.number, "--since", "2026-01-01")
    filed = tael("statement", wallet.number, "--after", "2026-01-01", "--to", tmp_path / "a.csv")

    assert (shown.exit_code, "--after and --through" in shown.output) == (2, True)
    assert (filed.exit_code, "--since and --until" in filed.output) == (2, True)
    assert not (tmp_path / "a.csv").exists()
