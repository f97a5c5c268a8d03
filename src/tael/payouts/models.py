"""The tables of withdrawal applications and check limits: columns and what the database itself refuses.

Source: F-33, SM-02, A-F27; I14, I30, I32.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from tael.payouts.lifecycle import WITHDRAWAL


class Withdrawal(models.Model):
    """A customer's application to have money paid out (提現申請), decided once by somebody else.

    ``payee`` is empty only until approval, where whoever applied could not name it (the seed's freeze).
    ``frozen_by`` is the entry that set the money aside, ``closed_by`` the one that paid it out or gave
    it back. Both are used by no other application.

    Source: F-33, SM-02, A-F27.
    """

    app_may_change: ClassVar = (
        "state",
        "payee",
        "closed_by",
        "decided_by",
        "decided_at",
        "reason",
        "reviewed_by",
        "reviewed_at",
        "review_key",
        "judged_by",
    )

    id = models.BigAutoField(primary_key=True)
    wallet = models.BigIntegerField()
    owner = models.BigIntegerField()
    payee = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    hold = models.BigIntegerField(unique=True)
    frozen_by = models.BigIntegerField(unique=True)
    closed_by = models.BigIntegerField(null=True, unique=True)
    state = models.CharField(max_length=9, default="applied")
    applied_at = models.DateTimeField()
    applied_by = models.CharField(max_length=96)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=96, null=True)
    review_key = models.UUIDField(null=True, unique=True)
    judged_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=96, null=True)
    reason = models.CharField(max_length=1000, default="")

    class Meta:
        db_table = "payouts_withdrawal"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "id"], name="withdrawal_of_owner"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["applied", "reviewed"]),
                name="withdrawal_open",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="withdrawal_of_something"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in WITHDRAWAL.states]),
                name="withdrawal_state_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["applied", "reviewed"],
                    closed_by__isnull=True,
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                )
                | (
                    ~Q(state__in=["applied", "reviewed"])
                    & Q(
                        closed_by__isnull=False,
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                    )
                ),
                name="withdrawal_decided_with_its_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["withdrawn", "returned"]) | ~Q(decided_by=F("applied_by")),
                name="withdrawal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(
                    reviewed_by__isnull=True, reviewed_at__isnull=True, review_key__isnull=True
                )
                & ~Q(state="reviewed")
                | Q(
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                    review_key__isnull=False,
                    judged_by__isnull=False,
                )
                & ~Q(state="applied"),
                name="withdrawal_reviewed_under_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("applied_by")),
                name="withdrawal_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn")
                | Q(reviewed_by__isnull=True)
                | ~Q(decided_by=F("reviewed_by")),
                name="withdrawal_checked_by_a_third",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(reason=""),
                name="withdrawal_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(payee__isnull=False),
                name="withdrawal_paid_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        """Give number and state."""
        return f"withdrawal {self.pk}, {self.state}"


class CheckLimit(models.Model):
    """From one moment on: the amount above which a second person confirms a withdrawal. Append-only.

    The newest row of a currency is in force. Without an amount, or without a row, one person is enough.

    Source: I32.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    currency = models.CharField(max_length=12)
    amount = models.BigIntegerField(null=True)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=96)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "payouts_check_limit"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["currency", "-id"], name="check_limit_in_force")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="check_limit_not_below_zero",
            ),
        ]

    def __str__(self) -> str:
        """Give currency and amount."""
        return f"{self.currency}: {'none' if self.amount is None else self.amount}"
