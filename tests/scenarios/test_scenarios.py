"""Each scenario of this folder goes as it says, in a database of its own, and the books balance after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tael.cli.scenario import Story, play, read_scenario

HERE = Path(__file__).parent
SCENARIOS = sorted(HERE.glob("*.scenario"))


@pytest.mark.parametrize("path", SCENARIOS, ids=[path.stem for path in SCENARIOS])
def test_a_scenario_goes_as_it_says(db, path):
    steps = read_scenario(path.read_text("utf-8"), path.name)

    assert steps
    play(steps, Story(path.stem))  # the fixture `db` proves the books afterwards


def test_every_worked_example_of_seed_1_is_a_scenario():
    told = "\n".join(path.read_text("utf-8") for path in SCENARIOS)

    missing = [number for number in range(1, 17) if f"X-F{number}" not in told.split()]
    assert missing == []
