"""Every line of the timetable can be done, and done again, and what needs the owner says so without him."""

from __future__ import annotations

import logging
from datetime import timedelta

import psycopg
import pytest
from croniter import croniter
from psycopg import sql

from builders import AT, a_wallet, an_instruction, figures, money
from jobs.working import ask
from outbox.receiving import now
from tael import ledger
from tael.jobs import timetable
from tael.jobs.timetable import TIMETABLE, Job
from tael.postgres.connect import Databases
from tael.wallet.freeze import freeze


@pytest.fixture(autouse=True)
def the_workers_database(db: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable, "find_databases", lambda _: db)


@pytest.mark.parametrize("job", TIMETABLE, ids=lambda job: job.name)
def test_a_job_with_nothing_to_do_does_nothing_twice(job: Job) -> None:
    for _ in range(2):
        assert not job.does(now())


@pytest.mark.parametrize("job", TIMETABLE, ids=lambda job: job.name)
def test_its_moments_can_be_read_and_it_is_named_once(job: Job) -> None:
    assert croniter(job.cron, 0.0).get_next(float) > 0
    assert [other.name for other in TIMETABLE].count(job.name) == 1


def test_a_job_that_takes_long_is_not_begun_beside_itself() -> None:
    """Four hands are soon full of one job that lasts longer than the time between two of its kind."""
    tasks = timetable.timetable(heartbeat=10).tasks

    assert {job.name for job in TIMETABLE if tasks[job.name].lock != job.name} == {
        "check_completeness",
        "carry_on_imports",
    }, "these two leave to others what others have in hand"


@pytest.mark.rule("F-31", "I13")
def test_holds_are_given_back_once_however_often_it_runs() -> None:
    wallet = a_wallet(free="10.00")
    freeze(
        wallet=wallet,
        amount=money("10.00"),
        instruction=an_instruction(),
        expires_at=AT + timedelta(days=1),
    )

    assert timetable.expire_holds(AT) == 0
    assert timetable.expire_holds(AT + timedelta(days=1)) == 1
    assert timetable.expire_holds(AT + timedelta(days=2)) == 0
    assert figures(wallet) == ("10.00", "0.00", "0.00")


def test_leaves_are_there_before_they_are_needed(
    db: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = ledger.Book("another_programs")  # it comes first, and is closed to us
    monkeypatch.setattr(ledger, "books", lambda _: [theirs, ledger.MAIN])
    with db.owner() as owner:
        owner.execute("CREATE SCHEMA another_programs")
        row = owner.execute("SELECT entry_end, entries_in_leaf FROM ledger.room()").fetchone()
        assert row is not None
        # as if the leaf were nearly full
        owner.execute("SELECT setval('ledger.entry_id', %s)", [row[0] - 10])
        owner.commit()

        timetable.make_room(now())

        after = owner.execute("SELECT entry_end FROM ledger.room()").fetchone()
        owner.execute("SELECT setval('ledger.entry_id', 1, false)")
        owner.execute("DROP SCHEMA another_programs")
        owner.commit()
    assert after is not None
    assert after[0] > row[0]


def test_notices_lose_their_words_after_30_days_and_nothing_else(db: Databases) -> None:
    kept = "SELECT octet_length(raw), headers::text, size, event, verdict FROM wallet_gateway_notice ORDER BY id"
    for days, verdict in ((31, "credited"), (31, "received"), (29, "credited")):
        ask(
            db,
            "INSERT INTO wallet_gateway_notice (gateway, received_at, headers, raw, size, event, verdict, detail)"
            " VALUES ('Test', %s, '{\"a\": \"b\"}', 'words', 5, %s, %s, '')",
            now() - timedelta(days=days),
            f"event-{days}-{verdict}",
            verdict,
        )

    assert timetable.forget_old(now()) == 1
    assert timetable.forget_old(now()) == 0

    assert ask(db, kept) == [
        (0, "{}", 5, "event-31-credited", "credited"),
        (5, '{"a": "b"}', 5, "event-31-received", "received"),
        (5, '{"a": "b"}', 5, "event-29-credited", "credited"),
    ]


def test_a_worker_whose_login_owns_nothing_leaves_the_owners_work_and_says_so(
    db: Databases, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    poor = Databases(db.app_dsn, db.app_dsn)
    monkeypatch.setattr(timetable, "find_databases", lambda _: poor)
    monkeypatch.setattr(ledger, "index_full_leaves", create_an_index)
    with caplog.at_level(logging.WARNING):
        assert timetable.index_full_leaves(now()) == 0

    assert "tael maintain" in caplog.text


def create_an_index(connection: psycopg.Connection, *, book: ledger.Book) -> int:
    connection.execute(
        sql.SQL("CREATE INDEX probe ON {} (id)").format(sql.Identifier(book.name, "entry"))
    )
    return 1
