"""Ledger accounts by code, opened when first needed.

Source: architecture, section 3; I36.
"""

from __future__ import annotations

from typing import Final, Literal

from django.db import transaction

from tael import ledger
from tael.books.connect import connection, database

AccountClass = Literal["client", "house", "custody", "suspense"]

_known: Final[dict[tuple[tuple[str, str, str], str], int]] = {}


def open_account(*, code: str, currency: str, class_: AccountClass, floor: int | None) -> int:
    """Give the id of the account with this code, opening it if there is none.

    An account's code, currency and class never change and accounts are never removed, so the id is
    kept in the process once it is committed; one that a transaction has opened and not committed is
    not kept, since it may still be rolled back.

    Args:
        floor: the least balance in minor units; None means none.

    Raises:
        CurrencyNotInBook: the book has no such currency.
        AccountTaken: the code belongs to an account of another currency, class or floor.

    Source: architecture, section 3.
    """
    place = (database(), code)
    number = _known.get(place)
    if number is not None:
        return number
    with transaction.atomic():
        number = ledger.open_account(
            connection(),
            code=code,
            currency=currency,
            class_=class_,
            floor=floor,
        )
        transaction.on_commit(lambda: _known.setdefault(place, number))
    return number
