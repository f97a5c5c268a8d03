"""Payout batches (打款批次): made of what waits, checked, approved by another, exported as a file, answered.

Source: B-35, B-36, B-38, E-15; peers-settlement-invest A19, A20, A24, A36, A39, section 4.1; T9, T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.approvals.limit import limit_in_force
from tael.channels.queries import channels
from tael.documents.payout_download import FORMS, export_payout, payout_again
from tael.parties.export import note_export
from tael.refusal import Refusal
from tael.settlement.independence import pays_him
from tael.settlement.lifecycles import BATCH, BatchState
from tael.settlement.payouts.bank_profile import PROFILES
from tael.settlement.payouts.batch import (
    approve_batch,
    check_batch,
    make_batches,
    payout_batch,
    reopen_batch,
    take_out_row,
    total_of,
)
from tael.settlement.payouts.batch_export import PAYOUT_BATCH, drop_batch, revoke_batch
from tael.settlement.payouts.batch_search import (
    BatchesWanted,
    batch_totals,
    batches,
    results_of,
    row_counts,
    rows_of,
    waiting_rows,
    withdrawals_waiting,
)
from tael.settlement.payouts.row_answer import Outcome, Proposal, answer_row
from tael.wallet.serial_number import business_zone
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.settlement.steps import steps_of
from tael.web.look.asked import Asked, malformed
from tael.web.look.attachment import attachment, reading_language
from tael.web.look.forms import told
from tael.web.look.outside_channels import outside_channels

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.settlement.payouts.batch import PayoutBatch
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
ROWS: Final = 100
CHOICE: Final = 500
FILTERS: Final = ("state", "currency", "channel")
STATES: Final = {
    "draft": _("draft"),
    "checked": _("checked"),
    "approved": _("approved"),
    "exported": _("with the bank"),
    "settled": _("answered"),
    "dropped": pgettext_lazy("payout batch", "dropped"),
    "revoked": _("revoked"),
}
ROW_STATES: Final = {
    "live": _("no answer yet"),
    "paid": _("paid"),
    "failed": _("not paid"),
    "unknown": _("unknown"),
    "taken_out": _("taken out"),
}
PROFILE_NAMES: Final = (
    _("Any bank, 50,000 rows"),
    _("Bulk transfer, 3,000 rows"),
    _("Bulk transfer, 50 rows"),
)
"""The names of ``PROFILES``; templates translate them."""
ACTS: Final = {
    "payout_batch.make": _("The batch was made"),
    "payout_batch.take_out": _("A row was taken out"),
    "payout_batch.check": _("The batch was checked"),
    "payout_batch.reopen": _("Made a draft again"),
    "payout_batch.approve": _("Approved"),
    "payout_batch.export": _("Exported as a file"),
    "payout_batch.drop": pgettext_lazy("payout batch", "Dropped"),
    "payout_batch.revoke": _("Revoked"),
    "payout_batch.bring_result": _("An answer of the bank was brought"),
    "payout_batch.answer": _("The answer was taken"),
    "payout_batch.answer_row": _("A row was answered by a person"),
    "payout_batch.drop_result": _("An answer was laid aside"),
    "payout_batch.settle": _("Every row is answered"),
}


def wanted_of(asked: Asked) -> BatchesWanted:
    """Read the filter of a list's address.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: A24, A39.
    """
    return BatchesWanted(
        state=asked.word("state", STATES) or "",
        currency=asked.currency(),
        channel=asked.text("channel"),
    )


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List batches, newest first, with their totals and what waits to be put into one."""
    asked = Asked(request.GET, FILTERS)
    facts: dict[str, Any] = {
        "asked": asked,
        "states": STATES,
        "currencies": sorted(books.currencies()),
        "channels": channels(),
        "waiting": withdrawals_waiting(),
    }
    try:
        before = Asked(request.GET, ("before",)).number("before")
        wanted = wanted_of(asked)
    except Refusal as refusal:
        return _page(request, staff, "batches", facts, refusal)
    rows = batches(wanted, limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts |= {
        "rows": [_line(row) for row in shown],
        "totals": batch_totals(wanted) if shown else [],
        "next": asked.query(before=shown[-1].pk) if more else "",
        "first": before is not None,
        "first_address": f"?{asked.query()}",
    }
    return _page(request, staff, "batches", facts)


@page(may="payouts.make", methods=("GET", "POST"))
def make(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Make batches of the withdrawals that wait: of all of them, or of those that are chosen."""
    asked = Asked(request.POST or request.GET, ("currency", "channel", "profile", "which"))
    refusal = None
    if request.method == "POST":
        try:
            made = make_batches(
                currency=asked.currency(),
                channel=asked.text("channel"),
                profile=asked.text("profile"),
                withdrawals=_chosen(request) if asked["which"] == "chosen" else None,
                instruction=told(request, actor=staff.actor, channel="Admin"),
            )
            said = gettext("Made: batch %(numbers)s.")
            messages.success(request, said % {"numbers": ", ".join(one.reference for one in made)})
            return see("settlement-batch", number=made[0].pk)
        except Refusal as refused:
            refusal = refused
    waiting = withdrawals_waiting()
    known = {one.currency for one in waiting}
    currency = asked["currency"] if asked["currency"] in known else min(known, default="")
    found = waiting_rows(currency, limit=CHOICE + 1) if currency else []
    facts = {
        "asked": asked,
        "waiting": waiting,
        "currency": currency,
        "of": next((one for one in waiting if one.currency == currency), None),
        "rows": found[:CHOICE],
        "cut": len(found) > CHOICE,
        "channels": [one for one in outside_channels() if one.takes(currency)],
        "profiles": PROFILES.values(),
        "chosen": set(request.POST.getlist("withdrawal")),
    }
    return _page(request, staff, "batch_make", facts, refusal)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one batch with its rows and what may be done with it."""
    return _shown(request, staff, number)


@page(may="payouts.make", methods=("POST",))
def check(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Say that a draft is right."""
    return _acted(request, staff, number, check_batch)


@page(may="payouts.make", methods=("POST",))
def reopen(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Make a checked batch a draft again."""
    return _acted(request, staff, number, reopen_batch)


@page(may="proposals.decide", methods=("POST",))
def approve(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Approve a batch that somebody else made and checked."""
    return _acted(request, staff, number, approve_batch)


@page(may="payouts.make", methods=("POST",))
def drop(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Drop a batch that was not exported."""
    return _acted(request, staff, number, drop_batch)


@page(may="payouts.make", methods=("POST",))
def revoke(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Take back a file that nobody has sent to the bank."""
    reason = " ".join(request.POST.get("reason", "").split())
    return _acted(request, staff, number, revoke_batch, reason=reason)


@page(may="payouts.make", methods=("POST",))
def take_out(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Take a withdrawal out of a draft."""
    withdrawal = Asked(request.POST, ("withdrawal",)).number("withdrawal") or 0
    return _acted(request, staff, number, take_out_row, withdrawal=withdrawal)


@page(may="payouts.make", methods=("POST",))
def export(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Write the batch as a file; from now on the bank may have it."""
    form = request.POST.get("format", "xlsx")

    def act(*, number: int, instruction: books.Instruction) -> None:
        export_payout(
            number=number, form=form, language=reading_language(), instruction=instruction
        )

    return _acted(request, staff, number, act)


@page(may="payouts.make")
def download(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:  # noqa: ARG001 - as every page
    """Give the file of an exported batch: the same bytes each time."""
    document = payout_again(number)
    note_export(actor=staff.actor, file=document.name, rows=payout_batch(number).rows, at=now())
    return attachment(document)


@page(may="payouts.make", methods=("POST",))
def answer(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Say, as a person who has found it out, what became of one row; above the limit another one confirms it."""

    def act(*, number: int, instruction: books.Instruction) -> object:
        asked = Asked(request.POST, ("withdrawal", "outcome", "paid_on", "flow_number", "reason"))
        verdict = asked.word("outcome", ("paid", "failed"))
        if verdict is None:
            raise malformed("outcome", "", "paid, failed")
        today = instruction.at.astimezone(business_zone()).date()
        return answer_row(
            number=number,
            withdrawal=asked.number("withdrawal") or 0,
            outcome=Outcome(
                verdict == "paid",
                asked["reason"],
                asked.day("paid_on") or today,
                asked.text("flow_number"),
            ),
            instruction=instruction,
        )

    return _acted(request, staff, number, act)


def _acted(
    request: HttpRequest,
    staff: Staff,
    number: int,
    act: Callable[..., object],
    **further: object,
) -> HttpResponse:
    try:
        done = act(
            number=number,
            instruction=told(request, actor=staff.actor, channel="Admin"),
            **further,
        )
    except Refusal as refusal:
        if refusal.because == "absent":
            raise
        return _shown(request, staff, number, refusal=refusal)
    if isinstance(done, Proposal):
        messages.success(request, gettext("It is proposed and waits for a second person."))
        return see("proposal", number=done.pk)
    state = STATES[payout_batch(number).state]
    messages.success(request, gettext("Done. The batch is now: %(state)s.") % {"state": state})
    return see("settlement-batch", number=number)


def _shown(
    request: HttpRequest, staff: Staff, number: int, *, refusal: Refusal | None = None
) -> HttpResponse:
    batch = payout_batch(number)
    asked = Asked(request.GET, ("rows", "after"))
    state = asked.word("rows", ROW_STATES) or ""
    rows = rows_of(number, state=state, after=asked.number("after") or 0, limit=ROWS + 1)
    shown, more = rows[:ROWS], len(rows) > ROWS
    limit = limit_in_force(PAYOUT_BATCH.code, batch.currency)
    above = limit is not None and limit.amount is not None and batch.total > limit.amount
    counts = row_counts(number)
    facts = {
        "batch": batch,
        "total": total_of(batch),
        "state_text": STATES[batch.state],
        "allowed": {event.value for event in BATCH.events_from(BatchState(batch.state))},
        "mine": staff.actor in {batch.made_by, batch.checked_by} or pays_him(batch, staff.actor),
        "above": above,
        "forms": FORMS,
        "profile": PROFILES.get(batch.profile),
        "rows": shown,
        "row_state": state,
        "rows_query": f"rows={state}",
        "row_states": [
            {"key": key, "text": text, "count": counts[key]}
            for key, text in ROW_STATES.items()
            if key in counts
        ],
        "next": f"rows={state}&after={shown[-1].row.place}" if more else "",
        "first": bool(asked["after"]),
        "results": results_of(number),
        "steps": steps_of(f"payout_batch:{number}", ACTS),
        "today": now().astimezone(business_zone()).date(),
        "reason": request.POST.get("reason", "")[:500],
    }
    return _page(request, staff, "batch", facts, refusal)


def _line(row: PayoutBatch) -> dict[str, Any]:
    return {"batch": row, "total": total_of(row), "state_text": STATES[row.state]}


def _chosen(request: HttpRequest) -> list[int]:
    texts = request.POST.getlist("withdrawal")
    return [
        Asked({"withdrawal": text}, ("withdrawal",)).number("withdrawal") or 0 for text in texts
    ]


def _page(
    request: HttpRequest,
    staff: Staff,
    name: str,
    facts: dict[str, Any],
    refusal: Refusal | None = None,
) -> HttpResponse:
    status = 200 if refusal is None else STATUS[refusal.because]
    template = f"backoffice/settlement/{name}.html"
    return rendered(request, template, facts | {"refusal": refusal}, staff=staff, status=status)


_ONE: Final = "settlement/batches/<number:number>"

addresses: Final = [
    path("settlement/batches", listed, name="settlement-batches"),
    path("settlement/batches/make", make, name="settlement-batch-make"),
    path(_ONE, one, name="settlement-batch"),
    path(f"{_ONE}/check", check, name="settlement-batch-check"),
    path(f"{_ONE}/reopen", reopen, name="settlement-batch-reopen"),
    path(f"{_ONE}/approve", approve, name="settlement-batch-approve"),
    path(f"{_ONE}/drop", drop, name="settlement-batch-drop"),
    path(f"{_ONE}/revoke", revoke, name="settlement-batch-revoke"),
    path(f"{_ONE}/take-out", take_out, name="settlement-batch-take-out"),
    path(f"{_ONE}/export", export, name="settlement-batch-export"),
    path(f"{_ONE}/file", download, name="settlement-batch-download"),
    path(f"{_ONE}/answer", answer, name="settlement-batch-answer"),
]
