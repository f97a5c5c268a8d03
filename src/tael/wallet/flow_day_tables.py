"""The tables of what moved on each day: derived from the journal, written by `flow_days` only.

Source: F-22; I3.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class FlowDay(models.Model):
    """What the entries of one kind moved on one day in one currency, in its minor unit.

    ``day`` is that of effect in the zone that the cursor names. What an entry moved is what its legs
    into accounts add up to.

    Source: F-22.
    """

    app_may_change: ClassVar = ("amount",)

    id = models.BigAutoField(primary_key=True)
    currency = models.CharField(max_length=12)
    day = models.DateField()
    kind = models.CharField(max_length=64)
    amount = models.DecimalField(max_digits=38, decimal_places=0)

    class Meta:
        db_table = "wallet_flow_day"
        ordering: ClassVar = ["currency", "day", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["currency", "day", "kind"], name="flow_day_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="flow_day_not_negative"),
        ]

    def __str__(self) -> str:
        """Give day, kind and currency."""
        return f"{self.day} {self.kind} {self.currency}"


class FlowDayCursor(models.Model):
    """How far the journal has been added up: one row, locked by whoever adds on.

    ``through`` is the last entry that the sums hold. ``zone`` is that of their days.
    """

    app_may_change: ClassVar = ("through", "zone")

    id = models.BigIntegerField(primary_key=True)
    through = models.BigIntegerField()
    zone = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "wallet_flow_day_cursor"

    def __str__(self) -> str:
        """Give the place."""
        return f"through {self.through}"
