"""Money in suspense on its way back to its payer: the gateway is asked until it has done so or declines.

People have confirmed it (`suspense_proposal`). The gateway's answer goes the way of a notice, so it does
not matter whether the notice of the refund comes before the answer, after it, or never.

Source: reliability, section 3a (suspense), T8; I22, I24.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from tael import books
from tael.channels.gateways.base import GatewayUnreachable, RefundDeclined
from tael.channels.gateways.registry import UnknownGateway, gateway
from tael.money import Money
from tael.parties import actor as actors
from tael.parties import audit
from tael.refusal import Refusal
from tael.wallet.lifecycles import PROPOSAL, ProposalEvent, ProposalState
from tael.wallet.models import GatewayNotice, GatewayPayment, SuspenseProposal
from tael.wallet.notice import take_answer

if TYPE_CHECKING:
    from datetime import datetime

    from tael.wallet.notice import Outcome

ACTOR = actors.of_part("gateway")


class Asked(NamedTuple):
    """What one round of questions brought.

    Args:
        returns: how many returns were asked for.
        outcomes: what became of the answers that told something new.
        failed: the proposals whose question or answer was refused, and why.
    """

    returns: int
    outcomes: tuple[Outcome, ...]
    failed: tuple[tuple[int, Refusal], ...]


def ask_for_returns(*, at: datetime, limit: int = 50) -> Asked:
    """Ask the gateways for the returns that were confirmed; may run at any time, twice or in parallel.

    A gateway that does not answer is left alone until the next round. Not inside a transaction.

    Args:
        limit: the most returns in one round, oldest first; those of a gateway that is down count for one.

    Source: reliability, section 3a (suspense), T8.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a gateway is never asked inside a transaction")
    rows = SuspenseProposal.objects.filter(state=ProposalState.RETURNING.value).order_by("pk")
    asked = 0
    outcomes: list[Outcome] = []
    failed: list[tuple[int, Refusal]] = []
    down: set[str] = set()
    for row in rows.iterator():
        payment = GatewayPayment.objects.get(pk=row.payment)
        if payment.gateway in down:
            continue
        if asked == limit:
            break
        asked += 1
        try:
            outcomes += _ask(row, payment, at)
        except (GatewayUnreachable, UnknownGateway) as refusal:
            down.add(payment.gateway)
            failed.append((row.pk, refusal))
        except RefundDeclined as refusal:
            _declined(row.pk, refusal, at)
            failed.append((row.pk, refusal))
        except Refusal as refusal:  # asked again in the next round
            failed.append((row.pk, refusal))
    return Asked(asked, tuple(outcomes), tuple(failed))


def _ask(row: SuspenseProposal, payment: GatewayPayment, at: datetime) -> list[Outcome]:
    amount = Money(row.amount, books.currencies()[row.currency].currency)
    told = gateway(payment.gateway).refund(payment.number, amount, number=f"S{row.pk}", at=at)
    known = GatewayNotice.objects.filter(gateway=payment.gateway, event=told.event_id)
    if known.exists():  # its notice was quicker
        return []
    return [take_answer(told, channel=payment.gateway, at=at)]


@books.atomic
def _declined(number: int, refusal: Refusal, at: datetime) -> None:
    """Let a return end that the gateway will not carry out; the money is in suspense as before."""
    row = SuspenseProposal.objects.select_for_update(no_key=True).get(pk=number)
    if row.state != ProposalState.RETURNING:  # its notice came meanwhile
        return
    row.state = PROPOSAL.after(ProposalState(row.state), ProposalEvent.DECLINE).value
    row.decision = f"{refusal.code}: {refusal.message}"[:400]
    row.save(update_fields=["state", "decision"])
    audit.record(
        actor=ACTOR,
        action="suspense.decline",
        subject=f"gateway_payment:{row.payment}",
        at=at,
        details={"proposal": row.pk, "reason": row.decision},
    )
