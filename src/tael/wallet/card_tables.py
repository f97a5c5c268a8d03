"""The tables of recharge cards (點卡): batches, and cards known by the hash of their code only.

Source: F-24, SM-03, A-F13.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tael.wallet.lifecycles import CARD


class CardBatch(models.Model):
    """Cards of one value that were issued together. Never changed.

    Source: F-24.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    currency = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    count = models.IntegerField()
    spend_only = models.BooleanField(default=False)
    note = models.CharField(max_length=200, default="")
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=96)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wallet_card_batch"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="card_batch_worth_something"),
            models.CheckConstraint(condition=Q(count__gt=0), name="card_batch_has_cards"),
        ]

    def __str__(self) -> str:
        """Give number and value."""
        return f"batch {self.pk}: {self.count} x {self.amount} {self.currency}"


class Card(models.Model):
    """One card. Used together with the entry that credited it, in one transaction.

    Source: F-24, SM-03.
    """

    app_may_change: ClassVar = ("state", "wallet", "entry", "changed_at", "changed_by")

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(CardBatch, models.PROTECT, db_column="batch")
    digest = models.BinaryField(unique=True)
    state = models.CharField(max_length=6, default="unused")
    wallet = models.BigIntegerField(null=True)
    entry = models.BigIntegerField(null=True, unique=True)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=96, default="")

    class Meta:
        db_table = "wallet_card"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CARD.states]),
                name="card_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="used", entry__isnull=False, wallet__isnull=False)
                | (~Q(state="used") & Q(entry__isnull=True, wallet__isnull=True)),
                name="card_used_with_its_entry",
            ),
        ]

    def __str__(self) -> str:
        """Give number and state, never the code."""
        return f"card {self.pk}, {self.state}"
