"""One's own security, the same on both sites: the password, and the browsers in which one is signed in.

Source: reliability T16; peers, section 4.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from django import forms
from django.contrib import messages
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.parties import session as sessions
from tael.parties.attempts import TooManyAttempts, count_attempt, forget_attempts
from tael.parties.password import PasswordRefused
from tael.parties.session import UnknownSession
from tael.parties.user import PasswordWrong, change_password
from tael.web.access.answers import STATUS, told_to_wait
from tael.web.access.door import now
from tael.web.access.set_password import NewPasswordForm
from tael.web.access.sign_in import see_other

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from tael.refusal import Refusal
    from tael.web.access.door import Door


class Who(Protocol):
    """Somebody signed in, on either site."""

    @property
    def number(self) -> int:
        """The user's number."""

    @property
    def actor(self) -> str:
        """The actor of an instruction."""

    @property
    def session(self) -> int:
        """The number of the session in this browser."""


class Show(Protocol):
    """How a site renders a page for who is signed in."""

    def __call__(self, facts: Mapping[str, Any], *, status: int) -> HttpResponse:
        """Render the security page of the site with these facts and its own."""


class ChangePasswordForm(NewPasswordForm):
    """A new password, and the old one to show that it is oneself."""

    old = forms.CharField(
        label=_("Password as it is"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "password", "again")


def security(
    who: Who,
    show: Show,
    *,
    form: ChangePasswordForm | None = None,
    refusal: Refusal | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Show the page."""
    facts = {
        "form": form or ChangePasswordForm(),
        "refusal": refusal,
        "sessions": sessions.living(who.number, at=now()),
        "this_session": who.session,
    }
    return show(facts, status=status)


def change(request: HttpRequest, who: Who, show: Show, door: Door) -> HttpResponse:
    """Change the password, which ends the other sessions."""
    form = ChangePasswordForm(request.POST)
    if not form.is_valid():
        return security(who, show, form=form, status=HTTPStatus.BAD_REQUEST)
    tried = ("password", str(who.number))
    try:
        count_attempt(*tried, at=now())
        change_password(
            number=who.number,
            old=form.cleaned_data["old"],
            new=form.cleaned_data["password"],
            session=who.session,
            at=now(),
        )
    except (PasswordWrong, PasswordRefused, TooManyAttempts) as refusal:
        shown = security(who, show, form=form, refusal=refusal, status=STATUS[refusal.because])
        return told_to_wait(shown, refusal)
    forget_attempts(*tried, at=now())
    messages.success(
        request, gettext("The password is changed. All other browsers are signed out.")
    )
    return see_other(door.address("security"))


def end_sessions(request: HttpRequest, who: Who, door: Door) -> HttpResponse:
    """End one session, or all but this one.

    Raises:
        UnknownSession: the user has none of this number.
    """
    wanted = request.POST.get("session", "")
    if wanted == "others":
        sessions.end_all(
            user=who.number, but=who.session, because="ended by user", actor=who.actor, at=now()
        )
    elif wanted.isascii() and wanted.isdecimal() and len(wanted) < 19:
        sessions.end(
            session=int(wanted),
            user=who.number,
            because="ended by user",
            actor=who.actor,
            at=now(),
        )
    else:
        raise UnknownSession("There is no such session.", field="session", there=wanted[:40])
    messages.success(request, gettext("Signed out there."))
    return see_other(door.address("security"))
