"""Security: one's own password, sessions and recovery codes. Every member of the staff has this page.

Source: reliability T16; peers, section 4.1.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.urls import path

from tael.parties import second_factor
from tael.parties.attempts import TooManyAttempts, count_attempt, forget_attempts
from tael.parties.second_factor import CodeWrong
from tael.parties.user import user as find_user
from tael.web.access import security as own
from tael.web.access.answers import STATUS
from tael.web.access.door import BACKOFFICE_DOOR, now
from tael.web.backoffice.page import page, rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff


@page()
def security(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show what guards one's access."""
    return own.security(staff, partial(_show, request, staff))


@page(methods=("POST",))
def change_password(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Change one's password."""
    return own.change(request, staff, partial(_show, request, staff), BACKOFFICE_DOOR)


@page(methods=("POST",))
def end_sessions(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Sign oneself out in other browsers."""
    return own.end_sessions(request, staff, BACKOFFICE_DOOR)


@page(methods=("POST",))
def recovery_codes(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Make new recovery codes and show them, once; the older ones are worth nothing any more."""
    tried = ("second-factor", str(staff.number), "known")
    try:
        count_attempt(*tried, at=now())
        codes = second_factor.renew_recovery_codes(
            find_user(staff.number), request.POST.get("code", "")[:100], at=now()
        )
    except (CodeWrong, TooManyAttempts) as refusal:
        show = partial(_show, request, staff)
        return own.security(staff, show, refusal=refusal, status=STATUS[refusal.because])
    forget_attempts(*tried, at=now())
    facts = {"codes": codes, "next": BACKOFFICE_DOOR.address("security")}
    return rendered(request, "backoffice/recovery_codes.html", facts, staff=staff)


def _show(
    request: HttpRequest, staff: Staff, facts: Mapping[str, Any], *, status: int
) -> HttpResponse:
    more = {
        "change_address": BACKOFFICE_DOOR.address("change-password"),
        "end_address": BACKOFFICE_DOOR.address("end-sessions"),
        "codes_address": BACKOFFICE_DOOR.address("recovery-codes"),
        "codes_left": second_factor.standing(staff.number).recovery_codes_left,
    }
    return rendered(request, "access/security.html", {**facts, **more}, staff=staff, status=status)


addresses: Final = [
    path("security", security, name="security"),
    path("security/password", change_password, name="change-password"),
    path("security/sessions", end_sessions, name="end-sessions"),
    path("security/recovery-codes", recovery_codes, name="recovery-codes"),
]
