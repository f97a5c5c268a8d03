"""Whatever moves money here goes in two steps: what is asked for, what would happen, then what did.

The second step is the domain's own rehearsal: the real operation, taken back. The form carries its key
through both, so that a double click, the back button and a reload all end at the first result.

Source: reliability T9; architecture, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import uuid4  # noqa: TID251 - a door makes keys

from django.http import HttpResponseRedirect
from django.urls import reverse

from tael import books, ledger
from tael.books import Instruction
from tael.refusal import Refusal
from tael.wallet.booking import entry_of
from tael.wallet.figures import figures_now
from tael.web.look.forms import told
from tael.web.portal.page import STATUS, rendered
from tael.web.portal.typed import Typed, form_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from tael.money import Money
    from tael.wallet.figures import Figures
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet
    from tael.web.portal.page import Visitor
    from tael.web.portal.typed import Field

CHANNEL: Final = "System"
"""Over which a customer's own operations inside the site are booked; nobody outside takes part."""


class Line(NamedTuple):
    """One fact of what is asked for: an amount, or words; large is what matters most."""

    label: str
    text: str = ""
    money: Money | None = None
    large: bool = False


class Outcome(NamedTuple):
    """What an operation did, or in a rehearsal would do.

    Args:
        page: where its result is shown.
        replayed: the form's key had been used for this before.
        after: the figures of the wallets concerned, by number.
    """

    page: str
    replayed: bool
    after: Mapping[int, Figures]


class Shift(NamedTuple):
    """A wallet of the customer's own before and after."""

    wallet: Wallet
    before: Figures
    after: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What somebody asked for, understood.

    Args:
        call: the one domain call.
        lines: what is shown of it before it is confirmed.
        wallets: his own wallets concerned.
        notes: sentences that he should have read.
        keep: what the confirmation sends along beside the typed fields.
    """

    call: Callable[[], Outcome]
    lines: Sequence[Line]
    wallets: Sequence[Wallet]
    notes: Sequence[str] = ()
    keep: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that a customer can do with his money.

    Args:
        page: the name of its address. template: of its first step.
        title: what it is called. button: what its last button says.
        fields: the form's fields for this customer; a list without a choice means that he cannot.
        read: understands what was typed, or refuses it.
        facts: what else the first step shows.
    """

    page: str
    title: Callable[[], str]
    button: Callable[[], str]
    fields: Callable[[Visitor], Sequence[Field]]
    read: Callable[[Typed, Visitor, Instruction], Plan]
    facts: Callable[[Visitor], Mapping[str, object]] = lambda _: {}
    template: str = "portal/form.html"
    names: Sequence[str] = ()


def two_steps(request: HttpRequest, visitor: Visitor, act: Act) -> HttpResponse:
    """Show the form, then what would happen, then carry it out and go to the page of the result."""
    if request.method != "POST":
        return _form(request, visitor, act, Typed(request.GET, act.names))
    typed = Typed(request.POST, act.names)
    step = request.POST.get("step", "")
    if step == "change":
        return _form(request, visitor, act, typed)
    try:
        plan = act.read(typed, visitor, told(request, actor=visitor.actor, channel=CHANNEL))
        if step == "confirm":
            return see_other(plan.call().page)
        return _rehearsed(request, visitor, act, typed, plan)
    except Refusal as refusal:
        return _form(request, visitor, act, typed, refusal=refusal)


def _done_before(request: HttpRequest, visitor: Visitor) -> str:
    """Give the page of what the form's key has carried out, empty if the books have no record of it."""
    entry = entry_of(told(request, actor=visitor.actor, channel=CHANNEL))
    return "" if entry is None else reverse("portal:record", args=[entry])


def outcome_of(receipt: Receipt, page: str = "") -> Outcome:
    """Give the outcome of an operation with a receipt; its page is the record in the books."""
    page = page or f"{reverse('portal:record', args=[receipt.entry_id])}?done=1"
    return Outcome(page, receipt.replayed, receipt.wallets)


def rehearsal(visitor: Visitor) -> Instruction:
    """Make the instruction of an operation that is only rehearsed, under a key of its own."""
    return Instruction(
        key=str(uuid4()),
        actor=visitor.actor,
        at=datetime.now(UTC),  # noqa: TID251 - the caller's clock
        channel=CHANNEL,
    )


def see_other(page: str) -> HttpResponseRedirect:
    """Send the browser on, so that a reload asks for the page and not for the operation."""
    response = HttpResponseRedirect(page)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _rehearsed(
    request: HttpRequest, visitor: Visitor, act: Act, typed: Typed, plan: Plan
) -> HttpResponse:
    before = figures_now(plan.wallets)
    outcome = books.rehearse(plan.call)
    if outcome.replayed:
        return see_other(outcome.page)
    facts = {
        "act": act,
        "title": act.title(),
        "button": act.button(),
        "lines": plan.lines,
        "notes": plan.notes,
        "shifts": [
            Shift(wallet, before[wallet.number], outcome.after[wallet.number])
            for wallet in plan.wallets
            if wallet.number in outcome.after
        ],
        "kept": {**typed, **plan.keep},
        "address": reverse(f"portal:{act.page}"),
    }
    return rendered(request, "portal/confirm.html", facts, visitor=visitor)


def _form(
    request: HttpRequest,
    visitor: Visitor,
    act: Act,
    typed: Typed,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """Show the form with what was typed, and beside its field what was refused."""
    fields = act.fields(visitor)
    used_up = isinstance(refusal, ledger.KeyReused)
    named = {one.name for one in fields}
    facts = {
        **act.facts(visitor),
        "act": act,
        "title": act.title(),
        "form": form_of(fields, typed),
        "refusal": refusal,
        "refusal_elsewhere": refusal is not None and refusal.field not in named,
        "used_up": used_up,
        "done_before": _done_before(request, visitor) if used_up else "",
        "possible": all(one.choices for one in fields if one.kind == "select"),
        "address": reverse(f"portal:{act.page}"),
    }
    status = HTTPStatus.OK if refusal is None else STATUS[refusal.because]
    return rendered(request, act.template, facts, visitor=visitor, status=status)
