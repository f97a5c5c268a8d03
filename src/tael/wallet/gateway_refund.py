"""A payment that the gateway took back (退款, refund or chargeback): off the wallet, or owed.

Source: reliability, section 3a (refund or chargeback); I22, I23.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from tael import books, ledger
from tael.channels.house import channel_account, suspense_account
from tael.ledger import Draw, Kind, Leg
from tael.ledger.taken_back import read_taken
from tael.parties import audit
from tael.wallet.booking import book_now
from tael.wallet.lifecycles import PROPOSAL, ProposalEvent, ProposalState
from tael.wallet.models import GatewayPayment, RechargeOrder, SuspenseProposal
from tael.wallet.wallet import WalletDisabled
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from datetime import datetime

    from tael.ledger import EntryRecord, Posted, Replayed
    from tael.money import Money
    from tael.wallet.wallet import Wallet

CHARGEBACK: Final = Kind(
    "wallet.chargeback",
    "Payment taken back by the gateway",
    moves=("wallet free, then debt -m", "channel account +m"),
)
RETURNED: Final = Kind(
    "wallet.suspense_returned",
    "Money in suspense given back to its payer",
    moves=("suspense -m", "channel account +m"),
)


class Taken(NamedTuple):
    """What a refund did.

    Args:
        owed: minor units that the wallet could not give and now owes.
        unmatched: minor units beyond what was left of the payment; not booked.
    """

    order: int | None
    owed: int
    unmatched: int


class Rest(NamedTuple):
    """What is left of a payment and of one of its entries, in minor units.

    Args:
        payment: neither the gateway nor people have taken it back.
        entry: people have not taken it back.
    """

    payment: int
    entry: int


def rest_of(original: EntryRecord) -> Rest | None:
    """Tell what is left of the payment that an entry credited, with its row locked; None if it credited none.

    The gateway and people take back the same money, each on their own word: only one of them may.

    Source: reliability, section 3a (refund or chargeback); I12, I22.
    """
    order = (original.data or {}).get("order")
    if order is None:
        return None
    rows = GatewayPayment.objects.select_for_update(no_key=True).filter(
        order=order, movement="paid", entries__contains=[original.entry_id]
    )
    payment = rows.first()
    if payment is None:
        return None
    outside = channel_account(payment.gateway, payment.currency)
    left = read_taken(books.connection(), [original.entry_id]).left(original.entry_id)
    return Rest(_left(payment, outside), left[outside])


def _left(payment: GatewayPayment, outside: int) -> int:
    """Give what nobody has taken back of a payment whose row is locked."""
    sums = read_taken(books.connection(), payment.entries).sums
    by_people = sum(minor for (_, account), minor in sums.items() if account == outside)
    return int(payment.amount - payment.refunded - by_people)


def debt_account(wallet: Wallet) -> int:
    """Give the account of what the wallet's owner owes; below zero, never silently part of a figure.

    Source: reliability, section 3a (a marked debt bucket).
    """
    return books.open_account(
        code=f"wallet:{wallet.number}:debt",
        currency=wallet.currency.code,
        class_="client",
        floor=None,
    )


def take_refund(
    *,
    channel: str,
    payment_number: str,
    refund_number: str,
    amount: Money,
    notice: int | None,
    at: datetime,
    actor: str,
) -> Taken | None:
    """Take a refunded payment back, never more than it brought; None if there is no such payment.

    What people have taken back of it by a refund of the operation counts too.

        wallet locked (what was to be spent only), then free     -what is there
        wallet debt                                              -the rest
        channel:<channel>:<currency>                             +amount

    What has no wallet yet is taken from suspense. Where that is all of it, a return that people
    confirmed is done, and what else they proposed is dropped.

    Source: reliability, section 3a; I22, I24.
    """
    payment = (
        GatewayPayment.objects.select_for_update(no_key=True)
        .filter(gateway=channel, movement="paid", number=payment_number)
        .first()
    )
    if payment is None or payment.currency != amount.currency.code:
        return None
    outside = channel_account(channel, payment.currency)
    part = min(amount.minor, _left(payment, outside))
    owed = 0
    if part:
        posted, owed = _book(payment, part, refund_number, at=at, actor=actor)
        payment.refunded += part
        payment.save(update_fields=["refunded"])
        if payment.wallet is None and payment.refunded == payment.amount:
            _end_proposals(payment, posted.entry_id, refund_number, at=at, actor=actor)
        GatewayPayment.objects.create(
            gateway=channel,
            movement="refunded",
            number=refund_number,
            notice=notice,
            order=payment.order,
            of_payment=payment.pk,
            wallet=payment.wallet,
            currency=payment.currency,
            amount=part,
            entries=[posted.entry_id],
            verdict="owed" if owed else "refunded",
            at=at,
        )
    return Taken(payment.order, owed, amount.minor - part)


def _book(
    payment: GatewayPayment, minor: int, refund_number: str, *, at: datetime, actor: str
) -> tuple[Posted | Replayed, int]:
    """Book the refund, and tell how much of it is owed."""
    outside = channel_account(payment.gateway, payment.currency)
    entry = ledger.Entry(
        kind=CHARGEBACK,
        legs=(),
        key=ledger.key_of(f"gateway:{payment.gateway}", f"refund:{refund_number}"),
        effective_at=at,
        actor=actor,
        channel=payment.gateway,
        data={"payment": payment.pk, "order": payment.order, "gateway_number": payment.number},
    )
    if payment.wallet is None:  # it never left suspense
        out = Leg(suspense_account(payment.currency), -minor)
        returned = replace(entry, kind=RETURNED, legs=(out, Leg(outside, minor)))
        return books.post_now(returned), 0
    wallet = find_wallet(payment.wallet)
    debt = debt_account(wallet)
    parts: tuple[int, ...] = (wallet.free, debt)
    order = RechargeOrder.objects.filter(pk=payment.order or 0).first()
    if order is not None and order.spend_only and order.wallet == wallet.number:
        parts = (wallet.locked, *parts)
    taken = replace(entry, legs=(Draw(parts, minor), Leg(outside, minor)))
    try:
        posted = book_now(taken, wallet)
    except WalletDisabled:
        owed = replace(entry, legs=(Leg(debt, -minor), Leg(outside, minor)))
        posted = books.post_now(owed)
    return posted, -sum(leg.amount for leg in posted.legs if leg.account == debt)


def _end_proposals(
    payment: GatewayPayment, entry: int, refund_number: str, *, at: datetime, actor: str
) -> None:
    """End what is proposed about an item of which nothing is left."""
    states = [ProposalState.PROPOSED, ProposalState.RETURNING]
    rows = SuspenseProposal.objects.select_for_update(no_key=True)
    for row in rows.filter(payment=payment.pk, state__in=states):
        returned = row.state == ProposalState.RETURNING
        event = ProposalEvent.RETURN if returned else ProposalEvent.DROP
        row.state = PROPOSAL.after(ProposalState(row.state), event).value
        if returned:
            row.entry = entry
        else:
            row.decided_at, row.decided_by = at, actor
            row.decision_key = ledger.key_of(f"gateway:{payment.gateway}", f"drop:{refund_number}")
            row.decision = "The gateway took the money back."
        row.save(
            update_fields=["state", "entry", "decided_at", "decided_by", "decision_key", "decision"]
        )
        audit.record(
            actor=actor,
            action=f"suspense.{event.value}",
            subject=f"gateway_payment:{payment.pk}",
            at=at,
            details={"proposal": row.pk, "entry": entry, "refund": refund_number},
        )
