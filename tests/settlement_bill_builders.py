"""Bills, lines of merchant accounts and what tests of them talk about."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from builders import STAFF, a_customer
from settlement_builders import a_record, signed, the_bill
from tael import books
from tael.ledger import Entry, Kind, Leg, key_of
from tael.settlement.house import settlement_account
from tael.settlement.merchant_account import open_merchant_account

if TYPE_CHECKING:
    from datetime import datetime

    from tael.settlement.merchant_account import MerchantAccount
    from tael.settlement.models import Bill

_KEYS = count(1)
# what a corrected account has: a line that no bill explains
CORRECTION = Kind("settlement.adjust", "Adjustment", mixes=True)


def an_account_since(
    at: datetime, *, name: str = "default", owner: int | None = None
) -> MerchantAccount:
    """A merchant account that was opened at a moment."""
    return open_merchant_account(
        owner=owner or a_customer(name="Corner Shop"),
        currency="CNY",
        name=name,
        actor=STAFF,
        at=at,
    )


@books.atomic
def a_line(account: MerchantAccount, amount: str, *, at: datetime) -> int:
    """A line of the account that took effect at a moment; gives the entry's number."""
    minor = signed(amount).minor
    house = settlement_account(account.currency.code)
    posted = books.post_now(
        Entry(
            kind=CORRECTION,
            legs=(Leg(account.account, minor), Leg(house, -minor)),
            key=key_of("a line", str(next(_KEYS))),
            actor=STAFF,
            effective_at=at,
        )
    )
    return posted.entry_id


def a_billed_month(account: MerchantAccount, *amounts: str) -> Bill:
    """The bill of October over these records."""
    for amount in amounts:
        a_record(account, amount)
    made = the_bill(account)
    assert made is not None
    return made
