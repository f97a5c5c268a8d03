"""Few files are made at a time in a process, so that pages and payments go on beside them.

A long file takes seconds of the processor, and a PDF waits for the one before it. Without a bound sixteen of them,
asked for by one person, hold all threads of the process.

Source: reliability, T23.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Final

from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE_MAX: Final = 3
WAIT_SECONDS: Final = 2.0
"""So long one more waits for its turn."""
_TURNS: Final = threading.BoundedSemaphore(AT_ONCE_MAX)


class DocumentsBusy(Refusal):
    """Other files are being made; this one has not been begun."""

    code = "documents_busy"
    because: ClassVar[Because] = "busy"
    rule = "T23"
    remedy = "Ask for it again in a moment."
    retry = True
    wait_seconds = 5


@contextmanager
def a_turn() -> Iterator[None]:
    """Read and write a file in here, one of few at a time.

    Raises:
        DocumentsBusy: others are being made.

    Source: reliability, T23.
    """
    if not _TURNS.acquire(timeout=WAIT_SECONDS):
        raise DocumentsBusy("Other files are being made.", allowed=f"{AT_ONCE_MAX} at a time")
    try:
        yield
    finally:
        _TURNS.release()
