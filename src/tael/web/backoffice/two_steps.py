"""Whatever moves money here is shown before it is done: the operation is rehearsed, then carried out.

The rehearsal is the real operation taken back, so what it shows is what the books would get. The form
keeps its key through both steps: a double click, a reload and the back button end at the first receipt.

Source: reliability, T9; F-17; architecture, section 5 (dry run).
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from tael import books
from tael.refusal import Refusal
from tael.wallet.figures import figures_now
from tael.web.backoffice.page import STATUS, rendered
from tael.web.backoffice.postings import posting_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django import forms
    from django.http import HttpRequest, HttpResponse

    from tael.money import Money
    from tael.wallet.figures import Figures
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet
    from tael.web.backoffice.page import Staff
    from tael.web.backoffice.postings import PostingLine


class Shift(NamedTuple):
    """A wallet's figures before and after."""

    wallet: Wallet
    before: Figures
    after: Figures


class Rehearsal(NamedTuple):
    """What an operation would do."""

    shifts: list[Shift]
    postings: list[PostingLine]
    amount: Money
    received: Money | None
    done_before: bool


class Prepared(NamedTuple):
    """What was typed, understood.

    Args:
        act: the one domain call.
        keep: what the second step sends along beside the typed fields.
        notes: sentences to be read before it is done.
    """

    act: Callable[[], Receipt]
    keep: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSteps:
    """One form that moves money.

    Args:
        template: its page.
        facts: what the page shows beside the form.
        form: makes the form of what was typed, or of what is suggested.
        prepare: understands what was typed, or refuses it; ``last`` tells that it is to be done.
    """

    template: str
    facts: Mapping[str, Any]
    form: Callable[[Mapping[str, str]], forms.Form]
    prepare: Callable[[bool], Prepared]


def two_steps(request: HttpRequest, staff: Staff, steps: TwoSteps) -> HttpResponse:
    """Show the form, then what would happen, then carry it out and go to its record."""
    if request.method != "POST":
        facts = {**steps.facts, "form": steps.form(request.GET)}
        return rendered(request, steps.template, facts, staff=staff)
    facts = {**steps.facts, "form": steps.form(request.POST)}
    step = request.POST.get("step", "")
    try:
        if step == "change":
            return rendered(request, steps.template, facts, staff=staff)
        prepared = steps.prepare(step == "do")
        if step == "do":
            return _done(request, prepared.act())
        facts |= {
            "rehearsal": rehearsed(prepared.act),
            "kept": prepared.keep,
            "notes": prepared.notes,
        }
        return rendered(request, steps.template, facts, staff=staff)
    except Refusal as refusal:
        facts |= {"refusal": refusal}
        status = STATUS[refusal.because]
        return rendered(request, steps.template, facts, staff=staff, status=status)


def rehearsed(act: Callable[[], Receipt]) -> Rehearsal:
    """Carry an operation out, write down what it did, and take it back."""

    def look() -> Rehearsal:
        receipt = act()
        after = receipt.wallets
        return Rehearsal(
            shifts=[Shift(one, after[one.number], after[one.number]) for one in receipt.touched],
            postings=posting_lines(receipt.legs),
            amount=receipt.amount,
            received=receipt.received,
            done_before=receipt.replayed,
        )

    found = books.rehearse(look)
    if found.done_before:
        return found
    before = figures_now([shift.wallet for shift in found.shifts])
    shifts = [one._replace(before=before[one.wallet.number]) for one in found.shifts]
    return found._replace(shifts=shifts)


def see_other(address: str) -> HttpResponseRedirect:
    """Send the browser on, so that a reload asks for the page and not for the operation."""
    response = HttpResponseRedirect(address)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _done(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    if receipt.replayed:
        messages.info(request, gettext("This had been done already; nothing was booked again."))
    else:
        messages.success(request, gettext("Done. The books have it as this record."))
    return see_other(reverse("backoffice:flow", args=[receipt.entry_id]))
