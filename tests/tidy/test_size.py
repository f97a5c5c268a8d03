"""A file has at most 400 lines, a function at most 50 without its docstring: more is two things in one."""

from __future__ import annotations

import ast

from tidy.tree import TESTS, modules, parsed, python_files, shown

LONGEST_FILE = 400
LONGEST_FUNCTION = 50

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_no_file_is_longer_than_400_lines() -> None:
    files = [*modules(), *(path for path in python_files() if path.is_relative_to(TESTS))]
    too_long = {
        shown(path): lines
        for path in files
        if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
    }

    assert not too_long


def test_no_function_is_longer_than_50_lines() -> None:
    too_long = {
        f"{shown(path)}:{node.lineno} {node.name}": length(node)
        for path in python_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, Function) and length(node) > LONGEST_FUNCTION
    }

    assert not too_long


def length(function: Function) -> int:
    """The lines of a function's body, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_a_docstring_does_not_count() -> None:
    function = ast.parse(
        'def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n    return a\n'
    ).body[0]

    assert isinstance(function, ast.FunctionDef)
    assert length(function) == 2
