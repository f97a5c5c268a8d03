"""A clock that is set and a machine that sleeps: each job is due, and once (T10)."""

from __future__ import annotations

from collections import Counter

from tael.jobs.due import Deferrer
from tael.jobs.timetable import timetable

NOON = 1_800_000_000.0  # seconds since 1970, a whole minute
HOUR = 3600.0


def test_a_job_is_due_once_for_all_that_was_missed_and_at_once_after_the_clock_was_set_back() -> (
    None
):
    jobs = Deferrer(timetable(heartbeat=10).periodic_registry)

    def due(at: float) -> Counter[str]:
        return Counter(task.task.name for task, _ in jobs.get_previous_tasks(at=at))

    first = due(NOON + 0.5)
    assert first["tell_new_entries"] == first["wake_endpoints"] == 1
    assert due(NOON + 1.5) == {}
    assert due(NOON + 2.5)["tell_new_entries"] == 1

    slept = due(NOON + 60 * HOUR + 0.5)
    assert slept["expire_holds"] == slept["make_bills"] == slept["forget_old"] == 1
    assert set(slept.values()) == {1}

    back = due(NOON + 58 * HOUR + 0.5)
    assert back["tell_new_entries"] == back["take_up_stalled"] == back["wake_endpoints"] == 1
    assert due(NOON + 58 * HOUR + 2.5)["tell_new_entries"] == 1
