"""A dead worker's job is in other hands within 90 seconds, and waits in the queue once."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from jobs.working import ask
from tael.jobs.stalled import HEARTBEAT, PROMISED, take_up_stalled, taken_up_within
from tael.jobs.timetable import timetable
from tael.jobs.worker import queue_app
from tael.postgres.connect import Databases

A_DEAD_WORKER = """
    INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id
"""
ITS_JOB = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock, worker_id)
    VALUES ('default', 'tael:expire_holds', 'doing', 'expire_holds', %s) RETURNING id
"""


def look(heartbeat: int) -> int:
    async def looking() -> int:
        app = queue_app(timetable(heartbeat=heartbeat))
        async with app.open_async():
            return await take_up_stalled(app.job_manager, heartbeat=heartbeat)

    return asyncio.run(looking())


def a_job_of_a_worker_silent_for(databases: Databases, seconds: int) -> int:
    ((worker,),) = ask(databases, A_DEAD_WORKER, seconds)
    ((job,),) = ask(databases, ITS_JOB, worker)
    return int(job)


def states(databases: Databases) -> list[tuple]:
    return ask(databases, "SELECT id, status::text FROM procrastinate_jobs ORDER BY id")


@pytest.mark.parametrize("heartbeat", range(1, HEARTBEAT + 1))
def test_the_longest_way_is_shorter_than_promised(heartbeat: int) -> None:
    assert taken_up_within(heartbeat) < PROMISED


def test_the_looks_come_as_often_as_the_sum_says() -> None:
    from croniter import croniter

    for heartbeat in range(1, HEARTBEAT + 1):
        jobs = timetable(heartbeat=heartbeat).periodic_registry.periodic_tasks
        cron = croniter(jobs["take_up_stalled", ""].cron, 0.0)
        moments = [cron.get_next(float) for _ in range(100)]
        gaps = [after - before for before, after in pairwise(moments)]
        assert max(gaps) <= 3 * heartbeat


def test_a_worker_that_is_only_slow_keeps_its_job(db: Databases) -> None:
    job = a_job_of_a_worker_silent_for(db, 25)

    assert look(HEARTBEAT) == 0
    assert states(db) == [(job, "doing")]


def test_a_dead_workers_job_goes_back_into_the_queue(db: Databases) -> None:
    job = a_job_of_a_worker_silent_for(db, 31)

    assert look(HEARTBEAT) == 1
    assert look(HEARTBEAT) == 0
    assert states(db) == [(job, "todo")]


def test_one_whose_like_waits_already_is_dropped(db: Databases) -> None:
    a_job_of_a_worker_silent_for(db, 31)
    ((waiting,),) = ask(
        db,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock)"
        " VALUES ('default', 'tael:expire_holds', 'expire_holds') RETURNING id",
    )

    assert look(HEARTBEAT) == 1
    assert states(db) == [(waiting, "todo")]
