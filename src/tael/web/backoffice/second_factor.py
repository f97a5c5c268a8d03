"""The second factor at the back office's door: set up at the first time, asked for ever after.

Source: reliability T16; architecture, section 5.
"""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import segno
from django.middleware.csrf import rotate_token
from django.urls import path
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from tael.parties import second_factor as factor
from tael.parties import session as sessions
from tael.parties.attempts import TooManyAttempts, count_attempt, forget_attempts
from tael.parties.second_factor import CodeWrong
from tael.web.access.answers import told_to_wait
from tael.web.access.door import BACKOFFICE_DOOR, now
from tael.web.access.sign_in import ANSWERS, see_other
from tael.web.backoffice.page import rendered, staff_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.parties.session import Session
    from tael.refusal import Refusal


def _half_way(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let those see a page who have shown the password and not yet the second factor."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @csrf_protect
    @wraps(view)
    def shown(request: HttpRequest) -> HttpResponse:
        session = BACKOFFICE_DOOR.session(request)
        if session is None:
            return BACKOFFICE_DOOR.to_sign_in(request)
        if session.second_factor_at is not None:
            return see_other(BACKOFFICE_DOOR.where_to(request))
        return view(request, session)

    return shown


@_half_way
def second_factor(request: HttpRequest, session: Session) -> HttpResponse:
    """Ask for a code; who has no second factor yet is shown how to set it up."""
    first_time = not factor.standing(session.user_id).confirmed
    if request.method != "POST":
        return _asked(request, session, first_time=first_time)
    code = request.POST.get("code", "")[:100]
    known = "known" if BACKOFFICE_DOOR.knows(request, session.user.login) else ""
    tried = ("second-factor", str(session.user_id), known)
    codes: list[str] = []
    try:
        count_attempt(*tried, at=now())
        if first_time:
            codes = factor.confirm(session.user, code, at=now())
        else:
            factor.show(session.user, code, at=now())
    except (CodeWrong, TooManyAttempts) as refusal:
        status = ANSWERS.get(type(refusal), HTTPStatus.FORBIDDEN)
        return _asked(request, session, first_time=first_time, refusal=refusal, status=status)
    forget_attempts(*tried, at=now())
    return _let_in(request, session, codes)


def _let_in(request: HttpRequest, session: Session, codes: list[str]) -> HttpResponse:
    renewed = sessions.renew(session, at=now())
    rotate_token(request)
    wanted = BACKOFFICE_DOOR.where_to(request)
    if codes:
        facts = {"codes": codes, "next": wanted}
        staff = staff_of(renewed.session)
        response = rendered(request, "backoffice/recovery_codes.html", facts, staff=staff)
    else:
        response = see_other(wanted)
    BACKOFFICE_DOOR.keep(request, response, renewed)
    BACKOFFICE_DOOR.keep_known(request, response, session.user.login)
    return response


def _asked(
    request: HttpRequest,
    session: Session,
    *,
    first_time: bool,
    refusal: Refusal | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    facts: dict[str, Any] = {
        "login": session.user.login,
        "next": BACKOFFICE_DOOR.where_to(request),
        "refusal": refusal,
    }
    if not first_time:
        asked = rendered(request, "backoffice/second_factor.html", facts, staff=None, status=status)
        return told_to_wait(asked, refusal)
    enrolment = factor.enrol(session.user, at=now())
    facts["seed"] = enrolment.seed
    facts["picture"] = segno.make(enrolment.address, error="m").svg_inline(scale=5, light="#fff")
    return rendered(
        request, "backoffice/second_factor_setup.html", facts, staff=None, status=status
    )


addresses: Final = [path("second-factor", second_factor, name="second-factor")]
