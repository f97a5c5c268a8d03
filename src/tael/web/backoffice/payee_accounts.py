"""The payee accounts of all customers: whole for those who pay to them, masked for the others.

Source: E-07, A-F16; reliability T22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, cast

from django.urls import path
from django.utils.translation import gettext_lazy as _

from tael.parties.payee_search import payees_found
from tael.web.backoffice.filtered_list import (
    PAGE,
    choice_field,
    list_facts,
    list_page,
    text_field,
)
from tael.web.backoffice.page import page
from tael.web.backoffice.payee_shown import KINDS, shown_payee

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff
    from tael.web.look.asked import Asked

STATES: Final = {"active": _("active"), "closed": _("closed")}


@page(may="withdrawals.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List payee accounts, newest first."""
    whole = staff.may("payees.unmasked")

    def read(asked: Asked, before: int | None) -> list[Any]:
        state = asked.word("state", STATES) or ""
        return payees_found(
            text=asked.text("text") if whole else "",  # what is masked cannot be searched for
            customer=asked.number("customer"),
            kind=asked.word("kind", KINDS) or "",
            state=cast('Literal["", "active", "closed"]', state),
            before=before,
            limit=PAGE + 1,
        )

    fields = {
        "customer": text_field(_("Customer"), inputmode="numeric"),
        "kind": choice_field(_("Kind"), list(KINDS.items())),
        "state": choice_field(_("State"), STATES.items()),
    }
    if whole:
        fields = {"text": text_field(_("Part of a name")), **fields}
    facts = list_facts(
        request.GET,
        fields,
        read=read,
        shown=lambda rows: [(shown_payee(row, staff), row.customer.name) for row in rows],
    )
    return list_page(
        request, staff, "backoffice/payee_accounts.html", facts | {"masked": not whole}
    )


addresses: Final = [path("payee-accounts", listed, name="payee-accounts")]
