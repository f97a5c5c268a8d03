"""What every page of the back office has: one of the staff with both factors shown, and a permission.

Source: architecture, section 5; reliability T14, T16.
"""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from tael.parties import actor as actors
from tael.parties.role import PERMISSIONS, permissions_of, require_permission
from tael.refusal import Refusal
from tael.web.access.answers import STATUS, refused
from tael.web.access.door import BACKOFFICE_DOOR
from tael.web.access.pace import own_pace
from tael.web.look import numbers  # noqa: F401 - <number:…> in the addresses of pages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.parties.session import Session

__all__ = ["STATUS", "Staff", "page", "rendered", "staff_of"]


class Staff(NamedTuple):
    """Who of the house is at a page."""

    number: int
    name: str
    login: str
    roles: tuple[str, ...]
    session: int

    @property
    def actor(self) -> str:
        """Name the actor of an instruction."""
        return actors.of_user(self.number)

    @property
    def permissions(self) -> frozenset[str]:
        """Give all that the roles allow; `"wallets.see" in staff.permissions` in a template."""
        return permissions_of(self.roles)

    def may(self, permission: str) -> bool:
        """Tell whether one of the roles allows this."""
        assert permission in PERMISSIONS, permission
        return permission in self.permissions


def page(
    *, may: str | None = None, methods: tuple[str, ...] = ("GET",)
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Make a page of a view that gets the request and the member of the staff.

    Args:
        may: the permission that is needed; None for pages about oneself, which all of the staff have.
        methods: what the page answers to; GET brings HEAD.

    Source: T14, T16.
    """
    assert may is None or may in PERMISSIONS, may
    answers = [*methods, "HEAD"] if "GET" in methods else list(methods)

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @require_http_methods(answers)
        @csrf_protect
        @wraps(view)
        def shown(request: HttpRequest, **named: Any) -> HttpResponse:
            session = BACKOFFICE_DOOR.session(request)
            if session is None:
                return BACKOFFICE_DOOR.to_sign_in(request)
            if session.second_factor_at is None:
                return HttpResponseRedirect(BACKOFFICE_DOOR.address("second-factor"))
            staff = staff_of(session)
            try:
                with own_pace(request, staff.number):
                    if may is not None:
                        require_permission(staff.roles, may)
                    return view(request, staff, **named)
            except Refusal as refusal:
                return refused(request, refusal, {"staff": staff})

        shown.may = may  # type: ignore[attr-defined]  # the table of access asks for it
        return shown

    return decorate


def staff_of(session: Session) -> Staff:
    """Tell who of the staff a session belongs to."""
    user = session.user
    return Staff(user.pk, user.name, user.login, tuple(user.roles), session.pk)


def rendered(
    request: HttpRequest,
    template: str,
    facts: Mapping[str, Any],
    *,
    staff: Staff | None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Render a page of the back office; without anybody of the staff only the pages before the door."""
    return render(request, template, {**facts, "staff": staff}, status=status)
