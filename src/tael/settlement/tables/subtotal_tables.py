"""The table of the subtotals (小計) of merchant accounts: derived from the journal, written by `account_subtotal` only.

Source: E-11, E-16; I3; B-06, B-28.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class AccountSubtotal(models.Model):
    """So many neighbouring lines of an account in the order in which they were entered, and what they come to.

    Append-only: lines are never changed, so what they come to never is.

    Args:
        account: the merchant account. first_line, last_line: the numbers of its lines, both included; the
            next subtotal begins with the line after the last one.
        posting: the ledger's number of the last line.
        from_at, through_at: the earliest and the latest moment at which one of them took effect.
        kinds: the kinds of their entries, and with each the number of its lines (``records``), what they
            brought (``came``, >= 0) and what they took (``went``, <= 0), in minor units.

    Source: E-11, E-16; B-06, B-28.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    account = models.BigIntegerField()
    first_line = models.BigIntegerField()
    last_line = models.BigIntegerField()
    posting = models.BigIntegerField()
    from_at = models.DateTimeField()
    through_at = models.DateTimeField()
    kinds = ArrayField(models.CharField(max_length=64))
    records = ArrayField(models.BigIntegerField())
    came = ArrayField(models.BigIntegerField())
    went = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "settlement_subtotal"
        ordering: ClassVar = ["account", "first_line"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "first_line"], name="account_subtotal_once"),
            models.CheckConstraint(
                condition=Q(
                    first_line__gte=1,
                    last_line__gte=F("first_line"),
                    through_at__gte=F("from_at"),
                ),
                name="account_subtotal_in_order",
            ),
        ]

    def __str__(self) -> str:
        """Give the account and the lines."""
        return f"{self.account}: {self.first_line} to {self.last_line}"
