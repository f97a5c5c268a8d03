"""Keeps several programs running beside each other, and ends all of them together.

Each is a child that dies with this process, however this process ends. One that ends by itself is
started again, a few times and a little later each time.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

import click

from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from tael.postgres.child import Child

RESTARTS: Final = 5  # of one program, within the time below
FORGOTTEN_AFTER: Final = 600.0  # seconds after which an end counts no more
FIRST_PAUSE: Final = 0.5  # seconds before a program is started again; doubled each time
PATIENCE_AT_STOP: Final = 15.0  # seconds, for all of them together


class ProgramWillNotStay(Refusal):
    """One of Tael's programs ends again and again."""

    code = "program_will_not_stay"
    because: ClassVar[Because] = "conflict"
    remedy = "Read what it said above."
    retry = True


class Program(Protocol):
    """Something that can be started, and started again."""

    @property
    def name(self) -> str:
        """Give what people call it."""

    def start(self) -> Child:
        """Start it as a child of this process."""

    def wait_until_up(self, child: Child) -> None:
        """Wait until it does its work; raises a Refusal when it will not."""


@dataclass
class _Running:
    program: Program
    child: Child
    ends: list[float] = field(default_factory=list)  # moments of the monotonic clock
    again_at: float | None = None


class Children:
    """The programs that run beside each other now."""

    def __init__(self) -> None:
        self._running: list[_Running] = []

    def start(self, program: Program) -> None:
        """Start a program and wait until it is up.

        Raises:
            Refusal: it does not come up.
        """
        running = _Running(program, program.start())
        self._running.append(running)
        program.wait_until_up(running.child)

    def pids(self) -> dict[str, int]:
        """Give the process numbers of the programs."""
        return {running.program.name: running.child.pid for running in self._running}

    def look_after(self) -> None:
        """Start again what has ended; call it some times a second.

        Raises:
            ProgramWillNotStay: one has ended too often.
        """
        now = time.monotonic()
        for running in self._running:
            if running.again_at is not None:
                if now >= running.again_at:
                    running.child, running.again_at = running.program.start(), None
            elif running.child.wait(0):
                self._ended(running, now)

    def _ended(self, running: _Running, now: float) -> None:
        end_group(running.child)
        running.ends = [end for end in running.ends if now - end < FORGOTTEN_AFTER] + [now]
        said = f"The {running.program.name} ended with {running.child.exit_code}"
        if len(running.ends) > RESTARTS:
            raise ProgramWillNotStay(
                f"{said}, {len(running.ends)} times.", there=running.program.name
            )
        pause = FIRST_PAUSE * 2 ** (len(running.ends) - 1)
        running.again_at = now + pause
        click.echo(f"{said}; starting it again.", err=True)

    def stop(self) -> None:
        """End all of them: let each finish what it is at, then make sure."""
        for running in reversed(self._running):
            running.child.signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_AT_STOP
        for running in reversed(self._running):
            if not running.child.wait(max(deadline - time.monotonic(), 0)):
                running.child.signal(signal.SIGKILL)
                running.child.wait()
            end_group(running.child)
        self._running.clear()


def stop(child: Child) -> None:
    """Let one program finish what it is at, then end it and everything that it started."""
    child.signal(signal.SIGTERM)
    if not child.wait(PATIENCE_AT_STOP):
        child.signal(signal.SIGKILL)
        child.wait()
    end_group(child)


def end_group(child: Child) -> None:
    """End what a program that is gone has left: workers without their server would keep its port."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
