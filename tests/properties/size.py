"""How much a test does: C with every change, N at night, R before a release. TAEL_TEST_SIZE says which."""

from __future__ import annotations

import os
import random
from typing import TypeVar

Number = TypeVar("Number", int, float)

SIZE = os.environ.get("TAEL_TEST_SIZE", "C")
SEED = int(os.environ.get("TAEL_TEST_SEED") or random.SystemRandom().randrange(2**32))

assert SIZE in {"C", "N", "R"}, f"TAEL_TEST_SIZE is {SIZE!r}, not C, N or R"


def sized(c: Number, n: Number, r: Number) -> Number:
    """Give the number for the size that is being run."""
    return {"C": c, "N": n, "R": r}[SIZE]
