"""One migrated home for all workers of a test session: who needs a database or a `tael run` starts from a copy.

To make a data folder and to apply every migration takes two seconds of processor; to copy the result, a tenth of one.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

OF_ITS_RUN = (
    "lock",
    "server.json",
    "postgres.log",
)  # what a stopped server leaves; a copy has had none


class Prepared:
    """A home that is copied and never used itself. It goes when the last process that knows it ends."""

    def __init__(self, session: Path, room: str | None, make: Callable[[Path], None]) -> None:
        """Find the session's home, or make it.

        Args:
            session: the folder that all workers of this session know.
            room: where folders for tests are made.
            make: fills an empty home.
        """
        told = session / "prepared"
        with (session / "prepared.lock").open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            if told.exists() and Path(told.read_text("utf-8")).exists():
                self._folder = Path(told.read_text("utf-8"))
                self._lock = (self._folder / "lock").open("r+")
            else:
                self._folder = Path(tempfile.mkdtemp(prefix="tael-test-", dir=room))
                self._folder.chmod(0o711)  # a server that is not ours may have its home in it
                self._lock = _locked(self._folder / "lock")
                make(self._folder / "home")
                for name in OF_ITS_RUN:
                    (self._folder / "home" / name).unlink(missing_ok=True)
                told.write_text(str(self._folder), "utf-8")
            fcntl.flock(self._lock, fcntl.LOCK_SH)
        self._session = session

    def copy_to(self, home: Path) -> None:
        """Make a home as this one is."""
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        subprocess.run(["cp", "-Rp", f"{self._folder}/home/.", home], check=True)

    def new_folder(self, prefix: str) -> Path:
        """Make a folder beside it, which goes with it at the latest, also when a session is killed."""
        return Path(tempfile.mkdtemp(prefix=prefix, dir=self._folder))

    def leave(self) -> None:
        """Need it no more."""
        with (self._session / "prepared.lock").open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            with self._lock, suppress(BlockingIOError):  # others need it still
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(self._folder)


def _locked(path: Path) -> IO[str]:
    """Make a lock that is held from its first moment: another session removes what nobody holds."""
    lock = path.with_suffix(".new").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    path.with_suffix(".new").rename(path)
    return lock
