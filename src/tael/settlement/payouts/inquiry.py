"""Asking what became of payouts whose outcome nobody knows, as their plan says; the answer is taken like a file's.

A worker claims what is due, asks outside of any transaction, and writes down each answer in one of its own:
what fits is booked, what does not is refused and shown, and what comes after a person decided moves nothing.

Source: B-36; SM-06; peers-settlement-invest A7, A19; I20; reliability T3, T25.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Q

from tael import books
from tael.parties import actor as actors
from tael.parties import audit
from tael.refusal import Refusal
from tael.settlement.lifecycles import InquiryState
from tael.settlement.models import PayoutAsk, PayoutInquiry, PayoutRow, StatusService
from tael.settlement.payouts.answered_rows import take_answers
from tael.settlement.payouts.batch import locked_batch
from tael.settlement.payouts.batch_export import settle_when_answered
from tael.settlement.payouts.inquiry_plan import put_on, stop_asking_over
from tael.settlement.payouts.result_row import REASON_MAX, judge, scene_of, why_refused
from tael.settlement.payouts.status_adapter import (
    REFERENCES_MAX,
    StatusMalformed,
    ask_status,
    reference_of,
    row_said,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

log: Final = logging.getLogger(__name__)
ACTOR: Final = actors.of_part("payout-inquiry")
LEASE: Final = timedelta(minutes=2)
RUN_MAX: Final = 20
"""Questions in one run, so that the worker's other jobs have their turn."""
ANSWERED: Final = ("paid", "failed")

Said = list[dict[str, Any]]


class Asked(NamedTuple):
    """A row that is being asked about."""

    row: int
    batch: int
    withdrawal: int
    reference: str


def ask_due(
    *,
    clock: Callable[[], datetime],
    ask: Callable[[StatusService, Sequence[str]], Mapping[str, Said]] | None = None,
) -> int:
    """Ask for every row whose time has come, fifty in a question; tell how many rows were asked for.

    A channel that gives no answer is asked no further in this run. May run twice or in parallel: each
    row is asked for by one of them. Not inside a transaction.

    Args:
        clock: tells the time. ask: how a service is asked; None signs and asks over HTTP.

    Postings: see ``answer_payouts``.

    Source: A7; T3.
    """
    count, silent = 0, set[str]()
    for _ in range(RUN_MAX):
        claimed = _claim(clock(), silent)
        if claimed is None:
            break
        service, asked = claimed
        count += len(asked)
        references = [one.reference for one in asked]
        try:
            said = (
                ask_status(service, references, clock=clock)
                if ask is None
                else ask(service, references)
            )
        except Refusal as refusal:
            silent.add(service.channel)
            log.warning("%s: %s: %s", service, refusal.code, refusal.message)
            verdict = "refused" if isinstance(refusal, StatusMalformed) else "unanswered"
            for one in asked:
                _note(one, verdict, why_refused(refusal), clock())
            continue
        for one in asked:
            _hear(one, said.get(one.reference, []), clock())
    return count


@books.atomic
def _claim(at: datetime, silent: set[str]) -> tuple[StatusService, list[Asked]] | None:
    due = (
        PayoutInquiry.objects.filter(state=InquiryState.ASKING, next_ask_at__lte=at)
        .filter(Q(leased_until__isnull=True) | Q(leased_until__lte=at))
        .exclude(channel__in=silent)
        .order_by("next_ask_at", "row")
    )
    first = due.first()
    if first is None:
        return None
    service = StatusService.objects.filter(pk=first.channel).exclude(address="").first()
    if service is None:
        stop_asking_over(first.channel)
        return None
    taken = list(
        due.filter(channel=first.channel).select_for_update(skip_locked=True, of=("self",))[
            :REFERENCES_MAX
        ]
    )
    if not taken:
        return None
    numbers = [one.row_id for one in taken]
    PayoutInquiry.objects.filter(pk__in=numbers).update(leased_until=at + LEASE)
    rows = PayoutRow.objects.filter(pk__in=numbers).order_by("pk")
    facts = rows.values_list("pk", "batch_id", "withdrawal_id", "batch__reference")
    return service, [
        Asked(pk, batch, withdrawal, reference_of(reference, withdrawal))
        for pk, batch, withdrawal, reference in facts
    ]


