"""Proposals (複核申請): the inbox of who decides, one proposal with what it changes, and many decided at once.

Source: I32; peers-settlement-invest A36, sections 3.3 and 4.1; T9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.approvals.command import command_named, commands
from tael.approvals.decide_many import decide_many
from tael.approvals.lifecycle import ProposalState
from tael.approvals.proposal import (
    approve_proposal,
    proposal,
    refuse_proposal,
    withdraw_proposal,
)
from tael.approvals.proposal_search import ProposalsWanted, proposal_totals, proposals
from tael.parties.audit_search import actor_names
from tael.parties.person import is_customer
from tael.refusal import Refusal
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.proposal_shown import (
    STATES,
    TITLES,
    TONES,
    shown_differences,
    shown_proposal,
)
from tael.web.backoffice.settlement.steps import steps_of
from tael.web.look.asked import Asked
from tael.web.look.forms import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.approvals.proposal import Proposal
    from tael.books import Instruction
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
CHANNEL: Final = "Admin"
FILTERS: Final = ("state", "command", "account", "mine", "since", "until")
MINE: Final = {"no": _("proposed by others"), "yes": _("proposed by me")}
STEPS: Final = {
    "proposal.propose": _("Proposed"),
    "proposal.approve": _("Approved and carried out"),
    "proposal.refuse": _("Refused"),
    "proposal.withdraw": _("Withdrawn by the proposer"),
    "proposal.expire": _("Expired"),
}


@page(may="proposals.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List proposals, newest first; without a filter those that wait."""
    asked = Asked(request.GET, FILTERS)
    facts: dict[str, Any] = {
        "asked": asked,
        "states": STATES,
        "acts": {code: TITLES.get(code, command_named(code).title) for code in commands()},
        "whose": MINE,
    }
    try:
        before = Asked(request.GET, ("before",)).number("before")
        wanted = wanted_of(asked, staff)
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(request, "backoffice/proposals.html", facts, staff=staff, status=status)
    rows = proposals(wanted, limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    names = actor_names(row.proposed_by for row in shown)
    at = now()
    facts |= {
        "rows": [
            shown_proposal(row, names)
            | {"decidable": _decidable(row, staff) and row.expires_at > at}
            for row in shown
        ],
        "totals": proposal_totals(wanted) if shown else [],
        "next": asked.query(before=shown[-1].pk) if more else "",
        "first": before is not None,
        "first_address": f"?{asked.query()}",
    }
    return rendered(request, "backoffice/proposals.html", facts, staff=staff)


@page(may="proposals.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one proposal: what it changes, who asked for it and why, and what can be done about it."""
    return _shown(request, staff, number)


@page(may="proposals.decide", methods=("POST",))
def approve(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Approve a proposal as the second person: it is carried out now."""

    def act() -> Proposal:
        return approve_proposal(number=number, instruction=_instruction(request, staff))

    return _acted(request, staff, number, act)


@page(may="proposals.decide", methods=("POST",))
def refuse(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Refuse a proposal as the second person."""

    def act() -> Proposal:
        return refuse_proposal(
            number=number, reason=_reason(request), instruction=_instruction(request, staff)
        )

    return _acted(request, staff, number, act)


@page(may="proposals.see", methods=("POST",))
def withdraw(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Take back a proposal of one's own."""

    def act() -> Proposal:
        return withdraw_proposal(number=number, instruction=_instruction(request, staff))

    return _acted(request, staff, number, act)


@page(may="proposals.decide", methods=("POST",))
def decide(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Decide about many proposals at once, and show what became of each."""
    chosen = [text for text in request.POST.getlist("number") if text.isascii() and text.isdigit()]
    try:
        outcomes = decide_many(
            numbers=[int(text) for text in chosen if len(text) < 19],
            approve=request.POST.get("verdict") == "approve",
            reason=_reason(request),
            instruction=_instruction(request, staff),
        )
    except Refusal as refusal:
        facts: dict[str, Any] = {"outcomes": [], "refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(
            request, "backoffice/proposals_decided.html", facts, staff=staff, status=status
        )
    facts = {
        "outcomes": [
            {
                "number": one.number,
                "refusal": one.refusal,
                "state": one.proposal and TONES[one.proposal.state],
                "state_text": one.proposal and STATES[one.proposal.state],
            }
            for one in outcomes
        ],
        "done": len([one for one in outcomes if one.refusal is None]),
    }
    return rendered(request, "backoffice/proposals_decided.html", facts, staff=staff)


def wanted_of(asked: Asked, staff: Staff) -> ProposalsWanted:
    """Read the filter of the list's address.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: A36, A39.
    """
    state = asked.word("state", STATES)
    account, mine = asked.number("account"), asked.word("mine", MINE)
    return ProposalsWanted(
        state=None if state is None else ProposalState(state),
        command=asked.word("command", commands()) or "",
        subject="" if account is None else f"merchant_account:{account}",
        by=staff.actor if mine == "yes" else "",
        not_by=staff.actor if mine == "no" else "",
        since=asked.begin_of("since"),
        until=asked.end_of("until"),
    )


def _decidable(row: Proposal, staff: Staff) -> bool:
    """Tell whether it waits for one such as who is at the page."""
    waits = row.state == ProposalState.PROPOSED and row.proposed_by != staff.actor
    return waits and staff.may("proposals.decide")


def _acted(
    request: HttpRequest, staff: Staff, number: int, act: Callable[[], Proposal]
) -> HttpResponse:
    try:
        row = act()
    except Refusal as refusal:
        return _shown(request, staff, number, refusal)
    said = {
        "approved": gettext("It is approved and carried out."),
        "refused": gettext("It is refused; nothing was done."),
        "withdrawn": gettext("It is withdrawn; nothing was done."),
    }
    messages.success(request, said[row.state])
    return see("proposal", number=number)


def _shown(
    request: HttpRequest, staff: Staff, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    row = proposal(number)
    names = actor_names([row.proposed_by, row.decided_by])
    customer = command_named(row.command).concerns(row.payload)
    his_own = customer is not None and is_customer(staff.actor, customer)
    facts = {
        **shown_proposal(row, names),
        "differences": shown_differences(row),
        "open": row.state == ProposalState.PROPOSED and row.expires_at > now(),
        "mine": row.proposed_by == staff.actor,
        "his_own": his_own,
        "steps": steps_of(f"proposal:{number}", STEPS),
        "reason": _reason(request) if request.method == "POST" else "",
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/proposal.html", facts, staff=staff, status=status)


def _reason(request: HttpRequest) -> str:
    return " ".join(request.POST.get("reason", "").split())


def _instruction(request: HttpRequest, staff: Staff) -> Instruction:
    return told(request, actor=staff.actor, channel=CHANNEL, code="AdminProposal")


addresses: Final = [
    path("proposals", listed, name="proposals"),
    path("proposals/decide", decide, name="proposals-decide"),
    path("proposals/<number:number>", one, name="proposal"),
    path("proposals/<number:number>/approve", approve, name="proposal-approve"),
    path("proposals/<number:number>/refuse", refuse, name="proposal-refuse"),
    path("proposals/<number:number>/withdraw", withdraw, name="proposal-withdraw"),
]
