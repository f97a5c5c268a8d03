"""Lists in the terminal: each also as a file, with the rows that the page finds; what the API has, the terminal has."""

from __future__ import annotations

import pytest

from settled_once import settled_once
from tael.documents.csv_file import read_csv
from tael.documents.list_words import LIST_WORDS


@pytest.mark.rule("A22", "A39")
def test_each_list_writes_all_that_it_finds(tael, tmp_path):
    one = settled_once()
    lists = {
        ("accrual", "list"): (),
        ("bill", "list"): (),
        ("remittance", "list"): (),
        ("merchant", "adjustments"): (),
        ("merchant", "collections"): (),
        ("merchant", "list"): (),
        ("merchant", "reserve"): (one.account.number,),
        ("merchant", "reports"): (one.account.number,),
        ("payout", "list"): (),
        ("payout", "rules"): (),
        ("batch", "list"): (),
        ("batch", "rows"): (one.batch,),
        ("batch", "result"): (one.result,),
        ("completeness", "days"): (),
        ("completeness", "cases"): (),
        ("proposal", "list"): (),
    }
    tables = {}
    for (group, name), given in lists.items():
        file = tmp_path / f"{group}-{name}.csv"
        said = tael.json(group, name, *given, "--to", file)
        table = tables[group] = read_csv(file.read_bytes())
        bills = ("--bills",) if name == "reserve" else ()
        shown = tael.json(group, name, *given, *bills)["data"]
        assert said["rows"] == len(table) - table.index([]) - 2 == len(shown) > 0, (group, name)
    acts = {row[1] for row in tables["proposal"][tables["proposal"].index([]) + 2 :]}
    assert acts <= {text[0] for name, text in LIST_WORDS.items() if name.startswith("act ")}, acts
    kept = tael.json("merchant", "reserve", one.account.number)
    assert kept["amount"]["amount"] == "0.45"
    assert [each["amount"]["amount"] for each in kept["data"]] == ["0.45"]
    total = tael.json("merchant", "adjustments")["total CNY"]
    assert (total["came"]["amount"], total["went"]["amount"]) == ("530.00", "-40.00")
