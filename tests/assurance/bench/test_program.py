"""A whole run in small: it ends, reports every line, and leaves books that balance and no database."""

from __future__ import annotations

import json

import psycopg
import pytest

from tael import ledger
from tael.assurance.bench import program
from tael.assurance.bench.arena import Arena
from tael.assurance.bench.posting import Callers, Columns, Entries
from tael.assurance.bench.program import Size
from tael.assurance.bench.traffic import Traffic
from tael.postgres.connect import Databases

TINY = Size(
    seconds=0.02, rounds=1, accounts=40, history=120, batch=30, thousand=10, threads=3, customers=3
)


@pytest.fixture
def url(pg: Databases) -> str:
    return pg.named("postgres").owner_dsn


def databases(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
    return {name for (name,) in rows if name.startswith("bench_")}


def test_a_run_measures_every_line_and_its_books_balance(url: str):
    report = program.run(url=url, size=TINY, seed=3, only=["W1", "W2", "W3"])

    measured = [figure.contest.workload for figure in report.figures]
    assert measured == ["(a)", "(a)", "(b)", *["W1"] * 5, *["W2"] * 5, "(c)", "W3", "W3"]
    assert all(figure.rate > 0 for figure in report.figures)
    assert all(figure.ratio for figure in report.figures if figure.contest.yardstick)
    assert report.faults == []
    assert report.memory is not None
    assert not databases(url)


def test_a_run_can_be_read_as_a_table_and_as_a_file(url: str):
    report = program.run(url=url, size=TINY, seed=3, only=["W3"])

    text, page = report.text(), report.markdown()
    for said in ("seed 3", "fsync", "last 50 of 120 lines", "p99 < 5 ms", "The books balance"):
        assert said in text
        assert said in page
    again = json.loads(json.dumps(report.as_dict()))
    assert [line["workload"] for line in again["figures"]] == ["(c)", "W3", "W3"]
    assert len(again["figures"][1]["per_second_rounds"]) == TINY.rounds


def test_every_way_of_posting_writes_what_it_counts(url: str):
    with Arena(url, accounts=20) as arena:
        book, accounts = arena.open_book("counted")
        traffic = [Traffic(accounts, seed=at) for at in range(4)]
        ways = [
            Entries(arena, book, traffic[0], 7),
            Columns(arena, book, traffic[1], 9),
            Callers(arena, book, traffic[2:]),
        ]
        done = sum(way.run(0.02).done for way in ways)

        with arena.connect() as connection:
            written = connection.execute("SELECT count(*) FROM counted.entry").fetchone()
        opened, first_call = len(accounts), 1
        assert written == (done + opened + first_call,)
        assert arena.faults([book]) == []


def test_a_run_over_http_books_every_operation_that_was_answered(url: str, migrated: None):
    report = program.run(url=url, size=TINY, seed=3, only=["W4", "W5"])

    measured = [figure.contest.workload for figure in report.figures]
    assert measured == ["(d)", "W4", "W4", "W5"]
    assert all(sample.done for figure in report.figures for sample in figure.samples)
    assert report.faults == []
    assert [note.split(":")[0] for note in report.notes] == [
        "Memory of the wallet program",
        "Memory of the largest process of `tael serve`",
    ]


def test_a_book_that_does_not_hold_is_reported(url: str):
    with Arena(url, accounts=5) as arena:
        book, accounts = arena.open_book("broken")
        with psycopg.connect(arena.url) as owner:
            owner.execute(
                "UPDATE broken.account SET balance = balance + 1 WHERE id = %s", [accounts[0]]
            )
        assert arena.faults([book])


def test_a_run_that_fails_leaves_no_database(url: str, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(ledger, "create_book", refuse)
    with pytest.raises(RuntimeError):
        program.run(url=url, size=TINY, seed=3, only=["W1"])

    assert not databases(url)
