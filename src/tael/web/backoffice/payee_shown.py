"""A payee account as one of the staff may see it: whole, or enough to recognise it.

Source: E-07; reliability T22 (masks show the last four).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from tael.parties.masking import masked_name, masked_number

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from tael.parties.payee import Payee
    from tael.web.backoffice.page import Staff


KINDS: Final = {
    "bank": _("Bank account"),
    "alipay": _("Alipay"),
    "wechat": _("WeChat"),
    "paypal": _("PayPal"),
}
DETAILS: Final = {
    "bank": _("Bank"),
    "branch": _("Branch"),
    "account": _("Account number"),
    "number": _("Account number"),
    "iban": "IBAN",
    "bic": "BIC",
}


class ShownPayee(NamedTuple):
    """What of a payee account stands on a page."""

    number: int
    customer: int
    kind: str
    holder: str
    details: tuple[tuple[str, str], ...]
    active: bool
    added_at: datetime
    closed_at: datetime | None
    masked: bool

    @property
    def kind_name(self) -> _StrPromise | str:
        """Name its kind in the reader's language."""
        return KINDS.get(self.kind, self.kind)


def shown_payee(row: Payee, staff: Staff) -> ShownPayee:
    """Give a payee account; without `payees.unmasked` holder and details are masked."""
    masked = not staff.may("payees.unmasked")
    details = tuple(
        (
            str(DETAILS.get(name, name.replace("_", " "))),
            masked_number(str(text)) if masked else str(text),
        )
        for name, text in row.details.items()
    )
    return ShownPayee(
        row.pk,
        row.customer_id,
        row.kind,
        masked_name(row.holder) if masked else row.holder,
        details,
        row.active,
        row.added_at,
        row.closed_at,
        masked,
    )
