"""Nobody is paid to a payee account that was closed after he applied.

Source: E-07; peers-settlement-invest A20, A24.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import books
from tael.parties.payee import PayeeClosed

if TYPE_CHECKING:
    from collections.abc import Sequence

_CLOSED: Final = """
    SELECT w.id, w.payee FROM settlement_withdrawal AS w
    JOIN parties_payee AS p ON p.id = w.payee AND NOT p.active
    WHERE w.id = ANY(%s) ORDER BY w.id LIMIT 1
"""


def check_payees_open(withdrawals: Sequence[int]) -> None:
    """Refuse withdrawals of which one goes to a payee account that was closed.

    Raises:
        PayeeClosed: naming the first.

    Source: E-07; A24.
    """
    found = books.connection().execute(_CLOSED, [list(withdrawals)]).fetchone()
    if found is not None:
        message = f"Withdrawal {found[0]} goes to payee account {found[1]}, which is closed."
        raise PayeeClosed(
            message,
            field="withdrawals",
            there=str(found[0]),
            allowed="take it out of the batch; the merchant names another account",
        )
