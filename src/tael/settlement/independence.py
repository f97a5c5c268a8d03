"""Nobody decides about his own money: refused where a person of the house decides, under whatever name he comes.

Source: peers-settlement-invest A36; I32; F-33.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tael.approvals.proposal import AffectedDecides
from tael.parties.person import customers_behind, is_customer
from tael.settlement.models import PayoutRow

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.settlement.models import PayoutBatch


def check_not_his_own(owner: int, instruction: Instruction, *, of: str) -> None:
    """Refuse the merchant himself, where the house decides about something of his.

    Args:
        owner: the merchant. of: what is decided about, as "a withdrawal".

    Raises:
        AffectedDecides.

    Source: I32.
    """
    if is_customer(instruction.actor, owner):
        message = f"Nobody decides about {of} of his own."
        raise AffectedDecides(message, field="actor", there=instruction.actor)


def check_none_his_own(batch: PayoutBatch, instruction: Instruction) -> None:
    """Refuse who is to be paid by a batch himself, where it is decided about; his row can be taken out first.

    Raises:
        AffectedDecides.

    Source: I32.
    """
    row = _his_row(batch, instruction.actor)
    if row is not None:
        message = f"Withdrawal {row.withdrawal_id} of batch {batch.reference} is his own."
        raise AffectedDecides(message, field="actor", there=instruction.actor)


def pays_him(batch: PayoutBatch, actor: str) -> bool:
    """Tell whether a batch pays somebody under whatever name he comes.

    Source: I32.
    """
    return _his_row(batch, actor) is not None


def _his_row(batch: PayoutBatch, actor: str) -> PayoutRow | None:
    his = PayoutRow.objects.filter(
        batch=batch, withdrawal__account__owner__in=customers_behind(actor)
    ).exclude(state="taken_out")
    return his.order_by("place").first()
