"""Tests are dealt so that each kind that starts programs is run by one worker."""

from __future__ import annotations

import pytest

from dealt import LONG, dealt

NAMES = [f"tests/{folder}/test_{n}.py" for folder in ("api", "browser", "cli") for n in range(7)]
NAMES += [f"tests/{folder}/test_{n}.py" for folder in ("docs", "faults", "web") for n in range(9)]


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 9, 100])
def test_each_is_run_once_and_each_line_begins_a_piece_of_its_own(workers):
    arranged = dealt([(name, name) for name in NAMES], workers)

    assert sorted(arranged) == sorted(NAMES)
    if workers == 1:
        assert arranged == NAMES
    elif workers <= 3:
        begins = [sum(len(NAMES) // workers for _ in range(at)) for at in range(workers)]
        for line in LONG[:workers]:
            assert any(arranged[begin].startswith(line) for begin in begins)
        if workers == 3:
            for begin, line in zip(begins, LONG, strict=True):
                length = sum(name.startswith(line) for name in NAMES)
                assert all(name.startswith(line) for name in arranged[begin : begin + length])
