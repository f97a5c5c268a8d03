"""One wallet: its figures and its statement, newest line first.

Source: E-02, E-03, F-22; T14.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlencode

from tael.parties import queries as parties
from tael.wallet import queries
from tael.wallet.flow import wallet_flow
from tael.wallet.operation import Operation
from tael.wallet.serial_number import business_zone
from tael.wallet.wallet import wallet as find_wallet
from tael.wallet.wallet import wallet_of
from tael.web.pages.page import page, rendered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from tael.parties.api_key import ApiKey
    from tael.wallet.flow import WalletLine
    from tael.wallet.wallet import Wallet

PAGE: Final = 50
HOLDS_MAX: Final = 20
SEARCHED_MAX: Final = 2000
"""Lines that one request looks through for those that are wanted; further ones are a click away."""


class Wanted(NamedTuple):
    """Which lines are wanted: of one operation, in effect within days of the business zone."""

    operation: Operation | None
    since: date | None
    until: date | None

    @property
    def everything(self) -> bool:
        """Tell whether no line is left out."""
        return self == (None, None, None)

    def has(self, line: WalletLine) -> bool:
        """Tell whether a line is wanted."""
        day = line.record.effective_at.astimezone(business_zone()).date()
        return (
            self.operation in {None, line.record.operation}
            and (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
        )


class Found(NamedTuple):
    """Wanted lines, and where to look further."""

    lines: list[WalletLine]
    following: str | None
    searched_enough: bool


@page
def wallet(request: HttpRequest, key: ApiKey, *, number: int) -> HttpResponse:
    """Show one wallet that the key may see."""
    shown = seen_by(key, number)
    view = queries.wallet_view(shown)
    wanted = _wanted(request.GET)
    found = _lines(shown, wanted, request.GET.get("cursor") or None)
    asked = {name: request.GET.get(name, "") for name in ("operation", "since", "until")}
    facts = {
        "view": view,
        "wallet": shown,
        "owner_name": parties.customer_names([shown.owner]).get(shown.owner, ""),
        "debt": queries.debt_of(shown),
        "holds": [
            (hold, shown.money(hold.amount), shown.money(hold.rest))
            for hold in queries.holds(shown, only_open=True, limit=HOLDS_MAX)
        ],
        "lines": found.lines,
        "filtered": not wanted.everything,
        "first_page": not request.GET.get("cursor"),
        "searched_enough": found.searched_enough,
        "more": urlencode({**asked, "cursor": found.following}) if found.following else "",
        "operations": list(Operation),
        "asked": asked,
    }
    return rendered(request, "wallet.html", facts, key=key)


def seen_by(key: ApiKey, number: int) -> Wallet:
    """Give a wallet that a key may see.

    Raises:
        UnknownWallet: there is none, or the key is bound to another customer.
    """
    if key.customer_id is None:
        return find_wallet(number)
    return wallet_of(key.customer_id, number)


def _wanted(asked: QueryDict) -> Wanted:
    """Read the filter; what cannot be read filters nothing, as an empty field does."""
    words = {operation.word: operation for operation in Operation}
    return Wanted(
        words.get(asked.get("operation", "")),
        _day(asked.get("since", "")),
        _day(asked.get("until", "")),
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 3000 else None


def _lines(shown: Wallet, wanted: Wanted, cursor: str | None) -> Found:
    """Read pages until there are enough wanted lines, there are no more, or enough has been read."""
    lines: list[WalletLine] = []
    for _ in range(SEARCHED_MAX // PAGE):
        read = wallet_flow(shown, limit=PAGE, cursor=cursor)
        lines += filter(wanted.has, read.lines)
        cursor = read.next
        if cursor is None or len(lines) >= PAGE:
            return Found(lines, cursor, searched_enough=False)
    return Found(lines, cursor, searched_enough=True)
