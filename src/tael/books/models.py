"""Which currencies the operator works with, and what each closed month came to.

The facts of a currency are the ledger's; the switch is the operator's. The totals follow from the journal.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class RegisteredCurrency(models.Model):
    """A currency (貨幣) or points that the operator has taken into use.

    Exponent, kind and name stand in the ledger's own table and never change.

    Source: F-11, E-04.
    """

    app_may_change: ClassVar = ("enabled",)

    code = models.CharField(primary_key=True, max_length=12)
    enabled = models.BooleanField(default=True)
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "books_currency"
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        """Give the code."""
        return self.code


class PeriodTotal(models.Model):
    """What customers owned in one currency at both ends of a closed month, in its minor unit.

    Written once, after the month was closed: nothing can change it any more.

    Source: I35; B-28.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    currency = models.CharField(max_length=12)
    opening = models.DecimalField(max_digits=38, decimal_places=0)
    came = models.DecimalField(max_digits=38, decimal_places=0)
    went = models.DecimalField(max_digits=38, decimal_places=0)
    closing = models.DecimalField(max_digits=38, decimal_places=0)

    class Meta:
        db_table = "books_period_total"
        ordering: ClassVar = ["month", "currency"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "currency"], name="period_total_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="period_total_of_a_month"),
            models.CheckConstraint(
                condition=Q(came__gte=0, went__lte=0), name="period_total_came_and_went"
            ),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("came") + F("went")),
                name="period_total_adds_up",
            ),
        ]

    def __str__(self) -> str:
        """Give month and currency."""
        return f"{self.month:%Y-%m} {self.currency}"
