"""The registry of channels: added, renamed, given their currencies, switched off and on.

Source: F-03, F-04, E-06; peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.channels.channel import (
    UnknownChannel,
    add_channel,
    change_channel,
    disable_channel,
    enable_channel,
)
from tael.channels.queries import channel as find_channel
from tael.channels.queries import channels
from tael.parties.audit_search import ActsWanted, actor_names, acts
from tael.refusal import Refusal
from tael.web.backoffice.act_details import details_of
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.look.formats import who
from tael.web.look.forms import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.channels.channel import Channel
    from tael.web.backoffice.page import Staff

CHANGED: Final = ("name", "description", "currencies")
ACTS: Final = {
    "channel.add": _("The channel was added"),
    "channel.change": _("The channel was changed"),
    "channel.enable": _("Switched on"),
    "channel.disable": _("Switched off"),
}


class ChannelForm(forms.Form):
    """What can be changed about a channel."""

    name = forms.CharField(label=_("Name"), required=False)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    currencies = forms.CharField(
        label=_("Currencies"),
        help_text=_("ALL, or codes separated by commas: CNY,USD."),
        required=False,
        initial="ALL",
    )


class NewChannelForm(ChannelForm):
    """A channel to be added."""

    field_order = ("identifier", "name", "description", "currencies")
    identifier = forms.CharField(
        label=_("Identifier"),
        help_text=_("A letter, then letters, digits and _. It never changes."),
        required=False,
    )


@page(may="registries.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List all channels."""
    facts = {"rows": channels()}
    return rendered(request, "backoffice/channels.html", facts, staff=staff)


@page(may="registries.change", methods=("GET", "POST"))
def add(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Add a channel, switched on."""
    refusal = None
    form = NewChannelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        sent = request.POST
        try:
            instruction = told(request, actor=staff.actor)
            made = add_channel(
                identifier=sent.get("identifier", "").strip(),
                **{name: sent.get(name, "") for name in CHANGED},
                actor=staff.actor,
                at=instruction.at,
            )
        except Refusal as error:
            refusal = error
        else:
            messages.success(
                request, gettext("Channel %(name)s is on.") % {"name": made.identifier}
            )
            return see("channel", identifier=made.identifier)
    facts = {"form": form, "refusal": refusal}
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/channel_add.html", facts, staff=staff, status=status)


@page(may="registries.see")
def one(request: HttpRequest, staff: Staff, identifier: str) -> HttpResponse:
    """Show one channel and what was done to it."""
    return _shown(request, staff, _found(identifier))


@page(may="registries.change", methods=("POST",))
def change(request: HttpRequest, staff: Staff, identifier: str) -> HttpResponse:
    """Change what a channel is called or which currencies it takes."""
    row = _found(identifier)
    try:
        instruction = told(request, actor=staff.actor)
        change_channel(
            identifier=identifier,
            **{name: request.POST.get(name, "") for name in CHANGED},
            actor=staff.actor,
            at=instruction.at,
        )
    except Refusal as refusal:
        return _shown(request, staff, row, refusal)
    messages.success(
        request, gettext("Channel %(name)s is as you wrote it.") % {"name": identifier}
    )
    return see("channel", identifier=identifier)


@page(may="registries.change", methods=("POST",))
def switch(request: HttpRequest, staff: Staff, identifier: str) -> HttpResponse:
    """Switch a channel off or on."""
    row = _found(identifier)
    on = request.POST.get("to") == "on"
    try:
        instruction = told(request, actor=staff.actor)
        act = enable_channel if on else disable_channel
        act(identifier=identifier, actor=staff.actor, at=instruction.at)
    except Refusal as refusal:
        return _shown(request, staff, row, refusal)
    said = gettext("Channel %(name)s is on.") if on else gettext("Channel %(name)s is off.")
    messages.success(request, said % {"name": identifier})
    return see("channel", identifier=identifier)


def _found(identifier: str) -> Channel:
    found = find_channel(identifier) if "\x00" not in identifier else None
    if found is None:
        message = "There is no channel of this identifier."
        raise UnknownChannel(message, field="identifier", there=identifier[:40])
    return found


def _shown(
    request: HttpRequest, staff: Staff, row: Channel, refusal: Refusal | None = None
) -> HttpResponse:
    history = acts(ActsWanted(subject=f"channel:{row.identifier}"), limit=20)
    names = actor_names(act.actor for act in history)
    initial: dict[str, Any] = {name: getattr(row, name) for name in CHANGED}
    sent = request.POST if refusal is not None and "name" in request.POST else None
    facts = {
        "channel": row,
        "form": ChannelForm(sent, initial=initial),
        "history": [
            (act, ACTS.get(act.action, act.action), who(act.actor, names), details_of(act.details))
            for act in history
        ],
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/channel.html", facts, staff=staff, status=status)


addresses: Final = [
    path("channels", listed, name="channels"),
    path("channels/add", add, name="channel-add"),
    path("channels/of/<str:identifier>", one, name="channel"),
    path("channels/of/<str:identifier>/change", change, name="channel-change"),
    path("channels/of/<str:identifier>/switch", switch, name="channel-switch"),
]
