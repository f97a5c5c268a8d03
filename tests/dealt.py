"""In which order workers get the tests: what starts programs of its own comes first, each kind to one worker.

xdist cuts the list into as many pieces as there are workers, and who has finished his takes the last half of another's.
So whatever stands first in a piece is run by one process, which then starts its programs once, and what is
left for the end of the session is short.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

T = TypeVar("T")

# Each line is run by one worker; the longest line first.
LONG: Final = (
    ("tests/browser/",),
    ("tests/faults/",),
    ("tests/docs/", "tests/cli/", "tests/postgres/"),
)


def dealt(tests: Sequence[tuple[str, T]], workers: int) -> list[T]:
    """Arrange tests, each with the path of its file, for so many workers."""
    if workers < 2:
        return [test for _, test in tests]
    heads: list[list[T]] = [[] for _ in range(workers)]
    rest: list[T] = []
    for name, test in tests:
        line = next((at for at, places in enumerate(LONG) if name.startswith(places)), None)
        (rest if line is None else heads[line % workers]).append(test)
    arranged: list[T] = []
    for at, head in enumerate(heads):
        size = (len(tests) - len(arranged)) // (workers - at)  # as xdist cuts
        short = max(0, size - len(head))
        arranged += [*head, *rest[:short]]
        del rest[:short]
    return arranged + rest
