"""The verdicts on what a gateway tells (回調), and which of them people must hear of.

Source: reliability, section 3a (callback verdicts).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tael.parties import actor as actors
from tael.parties import audit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tael.wallet.gateway_refund import Taken

ACTOR: Final = actors.of_part("gateway")


class Verdict(StrEnum):
    """What became of a notice."""

    RECEIVED = "received"  # kept, not judged yet
    REFUSED = "refused"  # cannot be believed; nothing else happens
    REPEATED = "repeated"  # event or payment seen before
    RECORDED = "recorded"  # not a payment
    CREDITED = "credited"  # exactly what was due
    PARTIAL = "partial"  # less; the order can be paid further
    SURPLUS = "surplus"  # more; the rest is the customer's
    LATE = "late"  # the order was closed or expired; credited all the same
    CONFIRMED_BEFORE = "confirmed_before"  # the platform had confirmed it; people look
    SUSPENSE_ORDER = "suspense_order"  # not an order of ours
    SUSPENSE_CURRENCY = "suspense_currency"  # another currency than the order's
    SUSPENSE_WALLET = "suspense_wallet"  # the wallet cannot take it: switched off, for one
    UNBOOKABLE = "unbookable"  # a currency that the books do not have; people look
    REFUNDED = "refunded"  # taken back from the wallet
    REFUNDED_INTO_DEBT = "refunded_into_debt"  # the money was spent; the customer owes it
    REFUND_WAITING = "refund_waiting"  # of a payment that is not known yet; taken when it comes
    REFUND_UNMATCHED = "refund_unmatched"  # of no payment for a day, or beyond it; people look


ALARMING: Final = frozenset(
    {
        Verdict.CONFIRMED_BEFORE,
        Verdict.LATE,
        Verdict.REFUND_UNMATCHED,
        Verdict.REFUNDED_INTO_DEBT,
        Verdict.SUSPENSE_CURRENCY,
        Verdict.SUSPENSE_ORDER,
        Verdict.SUSPENSE_WALLET,
        Verdict.UNBOOKABLE,
    }
)


def verdict_of(taken: Taken) -> Verdict:
    """Give the verdict on a refund that was matched with its payment.

    Source: reliability, section 3a (refund or chargeback).
    """
    if taken.unmatched:
        return Verdict.REFUND_UNMATCHED
    return Verdict.REFUNDED_INTO_DEBT if taken.owed else Verdict.REFUNDED


def alarm(notice: int, action: str, details: Mapping[str, object], at: datetime) -> None:
    """Tell people about a notice, by a row of the audit trail.

    Args:
        at: when the notice came.

    Source: I31; reliability, section 3a.
    """
    audit.record(
        actor=ACTOR, action=action, subject=f"gateway_notice:{notice}", at=at, details=details
    )
