"""What is said of an act of business, in the reader's language: its fields, states and types.

Source: E-12; peers-settlement-invest A6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FIELD_NAMES: Final[dict[str, _StrPromise]] = {
    "account": _("Merchant account"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "state": _("State"),
    "day": _("Day"),
    "type": _("Type"),
    "reversed_number": _("Reverses"),
    "quantity": _("Quantity"),
    "kind": _("Kind of business"),
    "number": _("Business number"),
    "note": _("Note"),
}
VALUES: Final[dict[tuple[str, str], _StrPromise]] = {
    ("state", "pending"): _("to be confirmed"),
    ("state", "confirmed"): _("confirmed"),
    ("state", "failed"): _("failed"),
    ("type", "normal"): _("normal"),
    ("type", "reversal"): _("reversal"),
}


def said_act(field: str, value: str) -> _StrPromise | str:
    """Say the value of a field; what is no word of ours stays as it is."""
    return VALUES.get((field, value), value)
