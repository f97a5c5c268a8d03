"""A bank's line as pages show it: what it is about, and the account at its other end as far as one may see it.

Source: peers-settlement-invest A29, A31; reliability T22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from tael.parties.masking import masked_number
from tael.settlement.bank.bank_search import lines_about

if TYPE_CHECKING:
    from tael.settlement.bank.bank_evidence import What
    from tael.settlement.bank.bank_search import BankLineView
    from tael.web.backoffice.page import Staff

ABOUT: Final = {
    "remittance": _("Remittance"),
    "payout": _("Withdrawal"),
    "recharge": _("Payment over a gateway"),
    "suspense": _("Money in suspense"),
}


def shown_line(view: BankLineView, staff: Staff) -> dict[str, Any]:
    """Give a line for a page."""
    number = view.row.counterparty_account
    plain = staff.may("payees.unmasked")
    return {
        "view": view,
        "row": view.row,
        "other": number if plain or not number else masked_number(number),
        "about": [(one, ABOUT[one.what]) for one in view.evidence],
    }


def shown_proof(
    what: What, number: int, flow_number: str | None, staff: Staff
) -> list[dict[str, Any]]:
    """Give the lines that prove something of a remittance or a withdrawal, for its page. Three queries."""
    found = lines_about(what, number, flow_number=flow_number)
    return [shown_line(view, staff) for view in found]
