"""`tael bank`, and what of `tael suspense` is about types and owners."""

from __future__ import annotations

import pytest

from bank_builders import COLUMNS, a_bank_file, a_camt, a_row, an_entry
from tael.documents.csv_file import read_csv
from visits import a_staff_user


@pytest.mark.rule("A23", "A26", "A27")
def test_a_statement_is_brought_and_its_money_put_in_suspense(tael, tmp_path):
    headings = [word for pair in COLUMNS.items() for word in ("--column", *pair)]
    tael.json("bank", "map", "plain", "--name", "Plain", *headings)
    where = ("--channel", "Alipay", "--currency", "CNY", "--number", "CN1234567890")
    tael.json("bank", "add", "main", "--name", "Main", *where, "--map", "plain")
    sheet, message = tmp_path / "a.csv", tmp_path / "a.xml"
    sheet.write_bytes(a_bank_file([a_row("10.00"), a_row("x")]))
    message.write_bytes(a_camt([an_entry("2.00", reference="B1")], closing="3.00"))

    first = tael.json("bank", "bring", "main", sheet)
    second = tael.json("bank", "bring", "main", message)
    assert (first["added"], first["refused"], second["breaks"]) == (1, 1, 1)
    assert tael.json("bank", "rows", first["number"])["data"][0]["row"] == 3
    assert len(tael.json("bank", "statements")["data"]) == 2
    listed = tmp_path / "statements.csv"
    assert tael.json("bank", "statements", "--to", listed)["rows"] == 2
    rows = read_csv(listed.read_bytes())[-2:]
    assert [(row[0], row[2], row[8]) for row in rows] == [
        (str(second["number"]), "a.xml", "do not agree"),
        (str(first["number"]), "a.csv", "not told"),
    ]
    (line,) = tael.json("bank", "lines", "--unexplained", "--statement", first["number"])["data"]
    there = tmp_path / "lines.csv"
    assert tael.json("bank", "lines", "--to", there)["rows"] == 2
    assert "10.00" in there.read_text("utf-8-sig")
    item = tael.json("bank", "aside", line["number"])["item"]
    assert tael.json("bank", "totals", "--explained")["data"][0]["came_in"]["amount"] == "10.00"

    owner = a_staff_user("finance_maker").pk
    taken = tael.json("suspense", "assign", item, "--to", owner)
    assert taken["owner"] == f"user:{owner}"
    assert tael.refusal("suspense", "assign", item, "--to", 999)["code"] == "not_a_suspense_owner"
    tael.json("suspense", "type", item, "other")
    found = tael.json("suspense", "list", "--type", "other", "--owner", f"user:{owner}")["data"]
    assert [row["number"] for row in found] == [item]
    assert tael.json("suspense", "totals")["data"][0]["items"] == 1
    assert tael.json("bank", "back", line["number"], "--reason", "found")["explained"] is False
