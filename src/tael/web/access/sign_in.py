"""Signing in with a login name and a password, and signing out, the same at both doors.

Source: reliability T16; architecture, section 5.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django import forms
from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from tael.parties import session as sessions
from tael.parties.attempts import TooManyAttempts
from tael.parties.sign_in import SignInRefused
from tael.parties.sign_in import sign_in as try_to_sign_in
from tael.parties.user import LOGIN_MAX, LoginMalformed, login_of
from tael.web.access.answers import told_to_wait
from tael.web.access.door import now
from tael.web.access.pace import at_the_door

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tael.parties.session import NewSession
    from tael.refusal import Refusal
    from tael.web.access.door import Door

ANSWERS: Final = {
    SignInRefused: HTTPStatus.FORBIDDEN,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
}


class SignInForm(forms.Form):
    """Who somebody says to be, and what shows it."""

    login = forms.CharField(
        label=_("E-mail address"),
        max_length=LOGIN_MAX,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
@at_the_door
def sign_in(request: HttpRequest, door: Door) -> HttpResponse:
    """Ask for name and password; who is signed in already goes on."""
    wanted = door.where_to(request)
    if request.method != "POST":
        if door.session(request) is not None:
            return see_other(wanted)
        return _asked(request, SignInForm(), wanted)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _asked(request, form, wanted, status=HTTPStatus.BAD_REQUEST)
    login = form.cleaned_data["login"]
    try:
        begun = try_to_sign_in(
            login=login,
            password=form.cleaned_data["password"],
            staff=door.staff,
            known=door.knows(request, _plain(login)),
            address=request.META.get("REMOTE_ADDR", ""),
            browser=request.META.get("HTTP_USER_AGENT", ""),
            at=now(),
        )
    except (SignInRefused, TooManyAttempts) as refusal:
        return _asked(request, form, wanted, refusal=refusal, status=ANSWERS[type(refusal)])
    return _let_in(request, door, begun, wanted)


@require_POST
@csrf_protect
def sign_out(request: HttpRequest, door: Door) -> HttpResponse:
    """End the session of this browser. Who is not signed in is brought to the same page."""
    end_here(request, door, because="signed out")
    response = see_other(door.address("sign-in"))
    door.forget(response)
    return response


def end_here(request: HttpRequest, door: Door, *, because: str) -> None:
    """End the session that this browser has, if it has one."""
    session = door.session(request)
    if session is not None:
        sessions.end(
            session=session.pk,
            user=session.user_id,
            because=because,
            actor=session.user.actor,
            at=now(),
        )


def see_other(address: str) -> HttpResponse:
    """Send the browser to a page, so that a reload does not send the form again."""
    response = HttpResponse(status=HTTPStatus.SEE_OTHER)
    response["Location"] = address
    return response


def _let_in(request: HttpRequest, door: Door, begun: NewSession, wanted: str) -> HttpResponse:
    """Let the browser keep the session. The staff's opens nothing yet but the second factor."""
    end_here(request, door, because="signed in again")
    rotate_token(request)
    if door.staff:
        wanted = f"{door.address('second-factor')}?{urlencode({'next': wanted})}"
    response = see_other(wanted)
    door.keep(request, response, begun)
    if not door.staff:
        door.keep_known(request, response, begun.session.user.login)
    return response


def _asked(
    request: HttpRequest,
    form: SignInForm,
    wanted: str,
    *,
    refusal: Refusal | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    facts = {"form": form, "next": wanted, "refusal": refusal}
    return told_to_wait(render(request, "access/sign_in.html", facts, status=status), refusal)


def _plain(login: str) -> str:
    try:
        return login_of(login)
    except LoginMalformed:
        return ""
