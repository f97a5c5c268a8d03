"""Every refusal and every kind of entry is explained where people look them up."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import tael
from tael.ledger import Kind
from tael.refusal import Refusal
from tidy.tree import ROOT

REFUSALS = ROOT / "docs" / "refusals.md"
POSTINGS = ROOT / "docs" / "postings.md"


@pytest.fixture(scope="module", autouse=True)
def everything_is_imported() -> None:
    for module in pkgutil.walk_packages(tael.__path__, "tael."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def refusals(family: type[Refusal] = Refusal) -> list[type[Refusal]]:
    return [found for child in family.__subclasses__() for found in (child, *refusals(child))]


def kinds() -> set[str]:
    """Every Kind that a module of ours holds by name."""
    import sys

    ours = [module for name, module in sys.modules.items() if name.startswith("tael.")]
    return {
        value.code for module in ours for value in vars(module).values() if isinstance(value, Kind)
    }


def coded() -> list[type[Refusal]]:
    """Those that can be raised: a family in between has no code."""
    return [
        refusal
        for refusal in refusals()
        if refusal.__module__.startswith("tael.") and hasattr(refusal, "code")
    ]


def test_a_code_belongs_to_one_refusal() -> None:
    owners: dict[str, set[str]] = {}
    for refusal in coded():
        if "code" in vars(refusal):
            owners.setdefault(refusal.code, set()).add(f"{refusal.__module__}.{refusal.__name__}")

    assert {code: names for code, names in owners.items() if len(names) > 1} == {}


def test_a_code_is_plain_and_a_refusal_says_its_cause_and_what_to_do() -> None:
    poor = [
        refusal.__name__
        for refusal in coded()
        if not re.fullmatch(r"[a-z][a-z0-9_]+", refusal.code)
        or not refusal.__doc__
        or not refusal.remedy
    ]

    assert not poor


@pytest.mark.skipif(not REFUSALS.exists(), reason="docs/refusals.md is not written yet")
def test_every_refusal_is_explained() -> None:
    explained = REFUSALS.read_text("utf-8")

    assert [refusal.code for refusal in coded() if f"`{refusal.code}`" not in explained] == []


@pytest.mark.skipif(not POSTINGS.exists(), reason="docs/postings.md is not written yet")
def test_every_kind_of_entry_is_explained() -> None:
    explained = POSTINGS.read_text("utf-8")

    assert kinds()
    assert [code for code in sorted(kinds()) if f"`{code}`" not in explained] == []
