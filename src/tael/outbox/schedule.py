"""When a delivery that failed is tried again: over 75 hours, each time a little later than the last.

Source: Standard Webhooks, delivery attempts; reliability T25.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the first attempt, after the second, ...; after the tenth it is given up.

>>> str(sum(PAUSES, timedelta()))
'3 days, 3:35:05'
"""

JITTER: Final = 0.1  # the part of a pause by which it may be longer

LIFETIME: Final = sum(PAUSES, timedelta()) * (1 + JITTER)  # the longest that the ten attempts take


def pause_after(attempts: int, *, chance: float) -> timedelta | None:
    """Give how long to wait after so many attempts; None when it is time to give up.

    Pauses are only ever stretched, so that receivers that failed together are not called together and
    the whole still lasts 75 hours.

    Args:
        attempts: that have been made, at least 1.
        chance: a random number, 0 <= chance < 1.

    Source: T25.

    >>> pause_after(1, chance=0.5)
    datetime.timedelta(seconds=5, microseconds=250000)
    >>> pause_after(10, chance=0.5) is None
    True
    """
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 + JITTER * chance)
