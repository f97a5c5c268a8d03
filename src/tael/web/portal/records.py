"""One record of a customer's: the receipt of what was done, to come back to at any time.

Source: F-22, E-03; A-F15; reliability T9 (a reload shows, and does not do).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path
from django.utils.translation import gettext as _

from tael.parties import queries as parties
from tael.parties.masking import masked_name
from tael.wallet.flow import flow_record
from tael.web.portal.page import page, rendered
from tael.web.portal.payee_accounts import payee_text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.wallet.flow import FlowRecord
    from tael.wallet.wallet import Wallet
    from tael.web.portal.page import Visitor


@page()
def record(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Show a record in which one of the customer's wallets gave or got something."""
    found = flow_record(number, owner=visitor.customer)
    own = [change for change in found.changes if change.wallet.owner == visitor.customer]
    facts = {
        "record": found,
        "changes": own,
        "gave": _party(found.out_of, visitor),
        "got": _party(found.into, visitor),
        "payee": _payee_shown(found, visitor),
        "rate": _rate(found),
        "done": request.GET.get("done") == "1",
    }
    return rendered(request, "portal/record.html", facts, visitor=visitor)


def _party(wallet: Wallet | None, visitor: Visitor) -> str:
    """Name a side of the record: one's own wallet by its number, another's customer by a masked name."""
    if wallet is None:
        return ""
    if wallet.owner == visitor.customer:
        return f"{wallet.number} {wallet.currency.code}"
    name = parties.customer_names([wallet.owner]).get(wallet.owner, "")
    return _("customer %(number)s, %(name)s") % {
        "number": wallet.owner,
        "name": masked_name(name),
    }


def _payee_shown(found: FlowRecord, visitor: Visitor) -> str:
    """Name the payee account of a withdrawal of one's own."""
    if found.payee is None or found.out_of is None or found.out_of.owner != visitor.customer:
        return ""
    return payee_text(visitor, found.payee)


def _rate(found: FlowRecord) -> str:
    text = found.data.get("rate_text")
    if not text or found.out_of is None or found.into is None:
        return ""
    return f"1 {found.out_of.currency.code} = {text} {found.into.currency.code}"


addresses: Final = [path("records/<number:number>", record, name="record")]
