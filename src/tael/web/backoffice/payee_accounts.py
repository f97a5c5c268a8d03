"""The payee accounts of all customers: whole for those who pay to them, masked for the others.

Source: E-07, A-F16; reliability T22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, cast

from django.urls import path
from django.utils.translation import gettext_lazy as _

from tael.parties.payee_search import payees_found
from tael.web.backoffice.filters import PAGE, Asked, choice_field, form_of, text_field
from tael.web.backoffice.page import page, rendered
from tael.web.backoffice.payee_shown import shown_payee

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff

STATES: Final = {"active": _("active"), "closed": _("closed")}
KINDS: Final = ("bank", "alipay", "wechat", "paypal")


@page(may="withdrawals.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List payee accounts, newest first."""
    asked = Asked(request)
    whole = staff.may("payees.unmasked")
    rows = payees_found(
        text=asked.text("text") if whole else "",  # what is masked cannot be searched for
        customer=asked.number("customer"),
        kind=asked.choice("kind", KINDS),
        state=cast('Literal["", "active", "closed"]', asked.choice("state", STATES)),
        before=asked.number("before"),
        limit=PAGE + 1,
    )
    shown, more = rows[:PAGE], len(rows) > PAGE
    fields = {
        "customer": text_field(_("Customer"), inputmode="numeric"),
        "kind": choice_field(_("Kind"), [(kind, kind) for kind in KINDS]),
        "state": choice_field(_("State"), STATES.items()),
    }
    if whole:
        fields = {"text": text_field(_("Part of a name")), **fields}
    facts = {
        "rows": [(shown_payee(row, staff), row.customer.name) for row in shown],
        "masked": not whole,
        "filters": form_of(asked, fields),
        "wrong": asked.wrong,
        "next": asked.page(shown[-1].pk if more else None),
        "first": "before" in asked.query,
        "filtered": bool(asked.query),
    }
    return rendered(request, "backoffice/payee_accounts.html", facts, staff=staff)


addresses: Final = [path("payee-accounts", listed, name="payee-accounts")]
