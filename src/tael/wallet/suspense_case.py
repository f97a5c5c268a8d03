"""Money in suspense (待查款項) as somebody's work: what sort it is, and who of the staff looks after it.

Neither moves money nor decides about it; who may propose and who confirms stays as it is.

Source: peers-settlement-invest A23; reliability I31.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from tael import books
from tael.parties import actor as actors
from tael.parties import audit
from tael.parties.role import permissions_of
from tael.parties.text import parse_text
from tael.parties.user import UnknownUser, user
from tael.refusal import Because, Refusal
from tael.wallet.recharge_tables import SUSPENSE_TYPES
from tael.wallet.suspense import UnknownItem, item, left_of

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.wallet.models import GatewayPayment

__all__ = [
    "MAY_OWN",
    "SUSPENSE_TYPES",
    "ItemSettled",
    "NotAnOwner",
    "UnknownItem",
    "UnknownSuspenseType",
    "assign_item",
    "change_type",
]

REASON_MAX: Final = 400
MAY_OWN: Final = ("suspense.propose", "suspense.confirm")
"""Who may look after an item: those who can do something about it."""


class UnknownSuspenseType(Refusal):
    """There is no such type of money in suspense."""

    code = "unknown_suspense_type"
    rule = "A23"
    remedy = "Use one of the types."


class NotAnOwner(Refusal):
    """Only one of the staff who may propose or confirm can look after money in suspense."""

    code = "not_a_suspense_owner"
    because: ClassVar[Because] = "conflict"
    rule = "A23"
    remedy = "Name a member of the staff with one of the two finance roles who is not switched off."


class ItemSettled(Refusal):
    """Nothing of the item is in suspense any more."""

    code = "suspense_item_settled"
    because: ClassVar[Because] = "conflict"
    rule = "A23"
    remedy = "Look at the item; its money has its place or went back."


@books.atomic
def assign_item(
    *, number: int, owner: int | None, reason: str = "", instruction: Instruction
) -> GatewayPayment:
    """Let somebody of the staff look after an item, or nobody. Again changes nothing.

    Whoever takes it names himself; handing over names another, with or without a word.

    Args:
        owner: number of the user; None gives it back to all.

    Raises:
        UnknownItem. ItemSettled: it is not in suspense any more.
        NotAnOwner: no user of the staff, switched off, or without the permission.

    Source: A23; I31.
    """
    word = parse_text(reason, field="reason", longest=REASON_MAX, may_be_empty=True)
    wanted = None if owner is None else _owner(owner)
    row = _open(number)
    if row.suspense_owner == wanted or _done(row, instruction):
        return row
    before, row.suspense_owner = row.suspense_owner, wanted
    row.save(update_fields=["suspense_owner"])
    told = {"owner": wanted, "before": before} | ({"reason": word} if word else {})
    _tell(row, "assign", instruction, **told)
    return row


@books.atomic
def change_type(*, number: int, type_: str, instruction: Instruction) -> GatewayPayment:
    """Say what sort of money an item is, now that one knows better. Again changes nothing.

    Raises:
        UnknownItem. ItemSettled: it is not in suspense any more.
        UnknownSuspenseType: naming those that there are.

    Source: A23; I31.
    """
    if type_ not in SUSPENSE_TYPES:
        message = "There is no such type."
        allowed = ", ".join(SUSPENSE_TYPES)
        raise UnknownSuspenseType(message, field="type", there=ascii(type_)[:40], allowed=allowed)
    row = _open(number)
    if row.suspense_type == type_ or _done(row, instruction):
        return row
    before, row.suspense_type = row.suspense_type, type_
    row.save(update_fields=["suspense_type"])
    _tell(row, "retype", instruction, type=type_, before=before)
    return row


def _open(number: int) -> GatewayPayment:
    row = item(number, locked=True)
    if not left_of(row):
        message = f"Item {number} is not in suspense any more."
        raise ItemSettled(message, field="item", there=str(number))
    return row


def _owner(number: int) -> str:
    """Name the user as an actor."""
    try:
        found = user(number, field="owner")
    except UnknownUser:
        found = None
    fits = (
        found is not None
        and found.customer_id is None
        and found.disabled_at is None
        and not permissions_of(found.roles).isdisjoint(MAY_OWN)
    )
    if not fits:
        message = f"User {number} cannot look after it."
        raise NotAnOwner(message, field="owner", there=str(number)[:32])
    return actors.of_user(number)


def _done(row: GatewayPayment, instruction: Instruction) -> bool:
    """Tell whether the key has done this already, and others have changed it since."""
    return audit.done_under(instruction.key, subject=_subject(row))


def _tell(row: GatewayPayment, verb: str, instruction: Instruction, **details: object) -> None:
    audit.record(
        actor=instruction.actor,
        action=f"suspense.{verb}",
        subject=_subject(row),
        at=instruction.at,
        details=details | {"key": instruction.key},
    )


def _subject(row: GatewayPayment) -> str:
    return f"gateway_payment:{row.pk}"
