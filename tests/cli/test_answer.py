"""The same facts as one JSON object and as text for people."""

from __future__ import annotations

from tael.cli.answer import Facts, Listing, cell


def money(text: str) -> dict[str, str]:
    return {"amount": text, "currency": "CNY"}


def test_facts_are_written_one_a_line():
    data = {
        "number": 1,
        "registered_at": "2026-03-01T09:00:00.000001Z",
        "figures": {"a": money("1.00")},
    }

    assert Facts(data, ["Keep it."]).as_text().splitlines() == [
        "number         1",
        "registered at  2026-03-01 09:00:00",
        "figures a      1.00 CNY",
        "Keep it.",
    ]
    assert Facts(data).as_json() == data


def test_figures_stand_to_the_right_under_their_heading():
    rows = [
        {"number": 7, "name": "支付寶", "change": {"liquid": money("-1.00")}},
        {"number": 17, "name": "x", "change": {"liquid": None}},
    ]

    listing = Listing(
        ("number", "name", "change.liquid as ± liquid"), rows, "--after 17", {"of": 3}
    )

    assert listing.as_text().splitlines() == [
        "of  3",
        "number  name     ± liquid",
        "     7  支付寶  -1.00 CNY",
        "    17  x",
        "",
        "More: --after 17",
    ]
    assert listing.as_json() == {"of": 3, "data": rows, "has_more": True}


def test_a_list_of_nothing_says_so():
    assert Listing(("number",), []).as_text() == "Nothing found."


def test_what_people_wrote_does_not_steer_the_terminal():
    assert cell("red \x1b[31malert\x07\nnext\x9b") == "red  [31malert  next "


def test_facts_of_every_sort_can_be_read():
    assert cell(None) == ""
    assert (cell(True), cell(False)) == ("yes", "no")
    assert cell(["a", money("1.00")]) == "a, 1.00 CNY"
    assert cell({"account": "6222"}) == "account 6222"
