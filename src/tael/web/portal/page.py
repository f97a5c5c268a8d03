"""What every page of the portal has: somebody who has signed in for a customer.

Source: architecture, section 5; reliability T14, T16.
"""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from django.shortcuts import render
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from tael.parties import actor as actors
from tael.refusal import Refusal
from tael.web.access.answers import STATUS, refused
from tael.web.access.door import PORTAL_DOOR
from tael.web.access.pace import own_pace
from tael.web.look import numbers  # noqa: F401 - <number:…> in the addresses of pages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.parties.session import Session

__all__ = ["STATUS", "Visitor", "page", "rendered", "visitor_of"]


class Visitor(NamedTuple):
    """Who is at a page, and for which customer."""

    number: int
    customer: int
    name: str
    login: str
    session: int

    @property
    def actor(self) -> str:
        """Name the actor of an instruction."""
        return actors.of_user(self.number)


def page(
    *, methods: tuple[str, ...] = ("GET",)
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Make a page of a view that gets the request and the visitor.

    Whatever is not there, or is another customer's, is answered by the same page.

    Args:
        methods: what the page answers to; GET brings HEAD.

    Source: T14, T16.
    """
    answers = [*methods, "HEAD"] if "GET" in methods else list(methods)

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @require_http_methods(answers)
        @csrf_protect
        @wraps(view)
        def shown(request: HttpRequest, **named: Any) -> HttpResponse:
            session = PORTAL_DOOR.session(request)
            if session is None:
                return PORTAL_DOOR.to_sign_in(request)
            visitor = visitor_of(session)
            try:
                with own_pace(request, visitor.number):
                    return view(request, visitor, **named)
            except Refusal as refusal:
                return refused(request, refusal, {"visitor": visitor}, tell=False)

        return shown

    return decorate


def visitor_of(session: Session) -> Visitor:
    """Tell who a session belongs to."""
    user = session.user
    assert user.customer_id is not None, "the door lets only customers' users in"
    return Visitor(user.pk, user.customer_id, user.name, user.login, session.pk)


def rendered(
    request: HttpRequest,
    template: str,
    facts: Mapping[str, Any],
    *,
    visitor: Visitor | None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Render a page of the portal; without a visitor only the pages before the door."""
    return render(request, template, {**facts, "visitor": visitor}, status=status)
