"""What docs/cmspro.md prints works as printed, and its table names every parameter that there is."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from types import SimpleNamespace

import pytest

from builders import a_customer
from docs.printed import ROOT, blocks, steps
from tael.cmspro import money
from tael.cmspro.data import PARAMETERS
from tael.postgres.connect import NoDatabase

PAGE = ROOT / "docs" / "cmspro.md"


def test_the_calls_of_the_page_do_what_it_says(db):
    a_customer(10010, "Wang Wei")
    a_customer(10012, "Li Hua")
    (lines,) = blocks(PAGE, "python")
    said = StringIO()

    with redirect_stdout(said):
        exec(lines, {})  # noqa: S102 - the lines of the page

    assert said.getvalue() == next(step.said for step in steps(PAGE) if step.code == lines)


def test_the_table_names_every_parameter_and_no_other():
    text = PAGE.read_text("utf-8").split("## Which operation")[1].split("## What comes back")[0]

    words = set(re.findall(r"`([a-z]+)`", text))

    assert words - {"lock"} == set(PARAMETERS)


def test_a_site_without_a_database_is_told_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("TAEL_HOME", str(tmp_path))
    monkeypatch.setattr(money, "apps", SimpleNamespace(ready=False))

    with pytest.raises(NoDatabase):
        money.init(1, {}, "AdminRecharge")
