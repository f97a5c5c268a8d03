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

__all__ = ["STATUS", "refused"]


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
    return render(request, "look/refused.html", context, status=STATUS[refusal.because])
