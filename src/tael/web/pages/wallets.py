"""The list of wallets, with a search by number, customer, name or currency.

Source: E-02; T14 (a key bound to a customer sees that customer's wallets only).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.urls import reverse

from tael import books
from tael.parties import queries as parties
from tael.wallet import queries
from tael.wallet.wallet import UnknownWallet
from tael.wallet.wallet import wallet as find_wallet
from tael.web.pages.page import page, rendered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.parties.api_key import ApiKey
    from tael.wallet.queries import WalletView

PAGE: Final = 50
CUSTOMERS_MAX: Final = 10
ASKED_MAX: Final = 100
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


@page
def home(_request: HttpRequest, _key: ApiKey) -> HttpResponse:
    """Begin with the wallets."""
    return HttpResponseRedirect(reverse("wallets"))


@page
def wallets(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """List the wallets that the key may see, by number."""
    asked = request.GET.get("q", "").strip()[:ASKED_MAX]
    cursor = request.GET.get("after", "")
    after = int(cursor) if _NUMBER.fullmatch(cursor) else 0
    found = _found(asked, key.customer_id, after)
    more = found[PAGE - 1].wallet.number if len(found) > PAGE else None
    found = found[:PAGE]
    names = parties.customer_names(view.wallet.owner for view in found)
    facts = {
        "asked": asked,
        "after": after,
        "rows": [(view, names.get(view.wallet.owner, "")) for view in found],
        "more": urlencode({"q": asked, "after": more}) if more else "",
    }
    return rendered(request, "wallets.html", facts, key=key)


def _found(asked: str, customer: int | None, after: int) -> list[WalletView]:
    """Find wallets, one more than a page if there are more."""
    if not asked:
        return queries.wallets(owner=customer, after=after, limit=PAGE + 1)
    if asked in books.currencies():
        return queries.wallets(owner=customer, currency=asked, after=after, limit=PAGE + 1)
    found: dict[int, WalletView] = {}
    if _NUMBER.fullmatch(asked):
        try:
            wallet = find_wallet(int(asked))
        except UnknownWallet:
            pass
        else:
            if wallet.number > after and customer in {None, wallet.owner}:
                found[wallet.number] = queries.wallet_view(wallet)
    owners = [row.number for row in parties.customers(text=asked, limit=CUSTOMERS_MAX)]
    for owner in owners:
        if customer in {None, owner}:
            for view in queries.wallets(owner=owner, after=after, limit=PAGE + 1):
                found[view.wallet.number] = view
    return [found[number] for number in sorted(found)][: PAGE + 1]
