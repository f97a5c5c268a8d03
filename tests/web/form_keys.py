"""The keys that forms carry when they are shown."""

from __future__ import annotations

from uuid import uuid4  # noqa: TID251 - as the page does that shows a form


def a_form_key() -> str:
    return str(uuid4())
