"""Sheets are read in the tests' process: a child of each takes 60 to 170 ms of processor to load what is loaded here.

The tests of the child itself, and every program that a test starts, let a child read as the house does.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Mapping
from typing import IO, Final

import pytest

from tael.sheets import child, read

BY_A_CHILD: Final = read._run
IN_TURN: Final = threading.Lock()


def read_here() -> None:
    """From now on."""
    read._run = _here


def read_by_a_child(patch: pytest.MonkeyPatch) -> None:
    """For one test."""
    patch.setattr(read, "_run", BY_A_CHILD)


def _here(brought: IO[bytes], out: IO[bytes], asked: Mapping[str, object], _seconds: float) -> None:
    with IN_TURN, warnings.catch_warnings():  # which are the process's, of all its threads
        warnings.simplefilter("ignore")
        child.answer(brought, out, asked)
