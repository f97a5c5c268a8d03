"""What a number may name: wallets, customers, records, orders, holds, by every number they go by.

Source: peers-settlement-invest, section 4.3 (jump by any number); F-19, F-20, E-03.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.wallet.flow_search import find_by_gateway_number, find_by_pno, find_by_sno

if TYPE_CHECKING:
    from tael.wallet.flow import FlowRecord

NUMBER_MAX: Final = 2**63 - 1
SHOWN_MAX: Final = 20

_NAMED: Final = """
    SELECT EXISTS (SELECT FROM wallet_wallet WHERE number = %(number)s),
        (SELECT name FROM parties_customer WHERE number = %(number)s),
        EXISTS (SELECT FROM {book}.entry WHERE id = %(number)s),
        EXISTS (SELECT FROM wallet_recharge_order WHERE id = %(number)s),
        (SELECT wallet FROM wallet_hold WHERE id = %(number)s)
"""


class Named(NamedTuple):
    """Everything that goes by one number.

    Args:
        customer: the name of the customer of this number; None if there is none.
        held_in: the wallet of the hold of this number.
        by_sno, by_pno, by_gateway: records found by their numbers, newest first.
    """

    number: int | None
    wallet: bool
    customer: str | None
    record: bool
    order: bool
    held_in: int | None
    by_sno: list[FlowRecord]
    by_pno: list[FlowRecord]
    by_gateway: list[FlowRecord]


def named_by(text: str) -> Named:
    """Find everything that a number names; of each sort at most twenty.

    Source: peers-settlement-invest, section 4.3.
    """
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    row: tuple[bool, str | None, bool, bool, int | None] = (False, None, False, False, None)
    if number is not None and 0 < number <= NUMBER_MAX:
        cursor = Cursor(books.connection())
        row = cursor.execute(ledger.MAIN.sql(_NAMED), {"number": number}).fetchone() or row
    wallet, customer, record, order, held_in = row
    return Named(
        number=number,
        wallet=wallet,
        customer=customer,
        record=record,
        order=order,
        held_in=held_in,
        by_sno=find_by_sno(text, limit=SHOWN_MAX),
        by_pno=find_by_pno(text, limit=SHOWN_MAX),
        by_gateway=find_by_gateway_number(text, limit=SHOWN_MAX),
    )
