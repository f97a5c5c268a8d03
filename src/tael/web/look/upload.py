"""Files that people bring in a form: at most as much of them is kept as a sheet may have.

Source: reliability, T15, T23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.core.files.uploadhandler import TemporaryFileUploadHandler

from tael.refusal import Refusal
from tael.sheets.limits import UPLOAD_MAX

if TYPE_CHECKING:
    from django.http import HttpRequest


class FileMissing(Refusal):
    """The form came without the file that it asks for."""

    code = "file_missing"
    rule: ClassVar[str] = "T15"
    remedy = "Choose a file and send the form again."


class BoundedUpload(TemporaryFileUploadHandler):
    """Keeps files on disk, and of all files of a request no more than one byte above the bound.

    What is beyond is thrown away unread, so that a stranger cannot fill the disk; whoever reads the
    file finds it too large.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        """Begin with nothing kept."""
        super().__init__(request)
        self.kept = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a part of the file, as far as there is room."""
        room = UPLOAD_MAX + 1 - self.kept
        if room > 0:
            self.kept += len(raw_data[:room])
            super().receive_data_chunk(raw_data[:room], start)
        return None


def brought_file(request: HttpRequest, field: str = "file") -> tuple[bytes, str]:
    """Give the bytes and the name of the file that a form brought.

    Raises:
        FileMissing: it brought none.

    Source: reliability, T15.
    """
    brought: Any = request.FILES.get(field)
    if brought is None:
        raise FileMissing("There is no file in the form.", field=field)
    brought.seek(0)
    return brought.read(UPLOAD_MAX + 1), str(brought.name or "")
