"""What is due on the timetable, whatever becomes of the clock: it may be set, and a machine may sleep.

By itself the queue goes through every moment since the last one: after two days of sleep half a million jobs
are due, and after a clock was set back there are none until it has caught up, so that no hold is given back,
no webhook sent and no dead worker's job taken up. And what fell due more than ten minutes before the start is
left out: a machine that is off at night would never forget what is old. Here what was missed is due once.

Source: reliability T3, T10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from procrastinate.periodic import PeriodicDeferrer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from procrastinate.periodic import PeriodicTask


class Deferrer(PeriodicDeferrer):
    """Puts jobs into the queue when they are due, each once for all the moments that were missed."""

    def get_timestamps(
        self, periodic_task: PeriodicTask[..., Any, Any], since: int | None, until: float
    ) -> Iterable[int]:
        """Give the moment for which a task is due, if there is one.

        The database takes each moment once, so that a worker's start repeats nothing.

        Args:
            since: the last moment for which it was, None before the first; in seconds since 1970, as all.
            until: now.
        """
        moments = periodic_task.croniter
        moments.set_current(start_time=until)
        last = round(moments.get_prev(ret_type=float))
        set_back = since is not None and since > until
        return [last] if since is None or set_back or last > since else []
