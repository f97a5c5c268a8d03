"""Tael's folder on a machine (TAEL_HOME): its database, its secrets, and the lock of whoever runs it."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar

from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


class FolderReadOnly(Refusal):
    """Tael's folder cannot be written to."""

    code = "data_folder_read_only"
    because: ClassVar[Because] = "forbidden"
    remedy = "Set TAEL_HOME to a folder that you may write to, or run Tael as the user who owns it."


class NoSpaceLeft(Refusal):
    """The disk that holds Tael's folder is full."""

    code = "no_space_left"
    because: ClassVar[Because] = "conflict"
    remedy = "Free some space, or set TAEL_HOME to a folder on another disk. Nothing that was confirmed is lost."
    retry = True


class AlreadyRunning(Refusal):
    """Another Tael runs in the same folder."""

    code = "already_running"
    because: ClassVar[Because] = "conflict"
    remedy = "Use the one that runs, stop it first, or set TAEL_HOME to another folder."
    retry = True


class Home:
    """The folder. Nothing is made before it is needed."""

    def __init__(self, path: Path) -> None:
        """Name the folder; it need not be there yet."""
        self.path = path.absolute()
        self._lock: IO[str] | None = None

    @property
    def data(self) -> Path:
        """Where the embedded server keeps the database."""
        return self.path / "postgres"

    @property
    def log(self) -> Path:
        """What the embedded server says."""
        return self.path / "postgres.log"

    @property
    def state(self) -> Path:
        """Where the running server can be reached; not there while none runs."""
        return self.path / "server.json"

    def make(self) -> None:
        """Make the folder, for our eyes only.

        Raises:
            FolderReadOnly, NoSpaceLeft: it cannot be made or written to.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as failure:
            raise refused_folder(self.path, failure) from failure

    def take(self) -> None:
        """Become the one who runs here, until `leave` or until this process ends.

        Raises:
            AlreadyRunning: somebody else is.
            FolderReadOnly, NoSpaceLeft: the folder cannot be written to.
        """
        self.make()
        try:
            lock = (self.path / "lock").open("a+", encoding="utf-8")
        except OSError as failure:
            raise refused_folder(self.path, failure) from failure
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as failure:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            if failure.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                raise
            raise AlreadyRunning(
                f"Tael already runs in {self.path} (process {holder}).", there=f"process {holder}"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock

    def leave(self) -> None:
        """Let the next one run here."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def secret(self, name: str) -> str:
        """Give the secret of this name; made at random the first time, readable by us alone."""
        path = self.path / f"{name}.secret"
        while True:
            try:
                return path.read_text("utf-8").strip()
            except FileNotFoundError:
                self.make()
                self._write_secret(path, secrets.token_urlsafe(48))
            except OSError as failure:
                raise refused_folder(self.path, failure) from failure

    def has_secret(self, name: str) -> bool:
        """Tell whether the secret of this name has been made."""
        return (self.path / f"{name}.secret").exists()

    def _write_secret(self, path: Path, secret: str) -> None:
        """Put it in place whole, and only if nobody was faster: two first starts see one secret."""
        fresh = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            with os.fdopen(
                os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
            ) as file:
                file.write(f"{secret}\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        except OSError as failure:
            raise refused_folder(self.path, failure) from failure


def home_of(environment: Mapping[str, str]) -> Home:
    """Find Tael's folder: TAEL_HOME, else `.tael` in the working folder."""
    return Home(Path(environment.get("TAEL_HOME") or ".tael"))


def refused_folder(path: Path, failure: OSError) -> Refusal:
    """Give the refusal for what the operating system said about a folder."""
    if failure.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoSpaceLeft(f"There is no space left for {path}.", field="TAEL_HOME")
    return FolderReadOnly(f"{path} cannot be written to: {failure.strerror}.", field="TAEL_HOME")
