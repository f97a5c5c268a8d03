"""One entry of a wallet in every detail, with its postings for the house.

Source: E-03, F-22; T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tael import books, ledger
from tael.money import Money
from tael.wallet.flow import flow_record
from tael.web.pages.page import page, rendered
from tael.web.pages.wallet import seen_by

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.parties.api_key import ApiKey


class PostingLine(NamedTuple):
    """One leg of the entry, in words."""

    account: str
    amount: Money
    after: Money


@page
def entry(request: HttpRequest, key: ApiKey, *, number: int, entry_id: int) -> HttpResponse:
    """Show one entry of a wallet that the key may see.

    Raises:
        UnknownEntry: there is none, or it is none of this wallet.
    """
    shown = seen_by(key, number)
    record = flow_record(entry_id, owner=shown.owner)
    if shown not in {change.wallet for change in record.changes}:
        raise ledger.UnknownEntry("There is no such entry.", field="entry", there=str(entry_id))
    of_the_house = key.customer_id is None
    facts: dict[str, Any] = {
        "wallet": shown,
        "record": record,
        "changes": [
            change
            for change in record.changes
            if of_the_house or change.wallet.owner == shown.owner
        ],
        "postings": _postings(entry_id) if of_the_house else [],
        "of_the_house": of_the_house,
    }
    return rendered(request, "entry.html", facts, key=key)


def _postings(entry_id: int) -> list[PostingLine]:
    connection = books.connection()
    legs = ledger.read_entry(connection, entry_id).legs
    accounts = {
        account.id: account
        for account in ledger.accounts(connection, ids=[leg.account for leg in legs])
    }
    known = books.currencies()
    lines = []
    for leg in legs:
        account = accounts[leg.account]
        unit = known[account.currency].currency
        lines.append(
            PostingLine(account.code, Money(leg.amount, unit), Money(leg.balance_after, unit))
        )
    return lines
