"""A file is named by what it is about, and a test by the file it tests."""

from __future__ import annotations

from tidy.tree import SOURCE, TESTS, modules, project_files, python_files, shown

DUMPING_GROUNDS = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "misc",
    "manager",
    "managers",
    "service",
    "services",
    "core",
    "lib",
    "tools",
    "stuff",
}  # fmt: skip - a list to read
A_BASE = {"gateways/base.py"}  # the one base that is the duty of its neighbours


def test_no_module_is_a_dumping_ground() -> None:
    found = [
        shown(path)
        for path in modules()
        if (DUMPING_GROUNDS & {*path.relative_to(SOURCE).parts[:-1], path.stem})
        or (path.stem == "base" and "/".join(path.parts[-2:]) not in A_BASE)
    ]

    assert not found


def test_a_test_file_mirrors_the_module_it_tests() -> None:
    """Folders that mirror no package (scenarios, properties, ...) name their files as they like."""
    packages = {path.name for path in SOURCE.iterdir() if path.is_dir()}
    strays = []
    for path in python_files():
        if not path.is_relative_to(TESTS) or not path.name.startswith("test_"):
            continue
        *folders, name = path.relative_to(TESTS).parts
        if not folders or folders[0] not in packages:
            continue
        tested = SOURCE.joinpath(*folders) / name.removeprefix("test_")
        if not tested.exists() and not tested.with_suffix("").is_dir():
            strays.append(shown(path))

    assert not strays


def test_every_module_of_money_has_a_test_file() -> None:
    missing = [
        shown(path)
        for path in modules()
        if path.relative_to(SOURCE).parts[0] == "money"
        and path.name != "__init__.py"
        and not (TESTS / path.relative_to(SOURCE).parent / f"test_{path.name}").exists()
    ]

    assert not missing


def test_every_package_opens_with_an_init_file() -> None:
    missing = {
        shown(path.parent) for path in modules() if not (path.parent / "__init__.py").exists()
    }

    assert not missing


def test_no_file_is_empty() -> None:
    empty = [
        shown(path)
        for path in project_files()
        if path.stat().st_size == 0 and path.name not in {"__init__.py", "py.typed"}
    ]

    assert not empty
