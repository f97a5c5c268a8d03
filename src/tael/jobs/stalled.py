"""Jobs whose worker died are done by another: how soon, and what becomes of each.

A worker gives a sign of life every ``heartbeat`` seconds. After three that did not come it counts as
dead, and its jobs go back into the queue at the next look, which comes as often as that:

    3 x 10 s  until the worker counts as dead
    + 30 s    until somebody looks
    +  5.5 s  until a worker asks for work, should it not have been woken
    = 65.5 s  at the default, within the 90 s that are promised

Source: reliability T3 (stalled job resumed within 90 s).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Status

if TYPE_CHECKING:
    from procrastinate.manager import JobManager

HEARTBEAT: Final = 10  # seconds, the default and the longest
MISSED: Final = 3  # signs of life that did not come
ASKED_EVERY: Final = 5.0  # seconds between a worker's questions for work, should no notice reach it
MARGIN: Final = 0.5  # seconds by which the queue starts what is due late
PROMISED: Final = 90.0  # seconds

log: Final = logging.getLogger(__name__)


def dead_after(heartbeat: int) -> int:
    """Give the seconds of silence after which a worker counts as dead; also how often to look."""
    return MISSED * heartbeat


def taken_up_within(heartbeat: int) -> float:
    """Give the seconds after which a dead worker's job is certainly in another worker's hands.

    >>> taken_up_within(HEARTBEAT)
    65.5
    """
    silence = looking = dead_after(heartbeat)
    return silence + looking + MARGIN + ASKED_EVERY


async def take_up_stalled(manager: JobManager, *, heartbeat: int) -> int:
    """Put the jobs of dead workers back into the queue, and tell how many.

    One whose like waits in the queue already is dropped: a job is not for what is in it, but for what
    there is to do.

    Source: reliability T3.
    """
    stalled = list(
        await manager.get_stalled_jobs(seconds_since_heartbeat=float(dead_after(heartbeat)))
    )
    for job in stalled:
        log.warning("the worker of job %s (%s) died", job.id, job.task_name)
        try:
            await manager.retry_job(job)
        except (AlreadyEnqueued, UniqueViolation):
            await manager.finish_job(job, status=Status.FAILED, delete_job=True)
    return len(stalled)
