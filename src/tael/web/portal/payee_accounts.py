"""A customer's payee accounts (收款賬戶): where his withdrawals are paid to.

Source: E-07, A-F16; reliability T9, T22.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from django.urls import path, reverse
from django.utils.translation import gettext as _

from tael import books
from tael.parties import queries
from tael.parties.masking import masked_number
from tael.parties.payee import PayeeMalformed, add_payee_once, close_payee
from tael.parties.payee import payee as find_payee
from tael.refusal import Refusal
from tael.web.portal.lists import before_of, paged
from tael.web.portal.page import STATUS, page, rendered
from tael.web.portal.steps import see_other
from tael.web.portal.typed import Choice, Field, Typed, form_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.parties.payee import Payee
    from tael.web.portal.page import Visitor

SHOWN_MAX: Final = 200
DETAILS: Final = ("bank", "account")


@page()
def payee_accounts(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the customer's payee accounts, newest first: those in use, or the closed ones."""
    closed = request.GET.get("closed") == "1"
    before = before_of(request)
    found = paged(
        lambda limit: queries.payees_newest_first(
            customer=visitor.customer, active=not closed, before=before, limit=limit
        ),
        closed="1" if closed else "",
    )
    facts = {
        "rows": [(payee, _text(payee)) for payee in found.rows],
        "closed": closed,
        "next": found.next,
        "not_first": before is not None,
        "first_address": f"{request.path}?closed=1" if closed else request.path,
    }
    return rendered(request, "portal/payee_accounts.html", facts, visitor=visitor)


@page(methods=("GET", "POST"))
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Enter a payee account: typed, shown again as it will be kept, then kept. Pressed twice, once."""
    typed = Typed(request.POST, ("kind", "holder", *DETAILS))
    refusal = None
    step = request.POST.get("step", "") if request.method == "POST" else "change"
    if step != "change":
        try:
            if step == "confirm":
                _enter(typed, visitor)
                return see_other(reverse("portal:payee-accounts"))
            entered = books.rehearse(lambda: _enter(typed, visitor))
            facts = {"payee": entered, "kind": kinds()[entered.kind], "kept": typed}
            return rendered(request, "portal/payee_account_check.html", facts, visitor=visitor)
        except Refusal as refused:
            refusal = _of_a_field(refused)
    facts = {
        "form": form_of(_fields(), typed),
        "refusal": refusal,
        "refusal_elsewhere": refusal is not None and refusal.field not in typed,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "portal/payee_account_add.html", facts, visitor=visitor, status=status)


@page(methods=("GET", "POST"))
def close(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Ask whether a payee account is to be closed, and close it."""
    payee = find_payee(number, visitor.customer, closed_too=True)
    if request.method == "POST":
        close_payee(number=number, customer=visitor.customer, actor=visitor.actor, at=_now())
        return see_other(reverse("portal:payee-accounts"))
    if not payee.active:
        return see_other(reverse("portal:payee-accounts"))
    facts = {"payee": payee, "text": payee_text(visitor, number)}
    return rendered(request, "portal/payee_account_close.html", facts, visitor=visitor)


def payee_field(visitor: Visitor) -> Field:
    """Make the field in which a payee account is chosen."""
    found = queries.payees(customer=visitor.customer, limit=SHOWN_MAX)
    return Field(
        name="payee",
        label=_("Pay to"),
        kind="select",
        choices=[Choice(str(payee.pk), _short(payee)) for payee in found],
    )


def payee_text(visitor: Visitor, number: int) -> str:
    """Name one of the customer's payee accounts: of what kind, whose, and how its number ends.

    Raises:
        UnknownPayee: he has none of this number.
    """
    find_payee(number, visitor.customer, closed_too=True)
    found = queries.payees(customer=visitor.customer, closed_too=True, after=number - 1, limit=1)
    return _text(found[0])


def kinds() -> dict[str, str]:
    """Name the kinds of payee accounts that are offered."""
    return {
        "bank": _("Bank account"),
        "alipay": _("Alipay"),
        "wechat": _("WeChat"),
        "paypal": _("PayPal"),
    }


def _text(payee: Payee) -> str:
    parts = (kinds().get(payee.kind, payee.kind), _bank(payee), payee.holder, _number(payee))
    return " · ".join(part for part in parts if part)


def _short(payee: Payee) -> str:
    """Name an account where there is little room: the bank or the kind, and how its number ends."""
    parts = (_bank(payee) or kinds().get(payee.kind, payee.kind), _number(payee))
    return " · ".join(part for part in parts if part)


def _number(payee: Payee) -> str:
    """Give the account's number with its last four characters."""
    text = payee.details.get("account") or payee.details.get("iban") or ""
    return masked_number(text) if text else ""


def _bank(payee: Payee) -> str:
    return str(payee.details.get("bank", ""))


def _fields() -> list[Field]:
    return [
        Field(
            name="kind",
            label=_("Kind of account"),
            kind="select",
            choices=[Choice(value, text) for value, text in kinds().items()],
        ),
        Field(
            name="holder",
            label=_("Account holder"),
            help=_("As the bank or the provider knows the name."),
        ),
        Field(name="bank", label=_("Bank"), optional=True, help=_("For a bank account.")),
        Field(
            name="account",
            label=_("Account"),
            help=_("The account's number, IBAN, or the address at the provider."),
        ),
    ]


def _details(typed: Typed) -> dict[str, str]:
    return {name: typed[name] for name in DETAILS if typed[name] or name == "account"}


def _enter(typed: Typed, visitor: Visitor) -> Payee:
    if typed["kind"] not in kinds():
        message = "This is no kind of payee account."
        raise PayeeMalformed(
            message, field="kind", there=typed["kind"][:32], allowed=", ".join(kinds())
        )
    return add_payee_once(
        customer=visitor.customer,
        kind=typed["kind"],
        holder=typed["holder"],
        details=_details(typed),
        actor=visitor.actor,
        at=_now(),
    )


def _of_a_field(refusal: Refusal) -> Refusal:
    """Tell the form's field of a refused detail: the domain calls it details.account."""
    if refusal.field is not None:
        refusal.field = refusal.field.removeprefix("details.")
    return refusal


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the caller's clock


addresses: Final = [
    path("payee-accounts", payee_accounts, name="payee-accounts"),
    path("payee-accounts/add", add, name="add-payee-account"),
    path("payee-accounts/<number:number>/close", close, name="close-payee-account"),
]
