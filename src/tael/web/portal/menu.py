"""The menu of the portal.

Source: peers, section 4.2.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tael.web.look.menu import Part, Way
from tael.web.portal.merchant.own import is_merchant

MENU: Final = (
    Part(
        "",
        (
            Way("portal:home", _("Overview"), "home"),
            Way("portal:wallets", _("Wallets"), "wallet"),
            Way("portal:statement", _("Statement"), "list"),
        ),
    ),
    Part(
        _("Move money"),
        (
            Way("portal:recharge", _("Recharge"), "recharge"),
            Way("portal:pay", _("Pay"), "pay"),
            Way("portal:transfer", _("Transfer"), "transfer"),
            Way("portal:withdraw", _("Withdraw"), "withdraw"),
            Way("portal:exchange", _("Exchange"), "exchange"),
            Way("portal:redeem", _("Redeem a card"), "card"),
        ),
    ),
    Part(
        _("Merchant"),
        (
            Way("portal:merchant-earnings", _("Earnings"), "chart"),
            Way("portal:merchant-records", _("Business records"), "list"),
            Way("portal:merchant-bills", _("Bills"), "orders"),
            Way("portal:merchant-reports", _("Period reports"), "calendar"),
            Way("portal:merchant-remittances", _("Remittances"), "transfer"),
            Way("portal:merchant-payouts", _("Payouts"), "withdraw"),
            Way("portal:merchant-rule", _("Automatic withdrawal"), "clock"),
        ),
        when=is_merchant,
    ),
    Part(
        _("Mine"),
        (
            Way("portal:orders", _("Orders"), "orders"),
            Way("portal:withdrawals", _("Withdrawals"), "withdraw"),
            Way("portal:holds", _("Holds"), "hold"),
            Way("portal:points", _("Points"), "points"),
            Way("portal:payee-accounts", _("Payee accounts"), "bank"),
            Way("portal:security", _("Security"), "shield"),
        ),
    ),
)
