"""Reading a file from a request: the body itself, or the one file of a form.

Source: reliability, T11, T15, T23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.core.exceptions import SuspiciousOperation
from django.http.multipartparser import MultiPartParserError

from tael.api.body import BodyMalformed
from tael.api.problem import DoorRefusal
from tael.sheets.limits import UPLOAD_MAX

if TYPE_CHECKING:
    from django.http import HttpRequest

FORM: Final = "multipart/form-data"
FIELD: Final = "file"
ENVELOPE: Final = 64 * 1024
"""What a form may have around its file."""
FILE_MAX: Final = UPLOAD_MAX + ENVELOPE
KINDS: Final = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
    "application/xml",
)
NAME_USUAL: Final = "file"


class NotAFile(DoorRefusal):
    """The body is declared as something that is no file."""

    code = "file_type_refused"
    rule = "T15"
    status: ClassVar[int] = 415
    remedy = "Send the file itself with its content type, or a form with the one field `file`."


def read_file(request: HttpRequest, name: str = "") -> tuple[bytes, str]:
    """Give the bytes and the name of the file that a request brings.

    Args:
        name: where the body is the file itself, and so has no name of its own.

    Raises:
        NotAFile, BodyMalformed.

    Source: reliability, T15.
    """
    declared = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if declared in KINDS:
        return request.read(UPLOAD_MAX + 1), name or NAME_USUAL
    if declared != FORM:
        allowed = ", ".join((*KINDS, FORM))
        message = "The body is not declared as a file."
        raise NotAFile(message, there=ascii(declared)[1:-1][:80], allowed=allowed)
    try:
        files, fields = request.FILES, request.POST
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise BodyMalformed("The body is no form that can be read.") from error
    if list(files) != [FIELD] or len(files.getlist(FIELD)) != 1 or fields:
        there = ", ".join(sorted({*files, *fields}))[:80]
        message = "The form has not the one field that it may have."
        raise BodyMalformed(message, field=FIELD, there=ascii(there)[1:-1], allowed=FIELD)
    brought: Any = files[FIELD]
    brought.seek(0)
    return brought.read(UPLOAD_MAX + 1), name or str(brought.name or NAME_USUAL)
