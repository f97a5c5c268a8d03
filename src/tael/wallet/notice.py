"""What becomes of a gateway's notice (回調): a verdict for every case, and no money lost or doubled.

The notice is kept as it came, in a transaction of its own, before anybody reads it. Everything that
follows is one transaction: event, payment, order, entries. The alarm for people is a row of the audit
trail. Of a flood of notices that cannot be believed only the first are kept.

Source: reliability, section 3a (callback verdicts), T8; F-25, SM-01; I22, I23.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from tael import books
from tael.channels.gateways.base import NOTICE_MAX_BYTES, NoticeRefused, NoticeUnreadable
from tael.channels.gateways.registry import gateway
from tael.money import parse_amount
from tael.refusal import Refusal
from tael.wallet.early_refund import keep_refund, one_at_a_time, take_kept_refunds
from tael.wallet.gateway_refund import take_refund
from tael.wallet.lifecycles import OrderState
from tael.wallet.models import GatewayNotice, GatewayPayment, RechargeOrder
from tael.wallet.notice_flood import many_refused
from tael.wallet.order_credit import Payment, credit_order
from tael.wallet.recharge_order import PREFIX
from tael.wallet.suspense import put_aside
from tael.wallet.verdict import ACTOR, ALARMING, Verdict, alarm, verdict_of
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tael.channels.gateways.base import Notice
    from tael.money import Money

__all__ = ["ALARMING", "Outcome", "Verdict", "receive_notice", "take_answer"]

HEADER_MAX: Final = 500
HEADERS_MAX: Final = 50
NEVER_KEPT: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
ALARM_AFTER: Final = 5
ONE_AFTER_ANOTHER: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
ALARM_WITHIN: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one notice.

    Args:
        notice: the number under which it is kept.
        order: the recharge order that it was for, if there is one.
        answer: what the gateway wants to read.
    """

    notice: int
    verdict: Verdict
    order: int | None
    answer: bytes


def receive_notice(
    *, raw: bytes, headers: Mapping[str, str], channel: str, at: datetime
) -> Outcome:
    """Keep a gateway's notice and let it have its effect, once.

        channel:<channel>:<currency>   -amount
        wallet free or locked          +amount      or suspense:<currency>, where it has no place

    Not inside a transaction: the notice stays kept whatever happens after.

    Args:
        raw: the body exactly as it came.
        channel: whose gateway is said to have sent it.
        at: when it came.

    Raises:
        UnknownGateway: nobody stands behind the channel.
        NoticeRefused: one of its kinds: it cannot be believed, and nothing but the record changed; in a
            flood of these there is no record of it either.
        AccountBusy, Busy: the books could not take it now; the gateway is to tell it again.

    Source: F-25, SM-01; reliability, section 3a; I22, I23.
    """
    if many_refused(at):
        _read(raw, headers, channel, at)
    number = _keep(raw, headers, channel, at)
    try:
        told = _read(raw, headers, channel, at)
    except Refusal as refusal:
        _refuse(number, channel, refusal, at)
        raise
    return _judge(number, channel, told, at, gateway(channel).success_text)


def take_answer(told: Notice, *, channel: str, at: datetime) -> Outcome:
    """Let the answer to a question of ours have the effect of a notice that never came.

    Raises:
        NoticeRefused: the answer names no amount.

    Source: reliability T8 (no callback at all: poller).
    """
    number = _keep(repr(told).encode(), {"asked-by": "query"}, channel, at)
    try:
        _amount_of(told)
    except Refusal as refusal:
        _refuse(number, channel, refusal, at)
        raise
    return _judge(number, channel, told, at, b"")


def _read(raw: bytes, headers: Mapping[str, str], channel: str, at: datetime) -> Notice:
    told = gateway(channel).read_notice(raw, headers, at=at)
    _amount_of(told)
    return told


@transaction.atomic(durable=True)
def _keep(raw: bytes, headers: Mapping[str, str], channel: str, at: datetime) -> int:
    kept = [
        (_plain(name), _plain(text))
        for name, text in list(headers.items())[:HEADERS_MAX]
        if name.lower() not in NEVER_KEPT
    ]
    row = GatewayNotice.objects.create(
        gateway=_plain(channel)[:32],
        received_at=at,
        headers=dict(kept),
        raw=raw[:NOTICE_MAX_BYTES],
        size=len(raw),
    )
    return int(row.pk)


@books.atomic
def _judge(number: int, channel: str, told: Notice, at: datetime, answer: bytes) -> Outcome:
    row = GatewayNotice.objects.get(pk=number)
    if row.verdict != Verdict.RECEIVED:  # this is a second attempt, and the first was carried out
        return Outcome(number, Verdict(row.verdict), row.order, answer)
    if not _claim_event(number, told.event_id):
        verdict, order = Verdict.REPEATED, None
    elif told.status == "refunded":
        verdict, order = _refund(number, channel, told, at)
    elif not told.paid:
        verdict, order = Verdict.RECORDED, None
    else:
        verdict, order = _payment(number, channel, told, at)
    _conclude(number, verdict, order, told, at)
    return Outcome(number, verdict, order, answer)


def _claim_event(number: int, event: str) -> bool:
    """Take the event for this notice; a twin that is at it is waited for, and has it then."""
    try:
        with transaction.atomic():
            GatewayNotice.objects.filter(pk=number).update(event=event)
    except IntegrityError:
        return False
    return True


