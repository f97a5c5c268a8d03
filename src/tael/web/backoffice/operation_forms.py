"""The forms of the seven operations: which fields each one has, and what stands in them.

They read nothing of money: amounts, rules and refusals are the domain's.

Source: F-23, F-26, F-28, F-30, F-31, F-32, F-35.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tael.channels import queries as channels
from tael.parties import queries as parties
from tael.parties.masking import masked_number
from tael.wallet import queries
from tael.wallet.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.utils.functional import _StrPromise

    from tael.parties.payee import Payee
    from tael.wallet.wallet import Wallet

    Words = str | _StrPromise

FIRST_CHANNEL: Final = "Admin"
"""Over which staff operate unless they say otherwise: 后臺操作."""
TYPED_MAX: Final = 1000
WALLETS_MAX: Final = 200

SOURCES: Final = (
    ("liquid", _("liquid funds, locked ones first")),
    ("frozen", _("frozen funds, the oldest hold first")),
)
PAID_FROM: Final = (
    ("liquid", _("what may be withdrawn")),
    ("frozen", _("frozen funds, the oldest hold first")),
)


def form_for(operation: Operation, wallet: Wallet, typed: Mapping[str, str]) -> forms.Form:
    """Make the form of an operation, with what was typed or suggested in it."""
    fields = {**_OWN[operation](wallet), **_common(wallet, operation)}
    initial = {
        name: typed.get(name, "")[:TYPED_MAX] or field.initial for name, field in fields.items()
    }
    form = forms.Form(initial=initial, auto_id="field-%s", use_required_attribute=False)
    form.fields.update(fields)
    return form


def _common(wallet: Wallet, operation: Operation) -> dict[str, forms.Field]:
    usable = [
        (one.identifier, f"{one.name} ({one.identifier})")
        for one in channels.channels()
        if one.enabled and one.takes(wallet.currency.code)
    ]
    names = {value for value, _name in usable}
    fields: dict[str, forms.Field] = {
        "channel": forms.ChoiceField(
            label=_("Channel"),
            choices=usable,
            initial=FIRST_CHANNEL if FIRST_CHANNEL in names else None,
            help_text=_("Over which the money comes, goes, or is moved."),
        ),
        "info": _text(
            _("Description"), help_text=_("The customer reads it in the statement."), longest=1000
        ),
    }
    fields["sno"] = _text(
        _("Serial number"),
        help_text=_("Of the paper or the system it comes from; empty: one is made."),
        longest=64,
    )
    if operation in {Operation.RECHARGE, Operation.WITHDRAW}:
        fields["pno"] = _text(
            _("Outside number"),
            help_text=_("The bank's or gateway's number of the payment, if there is one."),
            longest=64,
        )
    return fields


def _recharge(wallet: Wallet) -> dict[str, forms.Field]:
    return {
        "amount": _amount(wallet),
        "spend_only": _spend_only(_("Gift money: locked, may be consumed and never leaves.")),
    }


def _deduct(wallet: Wallet) -> dict[str, forms.Field]:
    return {"amount": _amount(wallet), "source": _choice(_("From"), SOURCES), "hold": _hold()}


def _transfer(wallet: Wallet) -> dict[str, forms.Field]:
    return {
        "target": _number(_("To wallet"), help_text=_("The number of a wallet in this currency.")),
        "amount": _amount(wallet),
    }


def _freeze(wallet: Wallet) -> dict[str, forms.Field]:
    return {
        "amount": _amount(wallet),
        "expires_at": forms.CharField(
            label=pgettext_lazy("hold", "Until"),
            required=False,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
            help_text=_("From then on the rest is free again; empty: until somebody ends it."),
        ),
        "reason": _text(_("Reason"), help_text=_("What it is set aside for."), longest=500),
    }


def _unfreeze(wallet: Wallet) -> dict[str, forms.Field]:
    return {"amount": _amount(wallet), "hold": _hold()}


def _withdraw(wallet: Wallet) -> dict[str, forms.Field]:
    accounts = [
        (str(one.pk), payee_text(one)) for one in parties.payees(customer=wallet.owner, limit=200)
    ]
    return {
        "amount": _amount(wallet),
        "payee": _choice(
            _("To payee account"), accounts, help_text=_("One of the customer's own.")
        ),
        "source": _choice(_("From"), PAID_FROM),
        "hold": _hold(),
    }


def _exchange(wallet: Wallet) -> dict[str, forms.Field]:
    targets = [
        (str(one.number), f"{one.currency.code} · {one.number}")
        for view in queries.wallets(owner=wallet.owner, limit=WALLETS_MAX)
        if (one := view.wallet).currency != wallet.currency
    ]
    return {
        "amount": _amount(wallet, _("Amount given")),
        "target": _choice(
            _("Into wallet"),
            targets,
            help_text=_("Another wallet of the same customer; open one if it is missing."),
        ),
        "spend_only": _spend_only(_("What arrives is locked: may be consumed and never leaves.")),
    }


def payee_text(payee: Payee) -> str:
    """Name a payee account so that it is recognised and not learned.

    Source: reliability, T22 (masks show the last four).
    """
    number = next(
        (masked_number(text) for name, text in payee.details.items() if "account" in name), ""
    )
    return f"{payee.pk} · {payee.kind} · {number}".rstrip(" ·")


_OWN: Final[dict[Operation, Callable[[Wallet], dict[str, forms.Field]]]] = {
    Operation.RECHARGE: _recharge,
    Operation.DEDUCT: _deduct,
    Operation.TRANSFER: _transfer,
    Operation.FREEZE: _freeze,
    Operation.UNFREEZE: _unfreeze,
    Operation.WITHDRAW: _withdraw,
    Operation.EXCHANGE: _exchange,
}


def _amount(wallet: Wallet, label: Words | None = None) -> forms.Field:
    unit = wallet.currency
    example = {"code": unit.code, "example": wallet.money(100 * 10**unit.exponent).text}
    hint = gettext("In %(code)s, for example %(example)s.") % example
    field = _number(label or _("Amount"), help_text=hint)
    field.widget.attrs["inputmode"] = "decimal"
    return field


def _number(label: Words, *, help_text: Words = "", required: bool = True) -> forms.Field:
    attributes = {"inputmode": "numeric", "autocomplete": "off", "class": "tabular-nums"}
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.TextInput(attrs=attributes),
    )


def _spend_only(help_text: Words) -> forms.Field:
    return forms.BooleanField(label=_("To be spent only"), required=False, help_text=help_text)


def _hold() -> forms.Field:
    return _number(
        _("Hold"),
        help_text=_("Empty: the oldest open holds, where frozen funds are used."),
        required=False,
    )


def _choice(
    label: Words, choices: Sequence[tuple[str, Words]], *, help_text: Words = ""
) -> forms.Field:
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text)


def _text(label: Words, *, help_text: Words, longest: int) -> forms.Field:
    attributes = {"maxlength": str(longest), "autocomplete": "off"}
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.TextInput(attrs=attributes),
    )
