"""Pages of a list: one row more than is shown is asked for, and tells whether there is a next page.

A filter that cannot be read is refused above the list's form, and nothing is listed: nobody takes the
list of everything for the list that he asked for.

Source: reliability T24 (pages neither lose nor double a row); F-38.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from tael.wallet.flow import CursorMalformed
from tael.web.look.asked import Asked, FilterMalformed
from tael.web.portal.page import STATUS, rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.web.portal.page import Visitor

Row = TypeVar("Row")

PAGE: Final = 25


class Listed(NamedTuple, Generic[Row]):
    """The rows of a page, and the query of the next one, empty after the last."""

    rows: list[Row]
    next: str


def list_page(
    request: HttpRequest,
    visitor: Visitor,
    template: str,
    facts: Mapping[str, Any],
    read: Callable[[], Mapping[str, Any]],
) -> HttpResponse:
    """Render a list under the form of its filter.

    Args:
        facts: what the form needs, with the filter as it was sent.
        read: gives the rest, or refuses the filter; the page then has a `refusal` and no list.

    Source: F-38; reliability T24.
    """
    try:
        return rendered(request, template, {**facts, **read()}, visitor=visitor)
    except (FilterMalformed, CursorMalformed) as refusal:
        status = STATUS[refusal.because]
        return rendered(
            request, template, {**facts, "refusal": refusal}, visitor=visitor, status=status
        )


def after_of(request: HttpRequest) -> int:
    """Read where a page of a list that grows at its end begins: above the number of the last row seen.

    Raises:
        FilterMalformed: it is no number.
    """
    return Asked(request.GET, ("after",)).number("after") or 0


def before_of(request: HttpRequest) -> int | None:
    """Read where a page begins: below the number of the last row seen.

    Raises:
        FilterMalformed: it is no number.
    """
    return Asked(request.GET, ("before",)).number("before")


def paged(
    read: Callable[[int], list[Row]],
    *,
    place: Callable[[Any], int] = lambda row: row.pk,
    onward: str = "before",
    **filters: str,
) -> Listed[Row]:
    """Give a page of rows.

    Args:
        read: gives at most so many rows, in their order.
        place: the number by which the list is ordered.
        onward: "before" where the numbers fall, "after" where they rise.
        filters: what the address of the next page repeats.
    """
    rows = read(PAGE + 1)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    asked = {name: text for name, text in filters.items() if text}
    following = urlencode({**asked, onward: place(rows[-1])}) if more else ""
    return Listed(rows, following)