def _payment(number: int, channel: str, told: Notice, at: datetime) -> tuple[Verdict, int | None]:
    order = _order_meant(told.order_number, channel)
    one_at_a_time(channel, told.gateway_number)
    seen = GatewayPayment.objects.filter(
        gateway=channel, movement="paid", number=told.gateway_number
    )
    if seen.exists():
        return Verdict.REPEATED, order.pk if order else None
    amount = _amount_of(told)
    if amount is None:
        return Verdict.UNBOOKABLE, order.pk if order else None
    payment = Payment(
        number=told.gateway_number,
        amount=amount,
        at=at,
        actor=ACTOR,
        gateway_number=told.gateway_number,
        notice=number,
    )
    verdict = _booked(order, payment, channel)
    take_kept_refunds(channel=channel, payment_number=told.gateway_number, at=at)
    return verdict, order.pk if order else None


def _booked(order: RechargeOrder | None, payment: Payment, channel: str) -> Verdict:
    """Credit a payment, or put it aside; only where people confirmed the order is nothing booked."""
    if order is None:
        put_aside(payment, channel=channel, why=Verdict.SUSPENSE_ORDER, order=None)
        return Verdict.SUSPENSE_ORDER
    if payment.amount.currency.code != order.currency:
        put_aside(payment, channel=channel, why=Verdict.SUSPENSE_CURRENCY, order=order.pk)
        return Verdict.SUSPENSE_CURRENCY
    if _confirmed_by_hand(order):
        return Verdict.CONFIRMED_BEFORE
    return _credit(order, payment, channel)


def _credit(order: RechargeOrder, payment: Payment, channel: str) -> Verdict:
    late = order.state in {OrderState.CLOSED, OrderState.EXPIRED}
    due = order.amount - order.credited
    try:
        with transaction.atomic():
            credit_order(order, find_wallet(order.wallet), payment)
    except Refusal as refusal:
        if refusal.because == "busy":  # for a moment only: the gateway tells it again, or is asked
            raise
        # the wallet is switched off, or the order's serial number was used elsewhere
        put_aside(payment, channel=channel, why=Verdict.SUSPENSE_WALLET, order=order.pk)
        return Verdict.SUSPENSE_WALLET
    if late:
        return Verdict.LATE
    if payment.amount.minor == due:
        return Verdict.CREDITED
    return Verdict.PARTIAL if payment.amount.minor < due else Verdict.SURPLUS


def _refund(number: int, channel: str, told: Notice, at: datetime) -> tuple[Verdict, int | None]:
    amount = _amount_of(told)
    if amount is None:
        return Verdict.UNBOOKABLE, None
    one_at_a_time(channel, told.gateway_number)
    taken = take_refund(
        channel=channel,
        payment_number=told.gateway_number,
        refund_number=told.event_id,
        amount=amount,
        notice=number,
        at=at,
        actor=ACTOR,
    )
    if taken is None:
        return keep_refund(told, amount, channel=channel, notice=number, at=at), None
    return verdict_of(taken), taken.order


def _order_meant(number: str, channel: str) -> RechargeOrder | None:
    """Find and lock the order of a notice; one of another channel is none of this gateway's."""
    digits = number.removeprefix(PREFIX)
    if digits == number or not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        return None
    rows = RechargeOrder.objects.select_for_update(no_key=True)
    return rows.filter(pk=int(digits), channel=channel).first()


def _confirmed_by_hand(order: RechargeOrder) -> bool:
    """Tell whether the platform confirmed the order itself, so that this money may be counted twice."""
    return GatewayPayment.objects.filter(
        order=order.pk, movement="paid", notice__isnull=True
    ).exists()


def _amount_of(told: Notice) -> Money | None:
    """Give what the notice says was paid; None if the books do not have the currency.

    Raises:
        NoticeUnreadable: it is signed, but no amount.
    """
    state = books.currencies().get(told.currency)
    if state is None:
        return None
    try:
        return parse_amount(told.amount, state.currency)
    except Refusal as refusal:
        message = "The notice names no amount of its currency."
        raise NoticeUnreadable(message, field="amount", there=told.amount[:64]) from refusal


@books.atomic
def _refuse(number: int, channel: str, refusal: Refusal, at: datetime) -> None:
    """Keep why a notice was refused, and raise the alarm when it happens again and again.

    Those of one gateway are counted one after another: of five at once, each alone would count fewer. The alarm
    is raised at the fifth and whenever they have doubled: anybody can send them, and the audit trail is for ever.
    """
    if isinstance(refusal, NoticeRefused):
        books.connection().execute(ONE_AFTER_ANOTHER, [f"gateway.refusals:{channel}"])
    detail = f"{refusal.code}: {refusal.message}"[:400]
    GatewayNotice.objects.filter(pk=number).update(verdict=Verdict.REFUSED.value, detail=detail)
    if not isinstance(refusal, NoticeRefused):
        return
    lately = GatewayNotice.objects.filter(
        gateway=channel, verdict=Verdict.REFUSED.value, received_at__gt=at - ALARM_WITHIN
    )
    fives, more = divmod(lately.count(), ALARM_AFTER)
    if fives.bit_count() == 1 and not more:
        alarm(number, "gateway.refusals", {"channel": channel, "last": refusal.code}, at)


def _conclude(number: int, verdict: Verdict, order: int | None, told: Notice, at: datetime) -> None:
    detail = f"{told.status} {told.amount} {told.currency} for {told.order_number}"[:400]
    GatewayNotice.objects.filter(pk=number).update(
        verdict=verdict.value, order=order, detail=detail
    )
    if verdict in ALARMING:
        facts = {"verdict": verdict.value, "order": order, "said": detail}
        alarm(number, f"gateway.{verdict.value}", facts, at)


def _plain(text: str) -> str:
    """Give text that a JSON column can hold."""
    return text[:HEADER_MAX].encode("ascii", "backslashreplace").decode().replace("\x00", "\\x00")
