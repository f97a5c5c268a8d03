"""The young book and the old one: both filled, measured in turns, and balanced."""

from __future__ import annotations

from tael.assurance.bench import growth
from tael.assurance.bench.program import Size
from tael.postgres.connect import Databases


def test_both_books_are_filled_and_measured_in_turns(pg: Databases):
    size = Size(seconds=0.02, rounds=1, accounts=20, batch=30, thousand=10)

    report = growth.run(
        url=pg.named("postgres").owner_dsn, postings=18_000, young=2_000, size=size, seed=1
    )

    names = [figure.contest.contender.name for figure in report.figures]
    assert names[0].endswith("after 2,000 postings")
    assert names[1].endswith("after 18,000")
    assert [figure.ratio is None for figure in report.figures] == [True, False, True, False]
    assert "Loaded 18,000 postings into the old book" in report.text()
    assert report.faults == []
