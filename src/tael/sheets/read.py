"""Reading a sheet: the file is handed to a child with limits, and what the child says is checked.

Source: reliability, M8, M9, T15.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from typing import IO, TYPE_CHECKING, Any, Final

from tael.sheets.limits import AT_ONCE_MAX, READ_MAX, SECONDS_MAX, UPLOAD_MAX, WAIT_SECONDS
from tael.sheets.refusals import SheetsBusy, SheetTooHeavy, SheetTooLarge, SheetUnreadable
from tael.sheets.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME_MAX: Final = 200
GRACE: Final = 2.0
"""Seconds between the child's own end and ours for it."""
VERDICT_MAX: Final = 64 * 1024
_CHILDREN: Final = threading.BoundedSemaphore(AT_ONCE_MAX)
_REFUSALS: Final = {each.code: each for each in (SheetTooLarge, SheetUnreadable, SheetTooHeavy)}


def read_sheet(
    data: bytes,
    *,
    name: str,
    wanted: Sequence[str] = (),
    encoding: str | None = None,
    seconds: float = SECONDS_MAX,
) -> Sheet:
    """Read a csv (UTF-8 or GB 18030; comma, semicolon or tab) or the one visible sheet of an xlsx.

    Nothing of the file is read in this process. The child has no more than 512 MB and 30 seconds, sees
    nothing of the environment, and is gone when this returns.

    Args:
        name: of the file, for people. wanted: headings that the sheet has; the first row with all of
            them is the row of headings, so that a title may stand above it. None takes the first row
            that is not empty.
        encoding: of a csv, by Python's name; None tries UTF-8, then GB 18030.
        seconds: after which the child is ended.

    Raises:
        SheetTooLarge: more bytes, members, rows, columns or characters than allowed.
        SheetUnreadable: naming what is wrong, and in which row.
        SheetTooHeavy: it took too much time or memory.
        SheetsBusy: others are being read.

    Source: reliability, M8, M9, T15.
    """
    return _read(data, name, {"wanted": list(wanted), "encoding": encoding}, seconds)


def read_camt_053(data: bytes, *, name: str) -> Sheet:
    """Read a bank's statement (ISO 20022, camt.053) by the same child: its columns are `camt_053.COLUMNS`.

    Raises:
        SheetUnreadable: it is no camt.053 that can be read.
        SheetTooLarge, SheetTooHeavy, SheetsBusy: as ``read_sheet``.

    Source: peers-settlement-invest A26; reliability, M8, T15.
    """
    return _read(data, name, {"message": "camt.053"}, SECONDS_MAX)


def _read(data: bytes, name: str, asked: Mapping[str, object], seconds: float) -> Sheet:
    if len(data) > UPLOAD_MAX:
        raise SheetTooLarge(
            "The file is too large.",
            field="file",
            there=f"{len(data)} bytes",
            allowed=f"at most {UPLOAD_MAX} bytes",
        )
    if not data.strip():
        raise SheetUnreadable("The file is empty.", field="file")
    if not _CHILDREN.acquire(timeout=WAIT_SECONDS):
        raise SheetsBusy("Other files are being read.", field="file")
    try:
        content = _by_a_child(data, asked, seconds)
    finally:
        _CHILDREN.release()
    verdict = _verdict(content)
    if "refused" in verdict:
        raise _REFUSALS[verdict["refused"]](
            verdict["detail"],
            field="file",
            there=verdict.get("there"),
            allowed=verdict.get("allowed"),
        )
    return Sheet(
        name="".join(filter(str.isprintable, name))[:NAME_MAX],
        form=verdict["form"],
        digest=hashlib.sha256(data).hexdigest(),
        columns=tuple(verdict["columns"]),
        header=verdict["header"],
        count=verdict["count"],
        content=content,
    )


def _by_a_child(data: bytes, asked: Mapping[str, object], seconds: float) -> bytes:
    """Give what the child wrote. Files, not pipes, carry it: nobody waits for anybody, the size is bounded."""
    with (
        tempfile.TemporaryFile(prefix="tael-sheet-") as brought,
        tempfile.TemporaryFile(prefix="tael-sheet-") as read,
    ):
        brought.write(data)
        brought.seek(0)
        _run(brought, read, asked, seconds)
        read.seek(0)
        return read.read(READ_MAX + VERDICT_MAX)


def _run(brought: IO[bytes], read: IO[bytes], asked: Mapping[str, object], seconds: float) -> None:
    program = [sys.executable, "-I", "-m", "tael.sheets.child", json.dumps(asked)]
    child = subprocess.Popen(  # noqa: S603 - our own program; what is asked of it is its one argument
        program,
        stdin=brought,
        stdout=read,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8", "TZ": "UTC"} | _interpreter(),
        close_fds=True,
        start_new_session=True,
    )
    try:
        child.wait(timeout=seconds + GRACE if seconds == SECONDS_MAX else seconds)
    except subprocess.TimeoutExpired:
        message = "The file takes too long to read."
        raise SheetTooHeavy(message, field="file", allowed=f"{seconds:g} seconds") from None
    finally:
        # also when this process is told to stop: no child outlives the call, none stays unreaped
        child.kill()
        child.wait()
    if child.returncode:
        message = "The file takes too much time or memory to read."
        raise SheetTooHeavy(message, field="file", there=f"ended by {child.returncode}")


def _interpreter() -> dict[str, str]:
    """Give what a Python on some systems needs to find its own libraries; nothing else is handed on."""
    return {
        name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ
    }


def _verdict(content: bytes) -> dict[str, Any]:
    """Give the child's last line; without one it did not come to an end."""
    last = content[content.rfind(b"\n", 0, max(len(content) - 1, 0)) + 1 :]
    try:
        verdict = json.loads(last)
    except ValueError:
        verdict = None
    if not isinstance(verdict, dict) or not content.endswith(b"\n"):
        raise SheetTooHeavy("The file could not be read to its end.", field="file")
    return verdict
