"""What a customer can choose among: his wallets with what each can give.

Source: E-02, F-09.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tael.wallet import queries
from tael.web.portal.typed import Choice, Field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tael.money import Money
    from tael.wallet.queries import WalletView
    from tael.web.portal.page import Visitor

WALLETS_MAX = 200


def wallets_of(visitor: Visitor) -> list[WalletView]:
    """List the customer's wallets with their figures.

    Source: E-02.
    """
    return queries.wallets(owner=visitor.customer, limit=WALLETS_MAX)


def wallet_name(view: WalletView) -> str:
    """Name a wallet in a list: its number, currency, and its own name if it has one.

    Source: E-02.
    """
    wallet = view.wallet
    own = "" if wallet.name == "default" else f" “{wallet.name}”"
    return f"{wallet.number} {wallet.currency.code}{own}"


def channel_name(identifier: str, name: str) -> str:
    """Name a channel for a reader of any language: as the operator calls it, and by its identifier.

    >>> channel_name("Alipay", "支付寶"), channel_name("QQwallet", "QQwallet")
    ('支付寶 (Alipay)', 'QQwallet')

    Source: E-03.
    """
    return name if identifier in name else f"{name} ({identifier})"


def wallet_field(
    views: Sequence[WalletView],
    *,
    label: str,
    gives: Callable[[WalletView], Money] | None = None,
    name: str = "wallet",
    text: str = "",
) -> Field:
    """Make the field in which a wallet is chosen.

    Args:
        gives: what of a wallet can be used for this. text: a sentence under the field.
    """
    choices = []
    for view in views:
        if view.disabled_at is not None:
            continue
        shown = wallet_name(view)
        if gives is not None:
            shown = _("%(wallet)s: %(amount)s can be used") % {
                "wallet": shown,
                "amount": gives(view),
            }
        choices.append(Choice(str(view.wallet.number), shown))
    return Field(name=name, label=label, kind="select", choices=choices, help=text)


def amount_field(*, text: str = "") -> Field:
    """Make the field of the amount."""
    return Field(
        name="amount",
        label=_("Amount"),
        kind="amount",
        longest=40,
        help=text or _("Digits with a point before the decimals, as in 1234.50."),
    )