def _hear(asked: Asked, said: Said, at: datetime) -> None:
    """Do what was said of one row, or write down why not."""
    if not said:
        _note(asked, "unknown", "", at)
        return
    try:
        _take(asked, said, at)
    except Refusal as refusal:
        if (
            refusal.because == "busy"
        ):  # the books, for a moment; it is asked again when its lease is over
            log.warning("withdrawal %s: %s: %s", asked.withdrawal, refusal.code, refusal.message)
            return
        _note(asked, "refused", why_refused(refusal), at)


@books.atomic
def _take(asked: Asked, said: Said, at: datetime) -> None:
    # the batch is locked while its row is judged: a person or a file who answers meanwhile waits
    batch = locked_batch(asked.batch)
    sent = PayoutRow.objects.get(pk=asked.row)
    told = Counter({str(asked.withdrawal): len(said)})
    row = row_said(
        said[0], batch=batch.reference, withdrawal=asked.withdrawal, currency=batch.currency
    )
    scene = scene_of(batch, [row], told, at=at, form="pain.002")
    decided = sent.state in ANSWERED
    try:
        answer = judge(scene, row)
    except Refusal as refusal:
        if not decided:
            raise
        _contradicted(asked, why_refused(refusal), at)
        return
    if answer is None:
        _write(asked, "agrees" if decided else "unknown", row.plain("reason", needed=False), at)
        return
    if answer.verdict == "unknown":
        # a decided outcome does not become unknown again: `judge` refuses it above
        _write(asked, "unknown", answer.reason, at)
        return
    verdict = "agrees" if decided else answer.verdict
    _write(asked, verdict, answer.reason, at)
    told_by = books.Instruction(key=f"inquiry-{asked.row}-{at.isoformat()}", actor=ACTOR, at=at)
    take_answers(batch, [answer], told_by)
    settle_when_answered(batch, told_by)


def _contradicted(asked: Asked, said: str, at: datetime) -> None:
    _write(asked, "contradicts", said, at)
    log.error("withdrawal %s: the channel contradicts: %s", asked.withdrawal, _shown(said))
    audit.record(
        actor=ACTOR,
        action="payout_inquiry.contradicted",
        subject=f"merchant_withdrawal:{asked.withdrawal}",
        at=at,
        details={"said": _shown(said)},
    )


def _hand_over(asked: Asked, asks: int, at: datetime) -> None:
    """Say in the log and in the trail, once, that a person has to find out."""
    log.error("withdrawal %s: unknown after %s questions; a person looks", asked.withdrawal, asks)
    audit.record(
        actor=ACTOR,
        action="payout_inquiry.given_up",
        subject=f"merchant_withdrawal:{asked.withdrawal}",
        at=at,
        details={"asks": asks},
    )


@books.atomic
def _note(asked: Asked, verdict: str, said: str, at: datetime) -> None:
    """Write down an ask that moves nothing."""
    locked_batch(asked.batch)
    _write(asked, verdict, said, at)


def _shown(said: str) -> str:
    """Give what the other side wrote as text that can be kept and shown, whatever it put in."""
    kept = said.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() else " " for sign in kept)[:REASON_MAX]


def _write(asked: Asked, verdict: str, said: str, at: datetime) -> None:
    inquiry = PayoutInquiry.objects.select_for_update(of=("self",)).get(pk=asked.row)
    inquiry.asks += 1
    PayoutAsk.objects.create(
        inquiry=inquiry, number=inquiry.asks, asked_at=at, verdict=verdict, said=_shown(said)
    )
    before = inquiry.state
    put_on(inquiry, at=at)
    if (before, inquiry.state) == (InquiryState.ASKING, InquiryState.PERSON):
        _hand_over(asked, inquiry.asks, at)
    inquiry.save(update_fields=["asks", "state", "next_ask_at", "leased_until"])
