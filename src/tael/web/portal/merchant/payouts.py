"""The merchant's withdrawals (提現): what can be withdrawn and why not more, applying, and each explained to the cent.

Source: B-33 to B-37, E-15; SM-06; peers-settlement-invest A16, A18, A32, section 4.2; reliability T9, T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.urls import path, reverse
from django.utils.translation import gettext as _

from tael.documents.payout_document import payout_document
from tael.money import parse_amount
from tael.refusal import Refusal
from tael.settlement.accounts.terms import terms_in_force
from tael.settlement.payouts.payout_explained import payout_explained
from tael.settlement.payouts.qualification import judge, minimum_of
from tael.settlement.payouts.withdrawal import apply_merchant_withdrawal, cancel_merchant_withdrawal
from tael.settlement.payouts.withdrawal_search import (
    PAYOUT_STATES,
    WithdrawalsWanted,
    merchant_withdrawals,
    withdrawal_seen,
    withdrawal_totals,
)
from tael.web.look.asked import Asked
from tael.web.look.attachment import attachment, reading_language
from tael.web.look.forms import told
from tael.web.portal.lists import before_of, list_page, paged
from tael.web.portal.merchant.own import chosen, own_account, own_accounts
from tael.web.portal.page import STATUS, page, rendered
from tael.web.portal.payee_accounts import payee_field, payee_text
from tael.web.portal.steps import see_other
from tael.web.portal.typed import Field, Typed, form_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.payouts.qualification import Judged
    from tael.web.portal.page import Visitor

NAMES: Final = ("payee", "amount")


def wanted_of(request: HttpRequest, visitor: Visitor) -> WithdrawalsWanted:
    """Read the filter of the list: the merchant's withdrawals from one of his accounts.

    Raises:
        FilterMalformed: there is no such state.

    Source: E-15; reliability T14.
    """
    view = chosen(request, own_accounts(visitor))
    return _wanted(request, visitor, None if view is None else view.number)


@page()
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the merchant's withdrawals from one account, newest first."""
    accounts = own_accounts(visitor)
    view = chosen(request, accounts)
    if view is None:
        return rendered(request, "portal/merchant/payouts.html", {"view": None}, visitor=visitor)

    def found() -> dict[str, object]:
        before = before_of(request)
        wanted = _wanted(request, visitor, view.number)
        filters = {"account": str(view.number), "payout": wanted.payout}
        listed = paged(
            lambda limit: merchant_withdrawals(wanted, limit=limit, before=before),
            place=lambda seen: seen.row.pk,
            **filters,
        )
        return {
            "rows": listed.rows,
            "next": listed.next,
            "not_first": before is not None,
            "first_address": f"?account={view.number}",
            "payout": wanted.payout,
            "totals": withdrawal_totals(wanted) if listed.rows else [],
            "query": urlencode({name: text for name, text in filters.items() if text}),
        }

    facts = {"accounts": accounts, "view": view}
    return list_page(request, visitor, "portal/merchant/payouts.html", facts, found)


def _wanted(request: HttpRequest, visitor: Visitor, account: int | None) -> WithdrawalsWanted:
    payout = Asked(request.GET, ("payout",)).word("payout", ("open", *PAYOUT_STATES)) or ""
    return WithdrawalsWanted(account=account, owner=visitor.customer, payout=payout)


