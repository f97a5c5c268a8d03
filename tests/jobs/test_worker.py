"""Real workers, killed in the middle of what they do: each effect once, and somebody goes on (T3)."""

from __future__ import annotations

import asyncio
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from procrastinate import Blueprint
from psycopg_pool import PoolTimeout

from builders import a_wallet, an_instruction, figures, money
from jobs.working import ask, in_hand, until
from outbox.receiving import STAFF, a_receiver, an_event, now
from tael.jobs import worker
from tael.jobs.timetable import OUTSIDE
from tael.outbox.endpoint import add_endpoint
from tael.postgres.connect import Databases, DatabaseUnreachable
from tael.wallet.freeze import freeze

Start = Callable[..., subprocess.Popen[bytes]]


def test_a_worker_expires_holds_tells_what_was_booked_and_stops_when_it_is_told(
    db: Databases, start_worker: Start, tmp_path: Path
) -> None:
    with a_receiver() as receiver:
        add_endpoint_to(receiver.url)
        wallet = a_wallet(free="100.00")
        freeze(
            wallet=wallet,
            amount=money("30.00"),
            instruction=an_instruction(at=now() - timedelta(hours=2)),
            expires_at=now() - timedelta(hours=1),
        )

        process = start_worker()
        until(lambda: len(set(receiver.events)) == 3)

        kinds = [body.split(b'"')[3].decode() for _, _, body in receiver.came]
        assert kinds == ["recharge.credited", "hold.opened", "hold.expired"]
        assert figures(wallet) == ("100.00", "0.00", "0.00")
        process.terminate()
        assert process.wait(20) == 0, (tmp_path / "worker.log").read_text("utf-8")
        assert ask(db, "SELECT count(*) FROM procrastinate_workers") == [(0,)]


def test_kill_9_in_the_middle_of_a_delivery_loses_nothing_and_doubles_nothing(
    db: Databases, start_worker: Start
) -> None:
    """T3: the message comes again under its number; the delivery is one and is taken once."""
    with a_receiver() as receiver:
        add_endpoint_to(receiver.url)
        receiver.answer = hanging
        an_event()
        first = start_worker()
        until(lambda: receiver.came)
        first.kill()
        first.wait()
        assert in_hand(db, "deliver_webhooks") == 1
        assert state_of_all(db) == [("waiting", 1)]

        receiver.answer = 200
        # the lease of the killed attempt is over a minute later; nobody wants to wait for that here
        ask(db, "UPDATE outbox_delivery SET due_at = now()")
        begun = time.monotonic()
        start_worker()
        until(lambda: state_of_all(db) == [("delivered", 2)])

        assert time.monotonic() - begun < 40
        assert len(set(receiver.events)) == 1
        assert len(receiver.came) == 2
        cut_off = ask(db, "SELECT ended_at IS NULL FROM outbox_attempt ORDER BY id")
        assert cut_off == [(True,), (False,)]


def test_kill_9_in_the_middle_of_expiries_gives_each_hold_back_once(
    db: Databases, start_worker: Start
) -> None:
    """T3: forty holds fall due, a lock stops the worker in the middle, it is killed, another goes on."""
    wallet, last = a_wallet(free="100.00"), a_wallet(free="1.00")
    past = datetime.now(UTC) - timedelta(hours=1)  # noqa: TID251 - the worker's clock is real
    for number in range(40):
        freeze(
            wallet=wallet,
            amount=money("1.00"),
            instruction=an_instruction(at=past - timedelta(hours=1)),
            expires_at=past + timedelta(seconds=number),
        )
    freeze(
        wallet=last,
        amount=money("1.00"),
        instruction=an_instruction(at=past - timedelta(hours=1)),
        expires_at=past + timedelta(minutes=5),
    )
    with db.owner() as holder:
        # the last hold cannot be given back while somebody has the wallet's account
        holder.execute("SELECT FROM ledger.account WHERE id = %s FOR UPDATE", [last.free])
        first = start_worker()
        until(lambda: figures(wallet)[0] == "100.00")
        until(lambda: in_hand(db, "expire_holds") == 1)
        first.kill()
        first.wait()
        holder.rollback()

    start_worker()
    until(lambda: figures(last)[0] == "1.00")
    until(lambda: in_hand(db, "expire_holds") == 0)

    assert figures(wallet) == ("100.00", "0.00", "0.00")
    moves = ask(
        db, "SELECT count(*), count(DISTINCT hold) FROM wallet_hold_move WHERE event = 'expire'"
    )
    assert moves == [(41, 41)]


def test_a_job_that_waits_for_another_system_takes_no_hand_from_the_others(
    db: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        worker.os, "_exit", lambda _: None
    )  # these workers live in the test's process
    jobs, done = Blueprint(), threading.Event()
    waits = jobs.task(name="waits", queue=OUTSIDE)(lambda: done.wait(10))
    works = jobs.task(name="works")(done.set)

    async def both() -> None:
        app = worker.queue_app(jobs)
        async with app.open_async():
            await waits.defer_async()
            await works.defer_async()
            working = asyncio.create_task(worker._work(app, at_once=1, heartbeat=10))
            await asyncio.to_thread(done.wait, 5)
            working.cancel()
            await asyncio.wait([working])

    asyncio.run(both())

    assert done.is_set()
    assert ask(db, "SELECT count(*) FROM procrastinate_workers") == [(0,)]


def test_a_database_that_is_away_for_minutes_is_waited_for(
    db: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    async def working(*_: object) -> None:
        tried.append(1)
        if len(tried) < 3:
            raise PoolTimeout

    monkeypatch.setattr(worker, "_work", working)
    kept = {"OPTIONS": {"pool": {"max_size": 18}}}
    monkeypatch.setattr(worker, "connections", {"default": SimpleNamespace(settings_dict=kept)})
    monkeypatch.setattr(worker, "queue_app", lambda _: None)
    worker.work(at_once=10, heartbeat=10)
    assert len(tried) == 3
    assert kept["OPTIONS"]["pool"]["max_size"] == 20, "a connection for each job"

    tried.clear()
    monkeypatch.setattr(worker, "WAITS", 0.0)
    with pytest.raises(DatabaseUnreachable, match="lost the database"):
        worker.work(at_once=1, heartbeat=10)


def add_endpoint_to(url: str) -> None:
    import os

    os.environ["TAEL_WEBHOOKS_TO_PRIVATE"] = "1"
    try:
        add_endpoint(url=url, actor=STAFF, at=now())
    finally:
        del os.environ["TAEL_WEBHOOKS_TO_PRIVATE"]


def hanging(handler: Any) -> None:
    """The receiver has the message and does not answer."""
    time.sleep(8)
    handler.close_connection = True


def state_of_all(databases: Databases) -> list[tuple]:
    return ask(databases, "SELECT state, attempts FROM outbox_delivery")
