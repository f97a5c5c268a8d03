"""Where an embedded server can be reached: a socket in a folder of ours, and a port on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from psycopg.conninfo import make_conninfo

LONGEST_SOCKET_PATH: Final = 100  # the kernel takes 107 bytes on Linux, 103 on macOS
LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Address:
    """One running server."""

    sockets: str  # the folder of its socket
    port: int
    pid: int

    def conninfo(self, *, user: str, password: str, database: str) -> str:
        """Give the connection string, through the socket."""
        return make_conninfo(
            host=self.sockets, port=self.port, user=user, password=password, dbname=database
        )

    def write(self, path: Path) -> None:
        """Let other programs of the same user find the server."""
        fresh = path.with_name(f".{path.name}-{os.getpid()}")
        fresh.write_text(json.dumps(asdict(self)), "utf-8")
        fresh.replace(path)


def read_address(path: Path) -> Address | None:
    """Give the address that was written last, or None. The server may have ended since."""
    try:
        facts = json.loads(path.read_text("utf-8"))
        return Address(sockets=facts["sockets"], port=facts["port"], pid=facts["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def free_port(wished: int | None) -> int:
    """Find a free port: the one wished, when nobody has it, so that an address stays the same."""
    for port in (wished or 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    message = "this machine has no free port"  # not a rule's no: 28,000 ports are in use
    raise OSError(message)


def socket_folder(data: Path, owner: int) -> Path:
    """Make the folder of the server's socket: short, and closed to everyone but ``owner``.

    Its name follows from the data folder, so that starting a hundred times leaves one folder and not
    a hundred. A name that somebody else took is not trusted.
    """
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    for parent in dict.fromkeys((tempfile.gettempdir(), "/tmp")):  # noqa: S108 - closed folder inside
        folder = Path(parent) / f"tael-{owner}-{mark}"
        if len(os.fsencode(folder / ".s.PGSQL.65535.lock")) > LONGEST_SOCKET_PATH:
            continue
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            _give(folder, owner)
        except OSError:
            continue
        if _is_closed(folder, owner):
            return folder
    folder = Path(tempfile.mkdtemp(prefix="tael-", dir="/tmp"))
    _give(folder, owner)
    return folder


def _give(folder: Path, owner: int) -> None:
    if owner != os.geteuid() and folder.lstat().st_uid == os.geteuid():
        os.chown(folder, owner, -1)


def _is_closed(folder: Path, owner: int) -> bool:
    found = folder.lstat()
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == owner
        and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    )
