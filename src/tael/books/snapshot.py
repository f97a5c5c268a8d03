"""A small settings table held in memory for less than a second.

A setting changed here is in force at once in this process (`changed`), and within `LIFE_SECONDS` in
every other one. What a transaction has changed and not yet committed is seen by itself only, and
never kept.

Source: F-03 (administrators extend the registries); reliability, section 1 (changes at once).
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from django.db import connection as django_connection
from django.db import transaction

from tael.books.connect import database, in_transaction

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

LIFE_SECONDS: Final = 0.5


class Snapshot(Generic[T]):
    """The rows of one settings table, read again when they are older than `LIFE_SECONDS`."""

    def __init__(self, load: Callable[[], T]) -> None:
        """Take the function that reads the whole table."""
        self._load = load
        self._lock = threading.Lock()
        self._generation = 0
        self._held: tuple[tuple[str, str, str], float, T] | None = None

    def get(self) -> T:
        """Give the rows: those held if they are fresh, else read now."""
        held = self._held
        changed_here = self._changed_in_this_transaction()
        if held is not None and not changed_here:
            where, until, value = held
            if time.monotonic() < until and where == database():
                return value
        generation = self._generation
        until = time.monotonic() + LIFE_SECONDS
        value = self._load()
        if not changed_here:
            with self._lock:
                if generation == self._generation:  # else a change was committed while we read
                    self._held = (database(), until, value)
        return value

    def changed(self) -> None:
        """Say, inside the transaction that changes the table, that what is held is out of date."""
        assert in_transaction()
        transaction.on_commit(self.forget)

    def forget(self) -> None:
        """Read anew the next time."""
        with self._lock:
            self._generation += 1
            self._held = None

    def _changed_in_this_transaction(self) -> bool:
        """Look for our own hook: Django drops it when the transaction or its savepoint rolls back."""
        return any(self.forget in hook for hook in django_connection.run_on_commit)
