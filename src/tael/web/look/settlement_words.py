"""What both sites call the things of the settlement that code names by a word.

Source: E-11, E-13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WORD_NAMES: Final[dict[str, _StrPromise]] = {
    "bill": _("Bill"),
    "reserve": _("Reserve"),
    "remittance": _("Remittance"),
    "collection": _("Automatic deduction"),
    "adjustment": _("Adjustment"),
    "withdrawal": _("Withdrawal"),
    "other": _("Other"),
}
DOCUMENT_PAGES: Final[dict[str, dict[str, str]]] = {
    "backoffice": {
        "bill": "settlement-bill",
        "reserve": "settlement-bill",
        "remittance": "settlement-remittance",
        "collection": "settlement-collection",
        "adjustment": "settlement-adjustment",
        "withdrawal": "settlement-withdrawal",
    },
    "portal": {
        "bill": "merchant-bill",
        "reserve": "merchant-bill",
        "remittance": "merchant-remittance",
        "collection": "merchant-collection",
        "adjustment": "merchant-adjustment",
        "withdrawal": "merchant-payout",
    },
}
"""Where each site shows what made a line of an account; a reserve is shown with its bill."""
BILL_STATES: Final[dict[str, _StrPromise]] = {
    "draft": _("draft"),
    "reviewed": _("reviewed"),
    "issued": _("issued"),
    "void": _("void"),
}
