"""What is made from the code and committed is what the code says today."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tael.assurance.account_names import (
    ROOTS,
    beancount_account,
    beancount_commodity,
    hledger_account,
)
from tael.assurance.documents import import_everything, kinds, refusals
from tael.assurance.one_line import one_line
from tael.cli.docs import PAGES, docs

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module", autouse=True)
def everything() -> None:
    import_everything()


@pytest.mark.parametrize("name", PAGES)
def test_the_committed_page_is_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == PAGES[name](), f"docs/{name} is stale: make docs"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_the_same_whenever_it_is_made(name: str) -> None:
    assert PAGES[name]() == PAGES[name]()


def test_every_kind_and_every_code_is_in_its_page() -> None:
    postings, refused = (PAGES[name]() for name in ("postings.md", "refusals.md"))

    assert {"wallet.recharge", "wallet.exchange", "ledger.reversal"} <= set(kinds())
    assert [code for code in kinds() if f"| `{code}` |" not in postings] == []
    assert {"insufficient_funds", "key_reused", "amount_malformed"} <= set(refusals())
    assert [code for code in refusals() if f"| `{code}` |" not in refused] == []


def test_a_kind_names_the_module_that_makes_it() -> None:
    for code, (kind, module) in kinds().items():
        assert kind.code == code
        assert module.split(".")[1] in {code.split(".", maxsplit=1)[0], "assurance", "web", "cli"}


def test_every_row_of_a_table_has_its_columns() -> None:
    for page in (*PAGES.values(), (DOCS / "glossary.md").read_text):
        widths = set()
        for line in page().splitlines():
            if line.startswith("|"):
                widths.add(len(re.findall(r"(?<!\\)\|", line)))
            else:
                assert len(widths) <= 1, line
                widths.clear()


def test_every_term_of_the_glossary_names_a_module_that_exists() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (DOCS / "glossary.md").read_text("utf-8").splitlines()
        if line.startswith("|") and not line.startswith(("| English", "| ---"))
    ]

    assert len(rows) > 50
    for term, chinese, meaning, module in rows:
        assert importlib.util.find_spec(module.strip("`")), f"{term}: {module} is not there"
        assert re.search(r"[\u4e00-\u9fff]", chinese), term
        assert meaning, term
    terms = [row[0] for row in rows]
    assert len(set(terms)) == len(terms)


def test_the_names_of_other_programs_are_those_that_the_export_gives() -> None:
    text = (DOCS / "export.md").read_text("utf-8")

    for class_, root in ROOTS.items():
        assert f"| {class_} | `{class_}:` | `{root}:` |" in text
    for name in (
        hledger_account("client", "wallet:100001:free"),
        beancount_account("client", "wallet:100001:free"),
        one_line("\n"),
        one_line(";", also=";"),
        beancount_commodity("NULL"),
    ):
        assert name in text


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in DOCS.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_command_writes_what_is_stale_and_leaves_the_rest(tmp_path: Path) -> None:
    run = CliRunner().invoke(docs, ["--into", str(tmp_path)])

    assert run.exit_code == 0, run.output
    assert {path.name for path in tmp_path.iterdir()} == set(PAGES)
    assert "postings.md written" in run.output
    (tmp_path / "refusals.md").write_text("old", encoding="utf-8")
    run = CliRunner().invoke(docs, ["--into", str(tmp_path)])
    assert "postings.md is up to date" in run.output
    assert "refusals.md written" in run.output
