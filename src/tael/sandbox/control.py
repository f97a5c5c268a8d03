"""The operator's page: how the sandbox behaves from now on, and every wrong thing a gateway can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse, HttpResponseRedirect

from tael.sandbox import notices
from tael.sandbox import payment as payments
from tael.sandbox.house import house
from tael.sandbox.page import now, once_each, page, rendered
from tael.sandbox.refusals import SandboxRefused

if TYPE_CHECKING:
    from django.http import HttpRequest

NEWEST: Final = 50
LONGEST: Final = 64  # characters of a fact
FACTS: Final = ("order", "amount", "currency", "status", "number", "merchant", "environment")


@page("GET", "POST", here_only=True)
def overview(request: HttpRequest) -> HttpResponse:
    """Show the newest payments and notices; change how the sandbox behaves."""
    if request.method == "POST":
        told = once_each(request.POST)
        notices.change_habits(
            house().store,
            copies=whole(told.get("copies", ""), "copies"),
            keep_back=told.get("keep_back") == "yes",
            after=whole(told.get("after") or "0", "after"),
        )
        return _back("/control")
    store = house().store
    facts = {
        "payments": store.rows("SELECT * FROM payment ORDER BY id DESC LIMIT ?", NEWEST),
        "notices": store.rows(
            "SELECT notice.*, payment.token, payment.order_number FROM notice"
            " JOIN payment ON payment.id = notice.payment ORDER BY notice.id DESC LIMIT ?",
            NEWEST,
        ),
        "kept": store.rows("SELECT count(*) AS number FROM notice WHERE state = 'kept'")[0],
        "habits": notices.habits(store),
    }
    return rendered(request, "control.html", facts)


@page("POST", here_only=True)
def release(request: HttpRequest) -> HttpResponse:
    """Let go what was kept back."""
    told = once_each(request.POST)
    notices.release(house().store, now=now(), newest_first=told.get("order") == "newest_first")
    return _back("/control")


@page("GET", here_only=True)
def payment(request: HttpRequest, token: str) -> HttpResponse:
    """Show one payment with every notice and every attempt."""
    row = payments.find_payment(house(), token)
    store = house().store
    facts = {
        "payment": row,
        "facts": notices.facts_of(
            row, status="paid", amount=row["paid"] or row["amount"], at=now()
        ),
        "notices": store.rows("SELECT * FROM notice WHERE payment = ? ORDER BY id", row["id"]),
        "attempts": store.rows(
            "SELECT attempt.*, notice.event FROM attempt JOIN notice ON notice.id = attempt.notice"
            " WHERE notice.payment = ? ORDER BY attempt.id DESC LIMIT 200",
            row["id"],
        ),
        "seals": notices.SEALS,
        "bodies": notices.BODIES,
    }
    return rendered(request, "control_payment.html", facts)


@page("POST", here_only=True)
def refund(request: HttpRequest, token: str) -> HttpResponse:
    """Give a payment back, in part or whole."""
    told = once_each(request.POST)
    payments.refund(house(), token, told.get("amount", ""), now=now())
    return _back(f"/control/{token}")


@page("POST", here_only=True)
def send(request: HttpRequest, token: str) -> HttpResponse:
    """Send a notice that the operator has put together: any facts, any seal, any time, any number."""
    told = once_each(request.POST)
    row = payments.find_payment(house(), token)
    facts = notices.facts_of(row, status="paid", amount=row["paid"] or row["amount"], at=now())
    for name in FACTS:
        if told.get(name):
            facts[name] = told[name][:LONGEST]
    event = told.get("event", "")
    if event and not (event.isascii() and event.isprintable() and len(event) <= LONGEST):
        raise SandboxRefused("This is no number of an event.", field="event")
    sending = notices.Sending(
        seal=told.get("seal", "good"),
        body=told.get("body", "as_signed"),
        shift=whole(told.get("shift") or "0", "shift"),
        after=whole(told.get("after") or "0", "after"),
        copies=whole(told.get("copies") or "1", "copies"),
        event=event or None,
    )
    with house().store.change() as change:
        notices.plan(change, row, facts, sending, now=now())
    return _back(f"/control/{token}")


def whole(text: str, field: str) -> int:
    """Read a whole number of at most nine digits.

    Raises:
        SandboxRefused: it is none.
    """
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise SandboxRefused("This is no whole number.", field=field, there=text[:40])
    return int(text)


def _back(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
