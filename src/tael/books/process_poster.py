"""The one Poster of this process, on connections of its own made from Django's settings.

Source: architecture, section 2 (group commit).
"""

from __future__ import annotations

import atexit
import os
import threading
from typing import TYPE_CHECKING

import psycopg
from django.db import connection as django_connection

from tael import ledger
from tael.books.connect import database

if TYPE_CHECKING:
    from collections.abc import Iterable

_lock = threading.Lock()
_open: dict[tuple[int, tuple[str, str, str]], ledger.Poster] = {}


def process_poster() -> ledger.Poster:
    """Give the process's Poster for the database that Django's default connection points to.

    It is opened at the first call, and anew after a fork or when the settings name another database.
    """
    place = (os.getpid(), database())
    poster = _open.get(place)
    if poster is not None:
        return poster
    with _lock:
        if place not in _open:
            _close_all()
            _open[place] = ledger.Poster(_connect)
        return _open[place]


def forget_accounts(accounts: Iterable[int]) -> None:
    """Tell the process's Poster, if there is one, that accounts were moved on another connection."""
    poster = _open.get((os.getpid(), database()))
    if poster is not None:
        poster.forget(accounts)


def close_poster() -> None:
    """Close the Poster and its connection: at exit, and before a database is dropped or restored."""
    with _lock:
        _close_all()


def _close_all() -> None:
    """Close what this process opened; a parent's connections are the parent's to close."""
    for (process, _), poster in _open.items():
        if process == os.getpid():
            poster.close()
    _open.clear()


def _connect() -> psycopg.Connection:
    """Connect as Django does, with psycopg's own cursors and prepared statements."""
    parameters = dict(django_connection.get_connection_params())
    for djangos_own in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(djangos_own, None)
    return psycopg.connect(**parameters)


def _after_fork() -> None:
    """Start the child without the parent's Poster and with a lock that nobody holds."""
    global _lock  # noqa: PLW0603 - the parent may have held it at the fork
    _lock = threading.Lock()
    _open.clear()


atexit.register(close_poster)
os.register_at_fork(after_in_child=_after_fork)
