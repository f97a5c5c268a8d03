"""A document as the answer to a request: saved under its name, and kept by nobody on the way.

Source: architecture, section 5; reliability, T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import get_language

from tael.documents.labels import parse_language

if TYPE_CHECKING:
    from tael.documents.download import Document
    from tael.documents.labels import Language


def attachment(document: Document) -> HttpResponse:
    """Give a document to the browser to be saved."""
    answer = HttpResponse(document.content, content_type=document.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{document.name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def reading_language() -> Language:
    """Tell in which language the reader of this page gets his documents."""
    return parse_language(get_language() or "en")
