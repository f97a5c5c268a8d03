"""Nothing of the machine it was written on is in a file, and nothing is left for later."""

from __future__ import annotations

import ast
import re

from tidy.tree import SOURCE, modules, parsed, project_files, shown

# spelt apart, so that this file holds none of them
HOSTS = ["pypi+.org", "pythonhosted+.org", "registry+.npmjs", "deb.+debian.org", "test.+pypi"]
FOLDERS = ["/+work/", "/+root/", "/opt+/wheels", "/opt+/pypi", "/tmp+/tael/"]
LATER = ["FIX+ME", "TO+DO"]
SOURCED = {"money", "ledger", "books", "parties", "channels", "wallet", "payouts"}
WIRING = {"__init__.py", "apps.py"}


def found(words: list[str], *, whole: bool = False) -> list[str]:
    edge = r"\b" if whole else ""
    pattern = re.compile(
        "|".join(f"{edge}{re.escape(word.replace('+', ''))}{edge}" for word in words)
    )
    hits = []
    for path in project_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        hits += [
            f"{shown(path)}:{number}: {line.strip()[:100]}"
            for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)
        ]
    return hits


def test_no_file_names_a_registry() -> None:
    assert not found(HOSTS)


def test_no_file_names_a_folder_of_this_machine() -> None:
    assert not found(FOLDERS)


def test_nothing_is_left_for_later() -> None:
    assert not found(LATER, whole=True)


def test_every_module_opens_with_a_sentence() -> None:
    mute = [
        shown(path) for path in modules() if not (ast.get_docstring(parsed(path)) or "").strip()
    ]

    assert not mute


def test_every_domain_module_names_its_source() -> None:
    """`Source:` leads from a rule in the code to the rule in the specification."""
    without = [
        shown(path)
        for path in modules()
        if path.relative_to(SOURCE).parts[0] in SOURCED
        and path.name not in WIRING
        and "Source:" not in path.read_text("utf-8")
    ]

    assert not without
