"""The tables of what is asked about payouts whose outcome nobody knows: whom, on which plan, and each answer.

Source: B-36; SM-06; peers-settlement-invest A7, A19; I20.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tael.settlement.lifecycles import INQUIRY
from tael.settlement.tables.payout_tables import PayoutRow

VERDICTS = ("paid", "failed", "unknown", "unanswered", "refused", "agrees", "contradicts")


class StatusService(models.Model):
    """Where a channel is asked what became of payouts; one for a channel.

    Args:
        address: "" where it is asked no more. secret: signs the questions.
        secret_key: of the request that made the secret, which may see it once more.

    Source: A7; T25; I31.
    """

    app_may_change: ClassVar = ("address", "secret", "secret_key", "set_at", "set_by")

    channel = models.CharField(max_length=32, primary_key=True)
    address = models.CharField(max_length=2000, default="")
    secret = models.CharField(max_length=64, default="")
    secret_key = models.UUIDField(null=True)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=96)

    class Meta:
        db_table = "settlement_status_service"
        ordering: ClassVar = ["channel"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(address="", secret="") | ~Q(address="") & ~Q(secret=""),
                name="status_service_signed",
            ),
        ]

    def __str__(self) -> str:
        """Give channel and address; the secret is in no text."""
        return f"{self.channel} at {self.address or 'no address'}"


class PayoutInquiry(models.Model):
    """What is done to learn the outcome of one row: asked on a plan, then a matter for a person.

    Args:
        state: asking while it is on the plan; person when the plan is at its end, or there is nobody to
            ask; closed when the outcome is known.
        asks: how often it was asked. next_ask_at: when it is asked next; None unless it is on the plan.
        leased_until: until when a worker is at it.

    Source: A7, A19; I20.
    """

    app_may_change: ClassVar = (
        "state",
        "asks",
        "next_ask_at",
        "leased_until",
        "closed_at",
        "closed_by",
    )

    row = models.OneToOneField(
        PayoutRow, models.PROTECT, db_column="row", primary_key=True, related_name="+"
    )
    channel = models.CharField(max_length=32)
    state = models.CharField(max_length=6)
    asks = models.IntegerField(default=0)
    next_ask_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=96, null=True)

    class Meta:
        db_table = "settlement_payout_inquiry"
        ordering: ClassVar = ["row"]
        indexes: ClassVar = [
            models.Index(
                fields=["next_ask_at"],
                condition=Q(state="asking"),
                name="payout_inquiry_due",
            ),
            models.Index(
                fields=["state", "row"],
                condition=~Q(state="closed"),
                name="payout_inquiry_open",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in INQUIRY.states]),
                name="payout_inquiry_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="asking", next_ask_at__isnull=False)
                | ~Q(state="asking") & Q(next_ask_at__isnull=True),
                name="payout_inquiry_asks_on_a_plan",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False)
                | ~Q(state="closed") & Q(closed_at__isnull=True, closed_by__isnull=True),
                name="payout_inquiry_closed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        """Give row and state."""
        return f"inquiry of row {self.row_id}, {self.state} after {self.asks}"


class PayoutAsk(models.Model):
    """One time that a channel was asked about one row, and what it said. Append-only.

    Args:
        number: of the inquiry's asks, from 1.
        verdict: paid, failed, unknown; unanswered; refused (the answer does not fit what was sent);
            agrees or contradicts, where the outcome was decided meanwhile.
        said: its reason, or why it was not taken.

    Source: A7; I20.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    inquiry = models.ForeignKey(
        PayoutInquiry, models.PROTECT, db_column="inquiry", db_index=False, related_name="+"
    )
    number = models.IntegerField()
    asked_at = models.DateTimeField()
    verdict = models.CharField(max_length=11)
    said = models.CharField(max_length=500, default="")

    class Meta:
        db_table = "settlement_payout_ask"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inquiry", "number"], name="payout_ask_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=VERDICTS), name="payout_ask_verdict_known"
            ),
        ]

    def __str__(self) -> str:
        """Give number and verdict."""
        return f"ask {self.number} about row {self.inquiry_id}: {self.verdict}"
