"""The staff (職員): who is there, with which roles. Administrators change it, nobody his own rights.

Source: reliability T14, T16; peers, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.parties import queries, second_factor
from tael.parties import user as users
from tael.parties.customer import UnknownCustomer
from tael.parties.person import set_own_customer
from tael.parties.role import ROLES
from tael.parties.user import LOGIN_MAX, NAME_MAX, UnknownUser
from tael.refusal import Refusal
from tael.web.access.answers import STATUS
from tael.web.access.door import now
from tael.web.backoffice.page import page, rendered
from tael.web.backoffice.users import (
    ROWS,
    act_on,
    after_of,
    back_to,
    next_page,
    show_link,
    show_user,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.parties.user import User
    from tael.web.backoffice.page import Staff

ROLE_NAMES: Final = {
    "support": _("Support: sees, changes nothing, invites customers"),
    "finance_maker": _("Finance, maker: operates, issues cards, reviews withdrawals first"),
    "finance_checker": _("Finance, checker: confirms large withdrawals"),
    "admin": _("Administrator: registries, keys, webhooks, staff; no money"),
    "auditor": _("Auditor: sees everything, changes nothing"),
}
assert ROLE_NAMES.keys() == ROLES.keys()


class RolesForm(forms.Form):
    """Which roles somebody has."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=list(ROLE_NAMES.items()),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox checkbox-sm"}),
        required=False,  # that there must be one is said by the domain
    )


class OwnCustomerForm(forms.Form):
    """Which customer somebody of the staff is himself."""

    customer = forms.IntegerField(
        label=_("Own number as a customer"),
        help_text=_(
            "Who is a customer as well decides nothing about his own money. Empty: he is none."
        ),
        min_value=1,
        max_value=2**63 - 1,
        required=False,
    )


class AddStaffForm(RolesForm):
    """Who is to be of the staff."""

    login = forms.CharField(label=_("E-mail address"), max_length=LOGIN_MAX)
    name = forms.CharField(label=_("Name"), max_length=NAME_MAX)
    field_order = ("login", "name", "roles")


@page(may="staff.see")
def listing(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the staff."""
    found = queries.users(staff=True, after=after_of(request), limit=ROWS)
    facts = {"users": found, "next": next_page(request, found)}
    return rendered(request, "backoffice/staff.html", facts, staff=staff)


@page(may="staff.change", methods=("GET", "POST"))
def add(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Enter a member of the staff, and show the link to set a password."""
    form = AddStaffForm(request.POST if request.method == "POST" else None)
    facts: dict[str, Any] = {"form": form, "what": gettext("Add a member of the staff")}
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            entered = users.add_staff(**form.cleaned_data, actor=staff.actor, at=now())
            return show_link(request, staff, entered.pk)
        except Refusal as refusal:
            facts["refusal"], status = refusal, STATUS[refusal.because]
    return rendered(request, "backoffice/user_add.html", facts, staff=staff, status=status)


@page(may="staff.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show a member of the staff."""
    found = of_the_staff(number)
    facts = {
        "roles_form": RolesForm(initial={"roles": found.roles}),
        "own_form": OwnCustomerForm(initial={"customer": found.own_customer_id}),
    }
    return show_user(request, staff, found, may="staff.change", facts=facts)


@page(may="staff.change", methods=("POST",))
def change(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Give other roles, say which customer he is, reset the second factor, invite, disable or enable.

    Raises:
        UnknownCustomer: what was typed is nobody's number.
    """
    found = of_the_staff(number)
    act = request.POST.get("act", "")
    given: dict[str, Any] = {"number": found.pk, "actor": staff.actor, "at": now()}
    if act == "roles":
        users.set_roles(roles=request.POST.getlist("roles"), **given)
        messages.success(request, gettext("The roles are set, from the next request on."))
        return back_to(found)
    if act == "own-customer":
        form = OwnCustomerForm(request.POST)
        if not form.is_valid():
            raise UnknownCustomer("There is no such customer.", field="customer")
        set_own_customer(customer=form.cleaned_data["customer"], **given)
        messages.success(request, gettext("Written down: he decides nothing about this customer."))
        return back_to(found)
    if act == "second-factor":
        second_factor.reset(**given)
        messages.success(request, gettext("The second factor is to be set up anew."))
        return back_to(found)
    return act_on(request, staff, found, act)


def of_the_staff(number: int) -> User:
    """Find a member of the staff.

    Raises:
        UnknownUser: there is none, or it is a customer's user.
    """
    found = users.user(number)
    if not found.is_staff:
        raise UnknownUser(f"There is no user {number}.", field="user", there=str(number))
    return found


addresses: Final = [
    path("staff", listing, name="staff"),
    path("staff/add", add, name="add-staff"),
    path("staff/<number:number>", one, name="staff-member"),
    path("staff/<number:number>/change", change, name="change-staff"),
]
