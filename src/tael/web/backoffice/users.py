"""What the pages of the staff and of the customers' users share: adding, inviting, disabling.

Source: reliability T14, T16; peers, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.parties import queries, second_factor
from tael.parties import user as users
from tael.parties.audit_search import actor_names
from tael.parties.role import require_permission
from tael.parties.user import LOGIN_MAX, NAME_MAX, UnknownUser
from tael.refusal import Refusal
from tael.web.access.answers import STATUS
from tael.web.access.door import BACKOFFICE_DOOR, PORTAL_DOOR, now
from tael.web.access.sign_in import see_other
from tael.web.backoffice.page import page, rendered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.parties.user import Invited, User
    from tael.web.backoffice.page import Staff

ROWS: Final = 50


class AddUserForm(forms.Form):
    """Who is to sign in, and for which customer."""

    login = forms.CharField(label=_("E-mail address"), max_length=LOGIN_MAX)
    name = forms.CharField(label=_("Name"), max_length=NAME_MAX)
    customer = forms.IntegerField(label=_("Customer's number"), min_value=1)


@page(may="users.see")
def listing(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the customers' users."""
    text = request.GET.get("text", "").strip()[:200]
    found = queries.users(staff=False, text=text, after=after_of(request), limit=ROWS)
    facts = {"users": found, "text": text, "next": next_page(request, found)}
    return rendered(request, "backoffice/users.html", facts, staff=staff)


@page(may="users.invite", methods=("GET", "POST"))
def add(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Enter somebody who signs in for a customer, and show the link to set a password.

    Whom somebody signs in for already gets another user from an administrator only: he too has the money.
    """
    form = AddUserForm(request.POST if request.method == "POST" else None)
    facts: dict[str, Any] = {"form": form, "what": gettext("Invite a customer")}
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            if queries.has_users(form.cleaned_data["customer"]):
                require_permission(staff.roles, "staff.change")
            entered = users.add_customer_user(**form.cleaned_data, actor=staff.actor, at=now())
            return show_link(request, staff, entered.pk)
        except Refusal as refusal:
            facts["refusal"], status = refusal, STATUS[refusal.because]
    return rendered(request, "backoffice/user_add.html", facts, staff=staff, status=status)


@page(may="users.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one of the customers' users."""
    return show_user(request, staff, of_a_customer(number), may="users.invite")


@page(may="users.invite", methods=("POST",))
def change(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Invite again, disable or enable one of the customers' users.

    Who has a password already gets another link from an administrator only: the link takes over the user.
    """
    found = of_a_customer(number)
    act = request.POST.get("act", "")
    if act == "invite" and found.password_set_at is not None:
        require_permission(staff.roles, "staff.change")
    return act_on(request, staff, found, act)


def act_on(request: HttpRequest, staff: Staff, found: User, act: str) -> HttpResponse:
    """Do what all users can be done to, and show the user again.

    Raises:
        UnknownAct: it is none of these.
    """
    given: dict[str, Any] = {"number": found.pk, "actor": staff.actor, "at": now()}
    if act == "invite":
        return show_link(request, staff, found.pk)
    if act == "disable":
        users.disable(**given)
        messages.success(request, gettext("Disabled, and signed out everywhere."))
    elif act == "enable":
        users.enable(**given)
        messages.success(request, gettext("Enabled."))
    else:
        raise UnknownAct("This cannot be done to a user.", field="act", there=act[:40])
    return back_to(found)


def back_to(found: User) -> HttpResponse:
    """Go back to a user's page."""
    return see_other(user_address(found))


def user_address(found: User) -> str:
    """Give the address of a user's page."""
    return BACKOFFICE_DOOR.address("staff-member" if found.is_staff else "user", number=found.pk)


def show_user(
    request: HttpRequest,
    staff: Staff,
    found: User,
    *,
    may: str,
    facts: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a user with what may be changed.

    Args:
        may: the permission for changing this sort of user.
    """
    context = {
        "user": found,
        "names": actor_names([found.created_by]),
        "standing": second_factor.standing(found.pk),
        "oneself": found.pk == staff.number,
        "may_change": staff.may(may),
        "may_invite": staff.may("staff.change") or found.password_set_at is None,
        "change_address": user_address(found) + "/change",
        **(facts or {}),
    }
    return rendered(request, "backoffice/user.html", context, staff=staff, status=status)


def show_link(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Make a link to set a password and show it, once."""
    invited: Invited = users.invite(number=number, actor=staff.actor, at=now())
    door = BACKOFFICE_DOOR if invited.user.is_staff else PORTAL_DOOR
    asked = urlencode({"link": invited.text})
    facts = {
        "user": invited.user,
        "link": request.build_absolute_uri(f"{door.address('set-password')}?{asked}"),
        "next": user_address(invited.user),
    }
    return rendered(request, "backoffice/invitation.html", facts, staff=staff)


class UnknownAct(Refusal):
    """The form asks for something that cannot be done to a user."""

    code = "unknown_act"
    rule = "T14"
    remedy = "Use the buttons of the page."


def of_a_customer(number: int) -> User:
    """Find a user who signs in for a customer.

    Raises:
        UnknownUser: there is none, or it is a member of the staff.
    """
    found = users.user(number)
    if found.is_staff:
        raise UnknownUser(f"There is no user {number}.", field="user", there=str(number))
    return found


def after_of(request: HttpRequest) -> int | None:
    """Read where a list goes on."""
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def next_page(request: HttpRequest, found: list[User]) -> str:
    """Give the query of the next page of a list, empty when this is the last."""
    if len(found) < ROWS:
        return ""
    asked = request.GET.copy()
    asked["after"] = str(found[-1].pk)
    return asked.urlencode()


addresses: Final = [
    path("users", listing, name="users"),
    path("users/add", add, name="add-user"),
    path("users/<number:number>", one, name="user"),
    path("users/<number:number>/change", change, name="change-user"),
]
