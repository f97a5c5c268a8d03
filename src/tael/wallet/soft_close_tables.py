"""The table of soft closings: which month was being closed, since when, and whether it was opened again.

Source: I35; peers-settlement-invest A38.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class SoftClosing(models.Model):
    """A month that is being closed: it and all before it take only what somebody may post late, with a reason.

    Args:
        through: its last moment. reopened_at: when it was opened again; NULL while it stands.
        reason: why it was opened again.

    Source: A38.
    """

    app_may_change: ClassVar = ("reopened_at", "reopened_by", "reason")

    id = models.BigAutoField(primary_key=True)
    through = models.DateTimeField()
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=96)
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.CharField(max_length=96, null=True)
    reason = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "wallet_soft_closing"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["through"],
                condition=Q(reopened_at__isnull=True),
                name="soft_closing_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True, reopened_by__isnull=True, reason="")
                | Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reason=""),
                name="soft_closing_reopened_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        """Give the moment."""
        return f"through {self.through.isoformat()}"
