"""How fast a person may ask pages of a site, and how fast anybody may knock at its door.

Source: reliability, T23.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.shortcuts import render

from tael.documents.turn import a_turn
from tael.parties.pace import TooManyRequests, caller_at, keep_pace
from tael.web.access.answers import STATUS, told_to_wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.web.access.door import Door

FILES: Final = "-download"
"""How the name of an address ends behind which a file is made; a page is cheaper."""


def own_pace(request: HttpRequest, user: int) -> AbstractContextManager[None]:
    """Count a page, a form or a file of somebody who has signed in, and answer him in what is given back.

    Raises:
        TooManyRequests: nothing of it was looked at.
        DocumentsBusy: it is a file, and others are being made.

    Source: T23.
    """
    match = request.resolver_match
    file = match is not None and (match.url_name or "").endswith(FILES)
    sort = "pages" if request.method in {"GET", "HEAD"} else "forms"
    keep_pace(settings.PACES["files" if file else sort], user, at=time.monotonic())
    return a_turn() if file else nullcontext()


def at_the_door(
    view: Callable[[HttpRequest, Door], HttpResponse],
) -> Callable[[HttpRequest, Door], HttpResponse]:
    """Count each form and each invitation that comes from an address, before a secret is looked at.

    It bounds what passwords cost the processor; who guesses one password is stopped by `attempts`.
    """

    def shown(request: HttpRequest, door: Door, **named: Any) -> HttpResponse:
        if request.method == "POST" or "link" in request.GET:
            caller = caller_at(request.META.get("REMOTE_ADDR", ""))
            try:
                keep_pace(settings.PACES["doors"], caller, at=time.monotonic())
            except TooManyRequests as refusal:
                facts = {"refusal": refusal, "start": door.site.prefix}
                status = STATUS[refusal.because]
                answer = render(request, "look/refused.html", facts, status=status)
                return told_to_wait(answer, refusal)
        return view(request, door, **named)

    return shown
