"""Sheets are read in the tests' process: a child of each takes 60 to 170 ms of processor to load what is loaded here.

The tests of the child itself, and every program that a test starts, let a child read as the house does.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from typing import IO, Final

import pytest

from tael.sheets import child, read

BY_A_CHILD: Final = read._run


def read_here() -> None:
    """From now on."""
    read._run = _here


def read_by_a_child(patch: pytest.MonkeyPatch) -> None:
    """For one test."""
    patch.setattr(read, "_run", BY_A_CHILD)


def _here(brought: IO[bytes], out: IO[bytes], asked: Mapping[str, object], _seconds: float) -> None:
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setitem(sys.modules, "numpy", None)  # the child puts it there, and we take it away
        child.answer(brought, out, asked)
