"""Entering bills into their accounts (入賬), with what is kept back of them: the only money that bills move.

Source: B-03, B-04, B-07, B-26; A-B15; peers-settlement-invest A22; I18.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.ledger import Entry, Kind, Leg
from tael.money.rounding import DOWN, ratio, round_ratio
from tael.settlement.house import settlement_account
from tael.settlement.lifecycles import BillState
from tael.settlement.models import Reserve
from tael.settlement.registry import parse_zone
from tael.settlement.settlement_events import announce_bills
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.models import Bill, Terms

BILL: Final = Kind(
    "settlement.bill",
    "Bill",
    mixes=True,
    moves=("merchant owed +total (below zero: -)", "house:settlement -total"),
)
RESERVE: Final = Kind(
    "settlement.reserve",
    "Part of a bill kept back",
    moves=("merchant owed -m", "merchant reserve +m"),
)
RELEASE: Final = Kind(
    "settlement.reserve_release",
    "Part of a bill released",
    moves=("merchant reserve -m", "merchant owed +m"),
    gives_back=True,
)
VOID: Final = Kind(
    "settlement.bill_void",
    "Void bill",
    mixes=True,
    moves=("merchant owed -total", "house:settlement +total"),
    gives_back=True,
)
RESERVE_BACK: Final = Kind(
    "settlement.reserve_back",
    "Part of a void bill, no longer kept back",
    moves=("merchant reserve -m", "merchant owed +m"),
    gives_back=True,
)

_ISSUED: Final = """
    UPDATE settlement_bill AS bill SET state = 'issued', issued_at = %s, issued_by = %s, entry = i.entry,
        balance_then = i.balance
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS i (number, entry, balance) WHERE bill.number = i.number
"""


class ToIssue(NamedTuple):
    """A bill that is about to be issued, with its account and the terms it was made by."""

    bill: int
    total: int
    account: MerchantAccount
    terms: Terms


def issue_now(bills: Sequence[ToIssue], *, actor: str, at: datetime) -> None:
    """Enter bills into their accounts, as the last step of the caller's transaction.

        merchant owed       +total (or - where it is below zero)
        house:settlement    -total
        merchant owed       -reserve, where the terms keep a part of a positive bill back
        merchant reserve    +reserve

    A bill that comes to 0 moves nothing. The key of the entry is the bill's number, so that no bill is
    entered twice, whoever tries.

    Raises:
        Refusal: of the first that the ledger refuses, such as a blocked account; nothing is written.

    Source: B-04, B-07, B-26; A-B15; A22; I18.
    """
    asked = [(one, entry) for one in bills for entry in _entries(one, actor, at)]
    posted = books.post_all_now([entry for _, entry in asked])
    entry_of: dict[int, int] = {}
    balance_of: dict[int, int] = {}
    reserves: list[Reserve] = []
    for (one, entry), done in zip(asked, posted, strict=True):
        leg = next(leg for leg in done.legs if leg.account == one.account.account)
        if entry.kind is BILL:
            entry_of[one.bill], balance_of[one.bill] = done.entry_id, leg.balance_after
        else:
            reserves.append(_reserve(one, done.entry_id, -leg.amount, at))
    Reserve.objects.bulk_create(reserves)
    for_nothing = [one for one in bills if one.bill not in balance_of]
    balance_of.update(_balances(for_nothing))
    Cursor(books.connection()).execute(
        _ISSUED,
        [
            at,
            actor,
            [one.bill for one in bills],
            [entry_of.get(one.bill) for one in bills],
            [balance_of[one.bill] for one in bills],
        ],
    )
    announce_bills([one.bill for one in bills], BillState.ISSUED, at=at)


def take_back_now(
    bill: Bill, reserve: Reserve | None, account: MerchantAccount, *, actor: str, at: datetime
) -> int | None:
    """Take an issued bill out of its account again, and what is still kept back of it out of the reserve.

        merchant owed       -total
        house:settlement    +total
        merchant reserve    -m, where a part is still kept back
        merchant owed       +m

    Both in one posting, so that all accounts are locked in their order. A bill of 0 takes nothing back.

    Args:
        reserve: what is kept back of it, locked; None where nothing is any more.

    Returns:
        The entry that took it back.

    Raises:
        Refusal: the ledger's; nothing is written. A blocked account gives back and takes back all the same.

    Source: A11, A22; B-03; I18.
    """
    if bill.entry is None:
        return None
    house = settlement_account(account.currency.code)
    legs = (Leg(account.account, -bill.total), Leg(house, bill.total))
    asked = [_reversal(VOID, bill.entry, legs, bill.pk, actor, at)]
    if reserve is not None:
        legs = (Leg(account.reserve, -reserve.amount), Leg(account.account, reserve.amount))
        asked.append(_reversal(RESERVE_BACK, reserve.entry, legs, bill.pk, actor, at))
    posted = books.post_all_now(asked)
    if reserve is not None:
        reserve.released_at, reserve.release_entry = at, posted[1].entry_id
        reserve.save(update_fields=["released_at", "release_entry"])
    return posted[0].entry_id


def kept_back(total: int, percent: Decimal) -> int:
    """Give how much of a bill is kept back, in minor units: a part of a positive one, rounded down.

    Source: A22.
    """
    if total <= 0 or not percent:
        return 0
    numerator, denominator = ratio(percent)
    return round_ratio(total * numerator, 100 * denominator, DOWN)


def _entries(one: ToIssue, actor: str, at: datetime) -> list[Entry]:
    made = []
    facts: dict[str, Any] = {"effective_at": at, "actor": actor}
    if one.total:
        house = settlement_account(one.account.currency.code)
        legs = (Leg(one.account.account, one.total), Leg(house, -one.total))
        made.append(Entry(kind=BILL, legs=legs, key=_key(BILL, one.bill), **facts))
    back = kept_back(one.total, one.terms.reserve_percent)
    if back:
        legs = (Leg(one.account.account, -back), Leg(one.account.reserve, back))
        made.append(Entry(kind=RESERVE, legs=legs, key=_key(RESERVE, one.bill), **facts))
    return made


def _reversal(
    kind: Kind, entry: int, legs: tuple[Leg, ...], bill: int, actor: str, at: datetime
) -> Entry:
    return Entry(
        kind=kind,
        legs=legs,
        key=_key(kind, bill),
        effective_at=at,
        actor=actor,
        reverses=entry,
        content=("reverse", entry, None),
    )


def _key(kind: Kind, bill: int) -> Any:
    return ledger.key_of(kind.code, str(bill))


def _reserve(one: ToIssue, entry: int, amount: int, at: datetime) -> Reserve:
    zone = parse_zone(one.terms.zone) if one.terms.zone else business_zone()
    until = at.astimezone(zone).date() + timedelta(days=one.terms.reserve_days)
    return Reserve(
        bill_id=one.bill,
        account_id=one.account.number,
        amount=amount,
        release_on=until,
        entry=entry,
    )


def _balances(bills: Sequence[ToIssue]) -> dict[int, int]:
    """Give what the accounts of bills that move nothing hold."""
    if not bills:
        return {}
    there = ledger.accounts(books.connection(), ids=[one.account.account for one in bills])
    held = {each.id: each.balance for each in there}
    return {one.bill: held[one.account.account] for one in bills}
