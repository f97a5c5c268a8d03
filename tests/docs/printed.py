"""What the documentation prints: its blocks of code, and what is said to come out of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Step(NamedTuple):
    """A block of code, and what the block after it says it prints; None where nothing is said."""

    language: str
    code: str
    said: str | None


class Place(NamedTuple):
    """Where `tael run` serves an empty folder, and the sandbox beside it."""

    folder: Path
    port: int
    sandbox: int

    def run(self, command: list[str], text: str) -> str:
        """What a command prints, with the documentation's addresses made this place's."""
        here = text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        here = here.replace("127.0.0.1:8001", f"127.0.0.1:{self.sandbox}")
        done = subprocess.run(
            [*command, here],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def environment(self) -> dict[str, str]:
        """Give a shell's, which knows nothing of a home but that of its folder."""
        known = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TAEL", "DJANGO", "PG"))
        }
        known["PATH"] = f"{Path(sys.executable).parent}:{known['PATH']}"
        return known


def blocks(page: Path, language: str) -> list[str]:
    """The page's blocks of one language."""
    return [code for name, code in _BLOCK.findall(page.read_text("utf-8")) if name == language]


def steps(page: Path) -> list[Step]:
    """The page's blocks of code in their order, each with what it is said to print."""
    found: list[Step] = []
    for language, text in _BLOCK.findall(page.read_text("utf-8")):
        if language in {"bash", "python"}:
            found.append(Step(language, text, None))
        elif language == "text":
            assert found, f"{page.name}: nothing prints this: {text}"
            assert found[-1].said is None, f"{page.name}: said twice: {text}"
            found[-1] = found[-1]._replace(said=text)
    return found


def assert_said(printed: str, said: str, what: str) -> None:
    """Compare line by line; `…` stands for whatever is between."""
    wanted = said.strip().splitlines()
    lines = printed.strip().splitlines()
    fits = len(lines) == len(wanted) and all(
        re.fullmatch(".*".join(map(re.escape, want.strip().split("…"))), line.strip())
        for want, line in zip(wanted, lines, strict=True)
    )
    assert fits, f"{what} is said to print\n{said}\nand prints\n{printed}"
