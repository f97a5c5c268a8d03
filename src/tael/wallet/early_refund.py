"""Refunds that overtake their payment (先退後付): kept until the payment is booked, and taken with it.

A payment that does not come within a day is looked for by people; its refund is taken all the same
should it still come.

Source: reliability, section 3a (refund or chargeback), T8 (refund before pay); I22.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tael import books, ledger
from tael.money import Money
from tael.wallet.gateway_refund import take_refund
from tael.wallet.models import GatewayNotice, GatewayPayment, WaitingRefund
from tael.wallet.verdict import ACTOR, ALARMING, Verdict, alarm, verdict_of

if TYPE_CHECKING:
    from datetime import datetime

    from tael.channels.gateways.base import Notice

PATIENCE: Final = timedelta(days=1)


def one_at_a_time(channel: str, payment_number: str) -> None:
    """Let a payment and its refund, told at the same moment, wait for each other until the commit.

    There is no row to lock before one of the two is written.

    Source: reliability, T8 (refund before pay).
    """
    key = ledger.key_of(f"gateway:{channel}", f"payment:{payment_number}").int % 2**63
    books.connection().execute("SELECT pg_advisory_xact_lock(%s)", [key])


def keep_refund(told: Notice, amount: Money, *, channel: str, notice: int, at: datetime) -> Verdict:
    """Keep a refund whose payment nobody has told of; one of another currency than its payment is unmatched.

    Source: reliability, T8 (refund before pay).
    """
    known = GatewayPayment.objects.filter(
        gateway=channel, movement="paid", number=told.gateway_number
    )
    if known.exists():
        return Verdict.REFUND_UNMATCHED
    WaitingRefund.objects.create(
        gateway=channel,
        payment_number=told.gateway_number,
        refund_number=told.event_id,
        notice=notice,
        currency=amount.currency.code,
        amount=amount.minor,
        at=at,
    )
    return Verdict.REFUND_WAITING


def take_kept_refunds(*, channel: str, payment_number: str, at: datetime) -> int:
    """Take the refunds that have waited for a payment, and tell how many; see ``take_refund``.

    Called in the transaction that has booked the payment, so that nobody can spend the money between.

    Source: reliability, section 3a (refund or chargeback), T8; I22.
    """
    done = 0
    rows = WaitingRefund.objects.filter(
        gateway=channel, payment_number=payment_number, taken_at__isnull=True
    )
    for row in rows.order_by("pk"):
        taken = take_refund(
            channel=channel,
            payment_number=payment_number,
            refund_number=row.refund_number,
            amount=Money(row.amount, books.currencies()[row.currency].currency),
            notice=row.notice,
            at=at,
            actor=ACTOR,
        )
        if taken is None:  # of another currency, or the payment was not booked
            continue
        row.taken_at = at
        row.save(update_fields=["taken_at"])
        _conclude(row, verdict_of(taken), taken.order)
        done += 1
    return done


def tell_of_waiting_refunds(*, at: datetime, limit: int = 200) -> int:
    """Raise the alarm for refunds whose payment has not come within a day, and tell how many.

    May run at any time, twice or in parallel.

    Source: reliability, section 3a (refund or chargeback).
    """
    rows = WaitingRefund.objects.filter(taken_at__isnull=True, at__lte=at - PATIENCE)
    waiting = GatewayNotice.objects.filter(
        verdict=Verdict.REFUND_WAITING.value, pk__in=rows.values("notice")
    )
    return sum(_give_up(number) for number in list(waiting.values_list("pk", flat=True)[:limit]))


@books.atomic
def _give_up(notice: int) -> bool:
    row = WaitingRefund.objects.select_for_update(no_key=True).get(notice=notice)
    judged = GatewayNotice.objects.values_list("verdict", flat=True).get(pk=notice)
    if row.taken_at is not None or judged != Verdict.REFUND_WAITING:
        return False
    _conclude(row, Verdict.REFUND_UNMATCHED, None)
    return True


def _conclude(row: WaitingRefund, verdict: Verdict, order: int | None) -> None:
    GatewayNotice.objects.filter(pk=row.notice).update(verdict=verdict.value, order=order)
    if verdict in ALARMING:
        facts = {"verdict": verdict.value, "order": order, "payment": row.payment_number}
        alarm(row.notice, f"gateway.{verdict.value}", facts, row.at)
