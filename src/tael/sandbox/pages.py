"""What the payer sees, and what a merchant's program asks. The payer's return proves nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt

from tael.sandbox import payment as payments
from tael.sandbox.house import house
from tael.sandbox.page import now, once_each, page, rendered
from tael.sandbox.question import answer_question, answer_refund
from tael.sandbox.refusals import SandboxRefused
from tael.sandbox.words import COOKIE, LANGUAGES

if TYPE_CHECKING:
    import sqlite3

    from django.http import HttpRequest

STYLESHEET: Final = Path(__file__).parent / "static" / "sandbox.css"
YEAR: Final = 365 * 86_400


def alive(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def no_icon(_request: HttpRequest) -> HttpResponse:
    """Say that there is no icon; browsers ask for one by themselves."""
    return HttpResponse(status=204)


@page("GET", "HEAD")
def stylesheet(_request: HttpRequest) -> HttpResponse:
    """Give the one stylesheet."""
    return HttpResponse(
        STYLESHEET.read_bytes(), content_type="text/css", headers={"Cache-Control": "max-age=300"}
    )


@page("GET")
def home(request: HttpRequest) -> HttpResponse:
    """Say what this place is."""
    return rendered(request, "home.html", {})


@page("POST")
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie of this site and go back."""
    chosen, back = request.POST.get("language", ""), request.POST.get("back", "/")
    if chosen not in LANGUAGES:
        raise SandboxRefused("There is no such language.", field="language")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = HttpResponseRedirect(back if ours else "/")
    response.set_cookie(COOKIE, chosen, max_age=YEAR, httponly=True, samesite="Lax")
    return response


@page("GET")
def begin(request: HttpRequest) -> HttpResponse:
    """Take the payer over from a merchant, by the merchant's signed parameters."""
    row = payments.begin_payment(house(), once_each(request.GET), now=now())
    return _to_payment(row["token"])


@page("GET", "POST")
def payment(request: HttpRequest, token: str) -> HttpResponse:
    """Show a payment, and let the payer pay, pay another amount, or be declined."""
    if request.method == "POST":
        told = once_each(request.POST)
        match told.get("act"):
            case "pay":
                payments.pay(house(), token, None, now=now())
            case "pay_other":
                payments.pay(house(), token, told.get("amount", ""), now=now())
            case "decline":
                payments.decline(house(), token, now=now())
            case _:
                raise SandboxRefused("There is no such act.", field="act")
        return _to_payment(token)
    row = payments.find_payment(house(), token)
    facts = {
        "payment": row,
        "over": payments.is_over(row, now()),
        "back": return_address(row),
    }
    return rendered(request, "payment.html", facts)


@csrf_exempt
@page("POST", plain=True)
def query(request: HttpRequest) -> HttpResponse:
    """Answer a merchant's signed question."""
    body, headers = answer_question(house(), once_each(request.POST), now=now())
    return HttpResponse(body, content_type="application/json", headers=headers)


@csrf_exempt
@page("POST", plain=True)
def refund(request: HttpRequest) -> HttpResponse:
    """Give a payment back because its merchant's program asks for it."""
    body, headers = answer_refund(house(), once_each(request.POST), now=now())
    return HttpResponse(body, content_type="application/json", headers=headers)


def return_address(row: sqlite3.Row) -> str:
    """Give where the payer's browser goes back to. What stands in it is unsigned and proves nothing."""
    if not row["return_url"]:
        return ""
    joint = "&" if urlsplit(row["return_url"]).query else "?"
    status = "cancelled" if row["state"] == "open" else row["state"]
    facts = urlencode({"order": row["order_number"], "status": status})
    return f"{row['return_url']}{joint}{facts}"


def _to_payment(token: str) -> HttpResponse:
    response = HttpResponseRedirect(f"/pay/{token}")
    response.status_code = 303
    return response
