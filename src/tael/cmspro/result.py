"""What a call of seed 1 gives back: one object that also answers to the old forms, 2 and false.

Source: A-F15, F-28.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tael.wallet.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

TRANSFERRED: Final = 2


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Result:
    """The answer of ``money.init``.

    True when the rules let it pass and false when one refused it. A transfer that succeeded also
    equals the number 2, and whatever was refused equals False, for callers of the old form; both are
    meant for ``==``, since no object can be ``is False``.

    Args:
        flow_ids: the flow records (資金流水) that were written; none for an order and for a refusal.
        account: the fund account that was used or opened: the one that received, else the one that gave.
        logid: the number of the recharge order, of an interface recharge.
        application: the number of the withdrawal application, of a reviewed withdrawal.
        replayed: the serial number had done this before; nothing moved this time.
        error: the facts of the refusal: code, detail, field, rule, there, allowed, remedy, retry.
    """

    ok: bool
    operation: Operation | None
    flow_ids: tuple[int, ...] = ()
    account: int | None = None
    logid: int | None = None
    application: int | None = None
    replayed: bool = False
    error: Mapping[str, Any] | None = None

    def __bool__(self) -> bool:
        return self.ok

    def __eq__(self, other: object) -> bool:
        if isinstance(other, bool):
            return self.ok is other
        if isinstance(other, int):
            return self.ok and self.operation is Operation.TRANSFER and other == TRANSFERRED
        return self is other

    __hash__ = None  # type: ignore[assignment]  # it equals things that are not equal to each other
