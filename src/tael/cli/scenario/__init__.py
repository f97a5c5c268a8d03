"""Scenarios: business stories as text that an accountant can read; tests and demo data are such files."""

from tael.cli.scenario.play import play
from tael.cli.scenario.read import ScenarioError, Step, read_scenario
from tael.cli.scenario.story import Story

__all__ = ["ScenarioError", "Step", "Story", "play", "read_scenario"]
