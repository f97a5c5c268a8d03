"""What an operation answers: the entry it made and the figures that it left.

Source: F-22, F-39, A-F15.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tael.wallet import serial_number
from tael.wallet.figures import Figures, figures_after

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tael.ledger import Posted, PostedLeg, Replayed
    from tael.money import Money
    from tael.wallet.operation import Operation
    from tael.wallet.wallet import Wallet


@dataclass(slots=True)
class Receipt:
    """One operation that has been carried out, now or the first time it was asked.

    Args:
        entry_id: the flow record; the ledger's entry.
        amount: what was asked.
        touched: the wallets concerned, the one that gives first.
        posted: the ledger's answer, with its legs.
        sno: the caller's serial number, or the one computed from the entry.
        received: what arrived, where it differs from ``amount`` (an exchange).
        hold: the hold that was made, or the one named.
    """

    entry_id: int
    operation: Operation
    amount: Money
    touched: tuple[Wallet, ...]
    posted: Posted | Replayed
    sno: str
    received: Money | None = None
    hold: int | None = None
    _figures: Mapping[int, Figures] | None = field(default=None, repr=False, compare=False)

    @property
    def legs(self) -> tuple[PostedLeg, ...]:
        """Give the legs as they were booked."""
        return self.posted.legs

    @property
    def booked_at(self) -> datetime:
        """Give the moment of booking, by the database's clock."""
        return self.posted.booked_at

    @property
    def effective_at(self) -> datetime:
        """Give the moment from which the entry counts."""
        return self.posted.effective_at

    @property
    def replayed(self) -> bool:
        """Tell whether the key had been used before; nothing moved this time then."""
        return self.posted.replayed

    @property
    def wallets(self) -> Mapping[int, Figures]:
        """Give the figures of each wallet as this entry left them; read on first use."""
        if self._figures is None:
            self._figures = figures_after(self.posted, self.touched)
        return self._figures


def receipt(
    posted: Posted | Replayed,
    *,
    operation: Operation,
    amount: Money,
    touched: tuple[Wallet, ...],
    sno: str | None,
    received: Money | None = None,
    hold: int | None = None,
) -> Receipt:
    """Write the receipt for an entry.

    Source: A-F15.
    """
    return Receipt(
        entry_id=posted.entry_id,
        operation=operation,
        amount=amount,
        touched=touched,
        posted=posted,
        sno=sno
        or serial_number.generated(
            operation=operation, at=posted.effective_at, entry_id=posted.entry_id
        ),
        received=received,
        hold=hold,
    )
