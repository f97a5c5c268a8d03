"""One wallet: its three figures, what is set aside in it, and its statement.

Source: E-02, E-03, F-22, F-30; B-28, B-29; T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path, reverse
from django.utils.translation import gettext

from tael.parties import queries as parties
from tael.parties.audit_search import ActsWanted, actor_names, acts
from tael.refusal import Refusal
from tael.wallet import queries
from tael.wallet.account_statement import Period, account_statement
from tael.wallet.operation import Operation
from tael.wallet.wallet import disable_wallet, enable_wallet
from tael.wallet.wallet import wallet as find_wallet
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.two_steps import see_other
from tael.web.look.asked import Asked
from tael.web.look.forms import told as read_form

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.wallet.wallet import Wallet
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
HOLDS_SHOWN: Final = 20
FILTERS: Final = ("operation", "since", "until")


@page(may="wallets.see")
def wallet(request: HttpRequest, staff: Staff, *, number: int) -> HttpResponse:
    """Show one wallet."""
    shown = find_wallet(number)
    view = queries.wallet_view(shown)
    holds = queries.holds(shown, only_open=True, limit=HOLDS_SHOWN + 1)
    facts = {
        "view": view,
        "wallet": shown,
        "owner_name": parties.customer_names([shown.owner]).get(shown.owner, ""),
        "debt": queries.debt_of(shown),
        "holds": [
            (hold, shown.money(hold.amount), shown.money(hold.rest)) for hold in holds[:HOLDS_SHOWN]
        ],
        "more_holds": len(holds) > HOLDS_SHOWN,
        "operations": list(Operation),
        "asked": Asked(request.GET, FILTERS),
    }
    try:
        facts |= _statement(request, shown)
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(request, "backoffice/wallet.html", facts, staff=staff, status=status)
    return rendered(request, "backoffice/wallet.html", facts, staff=staff)


def _statement(request: HttpRequest, shown: Wallet) -> dict[str, Any]:
    asked = Asked(request.GET, FILTERS)
    cursor = request.GET.get("cursor") or None
    period = Period(
        operation=asked.operation(), since=asked.begin_of("since"), until=asked.end_of("until")
    )
    told = account_statement(shown, period, limit=PAGE, cursor=cursor)
    return {
        "statement": told,
        "only": period.operation,
        "first": cursor is not None,
        "first_address": f"?{asked.query()}#statement",
        "next": f"{asked.query(cursor=told.next)}#statement" if told.next else "",
    }


@page(may="wallets.see")
def wallet_holds(request: HttpRequest, staff: Staff, *, number: int) -> HttpResponse:
    """Show all holds of a wallet, closed ones as well, newest first."""
    shown = find_wallet(number)
    before = Asked(request.GET, ("before",)).number("before")
    holds = queries.holds(shown, before=before, limit=PAGE + 1)
    facts = {
        "wallet": shown,
        "holds": [
            (hold, shown.money(hold.amount), shown.money(hold.rest)) for hold in holds[:PAGE]
        ],
        "operations": list(Operation),
        "first": before is not None,
        "next": f"before={holds[PAGE - 1].pk}" if len(holds) > PAGE else "",
    }
    return rendered(request, "backoffice/wallet_holds.html", facts, staff=staff)


@page(may="wallets.operate", methods=("GET", "POST"))
def switch(request: HttpRequest, staff: Staff, *, number: int) -> HttpResponse:
    """Switch a wallet off or on again, with a reason for the audit trail."""
    shown = find_wallet(number)
    off = queries.wallet_view(shown).disabled_at is None  # what is on is to be switched off
    asked = Asked(request.POST, ("reason", "to"))
    refusal = None
    if request.method == "POST":
        act = disable_wallet if off else enable_wallet
        try:
            instruction = read_form(request, actor=staff.actor)
            if asked["to"] != ("off" if off else "on"):  # a second click: it stands so already
                return see_other(reverse("backoffice:wallet", args=[number]))
            now = act(
                wallet=shown,
                actor=staff.actor,
                at=instruction.at,
                reason=asked["reason"],
                key=instruction.key,
            )
        except Refusal as refused:
            refusal = refused
        else:
            done = gettext("The wallet is switched off.") if off else gettext("The wallet is on.")
            if now:
                messages.success(request, done)
            else:
                messages.info(request, gettext("This form came before; nothing has changed."))
            return see_other(reverse("backoffice:wallet", args=[number]))
    facts: dict[str, Any] = {"wallet": shown, "off": off, "asked": asked, "refusal": refusal}
    if not off:  # who is to switch it on asks why it is off
        facts["acts"] = acts(
            ActsWanted(subject=f"wallet:{number}", action="wallet.disable"), limit=1
        )
        facts["names"] = actor_names(act.actor for act in facts["acts"])
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/switch_wallet.html", facts, staff=staff, status=status)


addresses: Final = [
    path("wallets/<number:number>", wallet, name="wallet"),
    path("wallets/<number:number>/holds", wallet_holds, name="wallet-holds"),
    path("wallets/<number:number>/switch", switch, name="wallet-switch"),
]
