import threading

import pytest
from django.db import connection as django_connection
from django.db import transaction

from tael.books import snapshot as module
from tael.books.snapshot import Snapshot


class Table:
    """A table of one number, and how often it was read."""

    def __init__(self) -> None:
        self.number = 1
        self.reads = 0

    def load(self) -> int:
        self.reads += 1
        return self.number


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

        def monotonic(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_it_is_read_once_within_its_life(db, clock):
    table = Table()
    held = Snapshot(table.load)

    assert [held.get(), held.get()] == [1, 1]
    assert table.reads == 1


def test_it_is_read_again_within_a_second(db, clock):
    table = Table()
    held = Snapshot(table.load)
    held.get()
    table.number = 2
    clock.now += 0.999

    assert held.get() == 2


def test_a_committed_change_is_seen_at_once(db, clock):
    table = Table()
    held = Snapshot(table.load)
    held.get()
    with transaction.atomic():
        table.number = 2
        held.changed()

    assert held.get() == 2


def test_a_change_under_way_is_seen_by_its_own_transaction_and_never_kept(db, clock):
    table = Table()
    held = Snapshot(table.load)
    held.get()
    seen = []

    def elsewhere() -> None:
        seen.append(held.get())

    with transaction.atomic():
        table.number = 2
        held.changed()
        assert held.get() == 2
        table.number = 1  # what a transaction elsewhere would still read
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        table.number = 2
        transaction.set_rollback(True)
    table.number = 1

    assert seen == [1]
    assert held.get() == 1


def test_a_change_that_a_savepoint_took_back_is_forgotten(db, clock):
    table = Table()
    held = Snapshot(table.load)
    with transaction.atomic():
        held.get()
        with transaction.atomic():
            held.changed()
            transaction.set_rollback(True)
        reads = table.reads
        held.get()

        assert table.reads == reads


def test_what_was_read_before_a_change_does_not_outlive_it(db, clock):
    table = Table()
    held: Snapshot[int]

    def load_while_a_change_is_committed() -> int:
        number = table.load()
        if table.reads == 1:
            table.number = 2
            held.forget()
        return number

    held = Snapshot(load_while_a_change_is_committed)

    assert held.get() == 1  # asked before the change
    assert held.get() == 2


def test_another_database_has_its_own(db, clock, monkeypatch):
    table = Table()
    held = Snapshot(table.load)
    held.get()
    monkeypatch.setitem(django_connection.settings_dict, "NAME", "another")

    held.get()

    assert table.reads == 2
