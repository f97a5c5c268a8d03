"""Words of the books on their way into a text file."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tael.assurance.one_line import cell, from_cell, one_line, restored

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(TEXT, st.sampled_from(["", ";|", ",[]"]))
def test_a_text_is_on_one_line_and_can_be_read_back(text: str, also: str) -> None:
    line = one_line(text, also=also)

    assert len(line.splitlines()) <= 1
    assert not set(line) & set(also)
    assert restored(line) == text


@given(TEXT)
def test_a_cell_can_be_read_back_from_a_csv_file(text: str) -> None:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerow([cell(text), "next"])

    assert out.getvalue().count("\n") == 1
    (row,) = csv.reader(StringIO(out.getvalue()))
    assert from_cell(row[0]) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\u00a0=1", "＝1", "'=1", "\u3000-1"]
)
def test_no_cell_begins_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


def test_an_ordinary_text_stays_as_it_is() -> None:
    for text in ("rent for March", "轉賬 100", "é (a) #1", ""):
        assert one_line(text) == cell(text) == text