@page(methods=("GET", "POST"))
def apply(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Ask for a withdrawal: typed, then quoted with all that is in its way, then applied for. Pressed twice, once.

    Raises:
        UnknownMerchantAccount: it is none of his.
    """
    account = own_account(visitor, number)
    typed = Typed(request.POST, NAMES)
    step = request.POST.get("step", "") if request.method == "POST" else "change"
    if step == "change":
        return _form(request, visitor, account, typed)
    try:
        amount = parse_amount(typed["amount"], account.currency)
        payee = typed.number("payee")
        if step == "confirm":
            made = apply_merchant_withdrawal(
                account=account,
                amount=amount,
                payee=payee,
                instruction=told(request, actor=visitor.actor),
            )
            return see_other(
                f"{reverse('portal:merchant-payout', args=[made.withdrawal.pk])}?done=1"
            )
        quote = judge(account, terms_in_force(number), amount=amount, payee=payee)
        if quote.refusals:
            return _form(request, visitor, account, typed, refusals=quote.refusals)
        facts = {
            "account": account,
            "quote": quote,
            "payee": payee_text(visitor, payee),
            "kept": typed,
            "address": reverse("portal:merchant-payout-apply", args=[number]),
        }
        return rendered(request, "portal/merchant/payout_confirm.html", facts, visitor=visitor)
    except Refusal as refusal:
        return _form(request, visitor, account, typed, refusals=(refusal,))


@page()
def one(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Show one withdrawal: where its money is, and the lines that explain it.

    Raises:
        UnknownMerchantWithdrawal: it is none of his.
    """
    seen = withdrawal_seen(number, owner=visitor.customer)
    facts = {
        "seen": seen,
        "row": seen.row,
        "explained": payout_explained(seen),
        "payee": payee_text(visitor, seen.row.payee),
        "can_cancel": seen.row.payout_state in {"waiting", "held"},
        "done": request.GET.get("done") == "1",
    }
    return rendered(request, "portal/merchant/payout.html", facts, visitor=visitor)


@page(methods=("POST",))
def cancel(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Cancel a withdrawal that is in no batch: the money is on the account again.

    Raises:
        UnknownMerchantWithdrawal: it is none of his.
        WithdrawalMoveRefused: it is on its way to the bank, or over.
    """
    withdrawal_seen(number, owner=visitor.customer)
    cancel_merchant_withdrawal(
        number=number, owner=visitor.customer, instruction=told(request, actor=visitor.actor)
    )
    return see_other(reverse("portal:merchant-payout", args=[number]))


@page()
def download(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Give one withdrawal with the lines that explain it as PDF, xlsx or csv.

    Raises:
        UnknownMerchantWithdrawal: it is none of his.
        FormatUnknown, DocumentTooLong: as they say.
    """
    seen = withdrawal_seen(number, owner=visitor.customer)
    form = request.GET.get("format", "pdf")
    return attachment(payout_document(seen, form, reading_language())[0])


def _form(
    request: HttpRequest,
    visitor: Visitor,
    account: MerchantAccount,
    typed: Typed,
    *,
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    terms = terms_in_force(account.number)
    fields = _fields(visitor, account)
    everything = judge(account, terms, amount=None, payee=None)
    facts: dict[str, Any] = {
        "account": account,
        "form": form_of(fields, typed),
        "refusals": refusals,
        "held": everything.amount,
        "minimum": minimum_of(account, terms, "manual"),
        "fee": terms.fee,
        "possible": bool(fields[0].choices),
        "everything": _offered(everything),
        "in_the_way": everything.refusals,
        "address": reverse("portal:merchant-payout-apply", args=[account.number]),
    }
    status = 200 if not refusals else STATUS[refusals[0].because]
    return rendered(
        request, "portal/merchant/payout_apply.html", facts, visitor=visitor, status=status
    )


def _fields(visitor: Visitor, account: MerchantAccount) -> list[Field]:
    return [
        payee_field(visitor),
        Field(
            name="amount",
            label=_("Amount in %(currency)s") % {"currency": account.currency.code},
            kind="amount",
        ),
    ]


def _offered(quote: Judged) -> Judged | None:
    """Give the quote of everything that is there, if it could be withdrawn."""
    return None if quote.refusals else quote


addresses: Final = [
    path("merchant/payouts", listed, name="merchant-payouts"),
    path("merchant/payouts/apply/<number:number>", apply, name="merchant-payout-apply"),
    path("merchant/payouts/<number:number>", one, name="merchant-payout"),
    path("merchant/payouts/<number:number>/cancel", cancel, name="merchant-payout-cancel"),
    path("merchant/payouts/<number:number>/file", download, name="merchant-payout-download"),
]
