"""What the tidy tests look at: the project's own files, as git knows them."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tael"
TESTS = ROOT / "tests"


@cache
def project_files() -> tuple[Path, ...]:
    """The files that are, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def python_files() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".py"]


def modules() -> list[Path]:
    """The modules of tael, without migrations, which Django writes."""
    return [
        path
        for path in python_files()
        if path.is_relative_to(SOURCE) and "migrations" not in path.parts
    ]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parsed(path: Path) -> ast.Module:
    """What Python reads in a file. Not kept: all of them are 240 MB, which the collector would search again and again."""
    return ast.parse(path.read_text("utf-8"))
