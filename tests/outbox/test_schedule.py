"""Attempts go on for 75 hours, each pause is only ever longer than planned, and then it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tael.outbox.schedule import PAUSES, pause_after


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_the_attempts_last_75_hours_and_not_80_more(chance: float) -> None:
    pauses = [pause_after(number, chance=chance) for number in range(1, 10)]

    assert None not in pauses
    lasts = sum((pause for pause in pauses if pause), timedelta())
    assert timedelta(hours=75) <= lasts < timedelta(hours=84)
    assert pauses == sorted(pause for pause in pauses if pause)


def test_after_the_tenth_it_is_given_up() -> None:
    assert len(PAUSES) == 9
    assert pause_after(10, chance=0) is None
