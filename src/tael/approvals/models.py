"""The tables of proposals and of approval limits: columns and what the database itself refuses.

Source: peers-settlement-invest A36, section 3.3; I32.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from tael.approvals.lifecycle import PROPOSAL


class Proposal(models.Model):
    """An act that somebody asked for and another person decides about: the command itself, not its result.

    Args:
        command: which act. payload: what it is told, as it will be carried out.
        digest: SHA-256 of command and payload; what is carried out has the same.
        subject: what it is about, "merchant_account:500001".
        before: how its subject stood when it was proposed, for whoever compares.
        outcome: what carrying it out gave.

    Source: I32; A36.
    """

    app_may_change: ClassVar = (
        "state",
        "decided_at",
        "decided_by",
        "decision_key",
        "reason",
        "outcome",
    )

    id = models.BigAutoField(primary_key=True)
    command = models.CharField(max_length=40)
    payload = models.JSONField()
    digest = models.CharField(max_length=64)
    subject = models.CharField(max_length=100)
    before = models.JSONField(null=True)
    currency = models.CharField(max_length=12, null=True)
    amount = models.BigIntegerField(null=True)
    note = models.CharField(max_length=500, default="")
    state = models.CharField(max_length=9, default="proposed")
    key = models.UUIDField(unique=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=96)
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=96, null=True)
    decision_key = models.UUIDField(null=True, unique=True)
    reason = models.CharField(max_length=500, default="")
    outcome = models.JSONField(null=True)

    class Meta:
        db_table = "approvals_proposal"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state="proposed"), name="proposal_open"),
            models.Index(fields=["subject", "id"], name="proposal_of_subject"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PROPOSAL.states]),
                name="proposal_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state="proposed") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"]) | ~Q(decided_by=F("proposed_by")),
                name="proposal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="proposal_refused_with_reason"
            ),
        ]

    def __str__(self) -> str:
        """Give command and state."""
        return f"proposal {self.pk}: {self.command}, {self.state}"


class ApprovalLimit(models.Model):
    """From one moment on: above which amount a command takes two people. Append-only.

    The newest row of a command and currency is in force. Without an amount, or without a row, one person
    is enough; a command that has no amount takes two people wherever there is one in force.

    Source: I32; A36.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    command = models.CharField(max_length=40)
    currency = models.CharField(max_length=12)
    amount = models.BigIntegerField(null=True)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=96)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "approvals_limit"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["command", "currency", "-id"], name="approval_limit_in_force")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="approval_limit_not_below_zero",
            ),
        ]

    def __str__(self) -> str:
        """Give command and amount."""
        return f"{self.command} {self.currency}: {'none' if self.amount is None else self.amount}"
