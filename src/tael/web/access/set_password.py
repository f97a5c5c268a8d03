"""The page behind an invitation's link, where a user sets a password.

The link's text stands in the query, which no log of ours has, and not in the path.

Source: reliability T16, T22.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from tael.parties.password import LONGEST, SHORTEST, PasswordRefused
from tael.parties.user import InvitationUnknown, accept, invited
from tael.web.access.answers import STATUS
from tael.web.access.door import now
from tael.web.access.pace import at_the_door
from tael.web.access.sign_in import see_other

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.access.door import Door


class NewPasswordForm(forms.Form):
    """A password, typed twice because nobody sees it."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password", "minlength": SHORTEST, "maxlength": LONGEST}
        ),
        help_text=_("At least 10 characters; a few words that nobody else would put together."),
    )
    again = forms.CharField(
        label=_("New password again"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, str]:
        """Refuse two different passwords."""
        typed = self.cleaned_data
        if {"password", "again"} <= typed.keys() and typed["password"] != typed["again"]:
            self.add_error("again", gettext("The two passwords are not the same."))
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
@at_the_door
def set_password(request: HttpRequest, door: Door) -> HttpResponse:
    """Let who was invited set a password, and then sign in with it."""
    text = request.POST.get("link") or request.GET.get("link") or ""
    try:
        user = invited(text, staff=door.staff, at=now())
    except InvitationUnknown as refusal:
        facts = {"refusal": refusal, "start": door.site.prefix}
        return render(request, "look/refused.html", facts, status=STATUS[refusal.because])
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    facts = {"form": form, "link": text, "login": user.login}
    if not form.is_valid():
        status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
        return render(request, "access/set_password.html", facts, status=status)
    try:
        accept(text, staff=door.staff, password=form.cleaned_data["password"], at=now())
    except (PasswordRefused, InvitationUnknown) as refusal:
        facts["refusal"] = refusal
        return render(request, "access/set_password.html", facts, status=STATUS[refusal.because])
    messages.success(request, gettext("The password is set. Sign in with it."))
    return see_other(door.address("sign-in"))
