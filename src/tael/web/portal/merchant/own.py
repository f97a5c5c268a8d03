"""What a merchant can choose among: his merchant accounts.

Source: B-30, E-10.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tael.settlement.accounts import merchant_search
from tael.settlement.accounts.merchant_account import merchant_account_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.accounts.merchant_search import MerchantAccountView
    from tael.web.portal.page import Visitor

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")


def is_merchant(visitor: Visitor | None) -> bool:
    """Tell whether who is at the page has a merchant account; his menu has a part of its own then.

    Source: B-30.
    """
    return visitor is not None and merchant_search.is_merchant(visitor.customer)


def own_accounts(visitor: Visitor) -> list[MerchantAccountView]:
    """List the merchant's accounts with their amounts, by number.

    Source: E-10.
    """
    return merchant_search.merchant_accounts_of(visitor.customer)


def own_account(visitor: Visitor, number: int) -> MerchantAccount:
    """Give the merchant's own account.

    Raises:
        UnknownMerchantAccount: there is none, or it is another's.

    Source: E-10; reliability T14.
    """
    return merchant_account_of(visitor.customer, number)


def chosen_account(request: HttpRequest, visitor: Visitor) -> MerchantAccount:
    """Give the merchant's account that the address asks for, or his first one.

    Raises:
        UnknownMerchantAccount: he has none.

    Source: E-10; reliability T14.
    """
    view = chosen(request, own_accounts(visitor))
    return own_account(visitor, 0) if view is None else view.account


def chosen(
    request: HttpRequest, accounts: Sequence[MerchantAccountView]
) -> MerchantAccountView | None:
    """Give the account that the address asks for with ``account=``, or the first one; None without any.

    What cannot be read, and another's number, is answered by the first of one's own.

    Source: E-10; reliability T14.
    """
    asked = request.GET.get("account", "")
    wanted = int(asked) if _NUMBER.fullmatch(asked) else 0
    first = accounts[0] if accounts else None
    return next((view for view in accounts if view.number == wanted), first)
