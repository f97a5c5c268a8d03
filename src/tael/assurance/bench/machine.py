"""The machine and the server that the figures belong to."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg

if TYPE_CHECKING:
    from psycopg import Connection

_SETTINGS: Final = (
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "shared_buffers",
    "max_wal_size",
    "wal_level",
)
_MEGABYTE: Final = 1 << 20


def facts(connection: Connection) -> dict[str, str]:
    """Say what ran on what: processor, memory, versions, and whether commits are on disk."""
    rows = connection.execute(
        "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [list(_SETTINGS)]
    ).fetchall()
    page, pages = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": f"{os.cpu_count()} x {_processor()}",
        "memory": f"{page * pages / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "psycopg": f"{psycopg.__version__} ({psycopg.pq.__impl__})",
        "postgresql": str(connection.info.parameter_status("server_version")),
        "settings": ", ".join(f"{name} {value}" for name, value in rows),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def resident_megabytes(pid: int | None = None) -> tuple[float, float] | None:
    """Give the memory of a process, now and at its peak; None where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid or 'self'}/status").read_text("utf-8").splitlines()
    except OSError:
        return None
    found = dict(line.split(":", 1) for line in lines if line.startswith(("VmRSS", "VmHWM")))
    now, peak = (int(found[name].split()[0]) * 1024 / _MEGABYTE for name in ("VmRSS", "VmHWM"))
    return now, peak
