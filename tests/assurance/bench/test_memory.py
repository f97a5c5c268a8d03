"""The memory of a process that posts: looked at until the time is up."""

from __future__ import annotations

from tael.assurance.bench import memory
from tael.assurance.bench.program import Size
from tael.postgres.connect import Databases


def test_memory_is_noted_until_the_time_is_up(pg: Databases):
    size = Size(seconds=0.01, accounts=20, batch=30, thousand=10, threads=2)

    report = memory.run(url=pg.named("postgres").owner_dsn, minutes=0.005, size=size, seed=1)

    assert report.notes
    assert all("transfers" in note and "MB" in note for note in report.notes)
    assert "goal < 300 MB" in report.text()  # met by a process that posts, not by one full of tests
    assert report.faults == []
