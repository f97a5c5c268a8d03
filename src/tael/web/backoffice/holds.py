"""Open holds that have an end, those that end first before the others.

Source: F-30, F-31; peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.urls import path

from tael.parties import queries as parties
from tael.refusal import Refusal
from tael.wallet.flow import CursorMalformed
from tael.wallet.waiting import ending_holds
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.asked import Asked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

PAGE: Final = 50


@page(may="wallets.see")
def holds(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the holds that end, by their end."""
    asked = Asked(request.GET, ("until",))
    facts: dict[str, Any] = {"asked": asked}
    try:
        after = _after(request.GET.get("after", ""))
        found = ending_holds(until=asked.end_of("until"), after=after, limit=PAGE + 1)
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(request, "backoffice/holds.html", facts, staff=staff, status=status)
    names = parties.customer_names(one.wallet.owner for one in found)
    last = found[PAGE - 1].hold if len(found) > PAGE else None
    facts |= {
        "rows": [(*one, names.get(one.wallet.owner, "")) for one in found[:PAGE]],
        "first": after is not None,
        "first_address": f"?{asked.query()}",
        "next": asked.query(after=_written(last.expires_at, last.pk)) if last else "",
    }
    return rendered(request, "backoffice/holds.html", facts, staff=staff)


def _written(moment: datetime | None, number: int) -> str:
    assert moment is not None, "the list is of holds that end"
    micros = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return f"{micros}.{number}"


def _after(text: str) -> tuple[datetime, int] | None:
    if not text:
        return None
    micros, _, number = text.partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in (micros, number)):
        message = "This is no cursor of a page."
        raise CursorMalformed(message, field="after", there=ascii(text)[:40])
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros)), int(number)


addresses: Final = [path("holds", holds, name="holds")]
