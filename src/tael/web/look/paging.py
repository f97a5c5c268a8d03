"""Pages of a list: the same address and filters, with where to go on.

Source: peers, section 4.3 (keyset paging, the filter in the URL).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest


def following(request: HttpRequest, cursor: str | int | None, *, name: str = "cursor") -> str:
    """Give the query of the next page for `look/paging.html`, or nothing if there is none."""
    if cursor is None or cursor == "":
        return ""
    return with_query(request, **{name: str(cursor)})


def with_query(request: HttpRequest, **changed: str | None) -> str:
    """Give a request's query with some of its fields changed, or taken away by None; empty ones go."""
    query = request.GET.copy()
    for name, value in changed.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    for name in [name for name in query if not any(query.getlist(name))]:
        del query[name]
    return query.urlencode()
