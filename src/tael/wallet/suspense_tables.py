"""The tables about money without a place: what people propose to do with it, and refunds that came too early.

Source: reliability, section 3a (suspense; refund before pay); I24, I32.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from tael.wallet.lifecycles import PROPOSAL

_OPEN = ("proposed", "returning")


class SuspenseProposal(models.Model):
    """What one person proposes to do with a payment in suspense, and another one decides.

    ``entry`` is the one that placed or returned the money; no other proposal has it. A payment has one
    open proposal at a time.

    Source: I24, I32.
    """

    app_may_change: ClassVar = (
        "state",
        "decided_at",
        "decided_by",
        "decision_key",
        "decision",
        "entry",
    )

    id = models.BigAutoField(primary_key=True)
    payment = models.BigIntegerField()
    act = models.CharField(max_length=6)
    wallet = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=400)
    key = models.UUIDField(unique=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=96)
    state = models.CharField(max_length=9, default="proposed")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=96, null=True)
    decision_key = models.UUIDField(null=True, unique=True)
    decision = models.CharField(max_length=400, default="")
    entry = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "wallet_suspense_proposal"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["payment", "id"], name="proposal_of_payment")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state__in=_OPEN), name="proposal_open_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="proposal_of_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="proposal_with_reason"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PROPOSAL.states]),
                name="suspense_proposal_state_known",
            ),
            models.CheckConstraint(
                condition=Q(act="place", wallet__isnull=False)
                | Q(act="return", wallet__isnull=True),
                name="proposal_places_or_returns",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="proposed",
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    decision_key__isnull=True,
                )
                | ~Q(state="proposed")
                & Q(
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    decision_key__isnull=False,
                ),
                name="suspense_proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "dropped"]) | ~Q(decided_by=F("proposed_by")),
                name="proposal_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="done", entry__isnull=False)
                | ~Q(state="done") & Q(entry__isnull=True),
                name="proposal_done_with_its_entry",
            ),
        ]

    def __str__(self) -> str:
        """Give number and state."""
        return f"suspense proposal {self.pk}, {self.state}"


class WaitingRefund(models.Model):
    """A refund whose payment has not been told of: it is taken as soon as the payment is booked.

    Source: reliability, T8 (refund before pay); I22.
    """

    app_may_change: ClassVar = ("taken_at",)

    id = models.BigAutoField(primary_key=True)
    gateway = models.CharField(max_length=32)
    payment_number = models.CharField(max_length=128)
    refund_number = models.CharField(max_length=128)
    notice = models.BigIntegerField(unique=True)
    currency = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now())
    taken_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wallet_waiting_refund"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["gateway", "payment_number"],
                condition=Q(taken_at__isnull=True),
                name="waiting_refund_of_payment",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gateway", "refund_number"], name="waiting_refund_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="waiting_refund_of_something"),
        ]

    def __str__(self) -> str:
        """Give the gateway's numbers."""
        return f"{self.gateway} refund {self.refund_number} of {self.payment_number}"
