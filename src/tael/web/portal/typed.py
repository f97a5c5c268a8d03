"""What a customer typed into a form, and the fields of the form it is shown in again.

Source: F-38; reliability T9, T14 (another's wallet is answered as one that does not exist).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from django import forms
from django.utils.translation import gettext as _

from tael.money import parse_amount
from tael.wallet.wallet import UnknownWallet, wallet_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tael.money import Money
    from tael.wallet.wallet import Wallet
    from tael.web.portal.page import Visitor

TYPED_MAX: Final = 1000
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")


class Choice(NamedTuple):
    """One thing to choose: what is sent, and what is read."""

    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form.

    Args:
        help: a sentence under it. optional: it may stay empty.
        longest: of what is typed, in characters. suggested: what stands in it at first.
    """

    name: str
    label: str
    kind: Literal["text", "amount", "number", "select"] = "text"
    choices: Sequence[Choice] = ()
    help: str = ""
    optional: bool = False
    longest: int = 200
    suggested: str = ""


class Typed(dict[str, str]):
    """What was typed, by the name of the field; nothing where nothing was."""

    def __init__(self, sent: Mapping[str, str], names: Sequence[str]) -> None:
        """Take what was sent for the named fields, without blanks at the ends."""
        super().__init__({name: sent.get(name, "")[:TYPED_MAX].strip() for name in names})

    def number(self, name: str) -> int:
        """Give a whole number above zero; 0, which nothing has, where none was typed."""
        return int(self[name]) if _NUMBER.fullmatch(self[name]) else 0

    def amount(self, wallet: Wallet, name: str = "amount") -> Money:
        """Give an amount in the currency of a wallet.

        Raises:
            AmountMalformed and its kin.
        """
        return parse_amount(self[name], wallet.currency, field=name)

    def own_wallet(self, visitor: Visitor, name: str = "wallet") -> Wallet:
        """Give the customer's own wallet that was chosen.

        Raises:
            UnknownWallet: none was chosen, there is none, or it is another customer's.
        """
        number = self.number(name)
        if not number:
            message = "There is no such wallet."
            raise UnknownWallet(message, field=name, there=self[name][:32])
        return wallet_of(visitor.customer, number, field=name)


def form_of(fields: Sequence[Field], typed: Typed) -> forms.Form:
    """Give the form that shows the fields with what was typed; what is right is the domain's to say."""
    form = forms.Form(
        initial={one.name: typed.get(one.name) or one.suggested for one in fields},
        auto_id="field-%s",
        use_required_attribute=False,
    )
    form.fields.update({one.name: _drawn(one) for one in fields})
    return form


def _drawn(field: Field) -> forms.Field:
    facts: dict[str, Any] = {
        "label": _("%(label)s (optional)") % {"label": field.label}
        if field.optional
        else field.label,
        "help_text": field.help,
        "required": not field.optional,
    }
    if field.kind == "select":
        return forms.ChoiceField(
            choices=[(one.value, one.text) for one in field.choices],
            widget=forms.Select(attrs={"class": "truncate"}),
            **facts,
        )
    attributes = {"maxlength": str(field.longest), "autocomplete": "off"}
    if field.kind != "text":
        attributes["inputmode"] = "decimal" if field.kind == "amount" else "numeric"
        attributes["class"] = "tabular-nums"
    return forms.CharField(widget=forms.TextInput(attrs=attributes), **facts)
