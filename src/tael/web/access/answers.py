"""How a refusal becomes a page: the right status, and words that say what can be done.

Source: reliability T14.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.shortcuts import render

from tael.web.look.errors import STATUS
from tael.web.look.site import site_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.refusal import Refusal

__all__ = ["STATUS", "refused", "told_to_wait"]


def refused(
    request: HttpRequest, refusal: Refusal, facts: Mapping[str, Any], *, tell: bool = True
) -> HttpResponse:
    """Show a refusal as a page of the site.

    Args:
        facts: what the site's pages are rendered with.
        tell: False shows the same page for whatever is not there, so that a foreign number answers as an
            absent one.
    """
    if refusal.because == "absent" and not tell:
        return render(request, "access/absent.html", dict(facts), status=HTTPStatus.NOT_FOUND)
    context = {**facts, "refusal": refusal, "start": site_of(request).prefix}
    answer = render(request, "look/refused.html", context, status=STATUS[refusal.because])
    return told_to_wait(answer, refusal)


def told_to_wait(answer: HttpResponse, refusal: Refusal | None) -> HttpResponse:
    """Say in the answer how many seconds to wait, if the refusal passes by waiting (RFC 9110, Retry-After)."""
    if refusal is not None and refusal.because in {"busy", "too_often"}:
        answer["Retry-After"] = str(refusal.wait_seconds)
    return answer
