"""Every recipe does what it says: its blocks run in their order and print what stands under them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.printed import ROOT, Place, assert_said, blocks, steps

RECIPES = ROOT / "docs" / "recipes"
BEGIN = RECIPES / "README.md"
PAGES = sorted(page for page in RECIPES.glob("*.md") if page != BEGIN)
MARK = "=== the next block ==="


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_recipe_prints_what_it_says(place: Place, page: Path):
    for language, command, mark in (
        ("bash", ["bash", "-c"], f"echo '{MARK}'\n"),
        ("python", [".venv/bin/python", "-c"], f"print('{MARK}', flush=True)\n"),
    ):
        ours = [step for step in steps(page) if step.language == language]
        if not ours:
            continue
        (begin,) = blocks(BEGIN, language)
        printed = place.run(command, begin + "".join(mark + step.code for step in ours))
        for step, lines in zip(ours, printed.split(f"{MARK}\n")[1:], strict=True):
            assert step.said is not None, f"{page.name} does not say what this prints: {step.code}"
            assert_said(lines, step.said, f"{page.name}, {language}")


def test_every_recipe_is_in_the_list_and_says_all_three_ways():
    listed = re.findall(r"\]\(([a-z-]+\.md)\)", BEGIN.read_text("utf-8"))

    assert sorted(listed) == [page.name for page in PAGES]
    for page in PAGES:
        text = page.read_text("utf-8")
        assert "## On the pages" in text, page.name
        assert "## In Python" in text, page.name
        assert re.search(r"## (Over HTTP|On the command line)", text), page.name


def test_no_link_of_the_documentation_leads_nowhere():
    pages = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").rglob("*.md")]
    gone = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert not gone


@pytest.mark.parametrize("printed", ["a", "a b c d", "x b", ""])
def test_a_recipe_that_says_something_else_fails(printed):
    with pytest.raises(AssertionError):
        assert_said(printed, "a … c", "this page")


def test_an_ellipsis_stands_for_anything_between():
    assert_said("a 1 2 c\nd", "a … c\nd", "this page")
