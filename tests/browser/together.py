"""One place for all workers of a test session: the first who needs it starts it, and stops it when all have left."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from browser.visitors import Place, alone
from prepared import Prepared


@contextmanager
def shared_place(
    folder: Path, at_the_end: Callable[[Callable[[], None]], None], prepared: Prepared
) -> Iterator[Place]:
    """The place of those who know this folder. Whoever leaves it has examined it.

    Args:
        at_the_end: takes what is to be done when this process has run all its tests. The others may then still be
            walking through the place for minutes, longer than a test may take.
        prepared: what the place starts from; the demo data come with the start.
    """
    told = folder / "tael-is-in"
    with (folder / "visited").open("w") as visited:  # everybody's lock; a killed process holds none
        with alone(folder / "door"):
            if told.exists():
                place = Place(Path(told.read_text("utf-8")))
            else:
                room = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
                home = tempfile.TemporaryDirectory(prefix="tael-browser-", dir=room)
                prepared.copy_to(Path(home.name))
                place = Place(Path(home.name))
                told.write_text(home.name, "utf-8")
                at_the_end(lambda: _close(place, home, folder))
            fcntl.flock(visited, fcntl.LOCK_SH)
        yield place
        place.tael("doctor")


def _close(place: Place, home: tempfile.TemporaryDirectory, folder: Path) -> None:
    """Close the place behind the last visitor; who comes later starts another one."""
    with (folder / "visited").open("w") as visited:
        while (folder / "tael-is-in").exists():
            with alone(folder / "door"):
                try:
                    fcntl.flock(visited, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    (folder / "tael-is-in").unlink()
                except BlockingIOError:
                    pass
            time.sleep(0.2)
    place.close()
    home.cleanup()
