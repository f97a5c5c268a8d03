"""The table of period reports (期初期末報表).

Source: B-28, B-29, E-16; I19.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tael.settlement.tables.account_tables import MerchantAccountRow


class PeriodReport(models.Model):
    """What an account held when a period began, what came and went in it, and what it held at its end. Append-only.

    It is of the account's lines that were in effect before ``ends_at``, were known when it was made and
    stand on no earlier report. What is dated back afterwards stands on the next one, so that no report
    ever changes and the opening of each is the closing of the one before.

    Args:
        ends_at: the moment at which the day after ``last_day`` begins in the account's time zone.
        seen: the number of the account's newest line when it was made.
        came: all that the lines brought, >= 0. went: all that they took, <= 0. lines: how many they are.

    Source: B-28, B-29, E-16; A13, A38; I19.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        MerchantAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    ends_at = models.DateTimeField()
    seen = models.BigIntegerField()
    opening = models.BigIntegerField()
    came = models.BigIntegerField()
    went = models.BigIntegerField()
    closing = models.BigIntegerField()
    lines = models.IntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=96)

    class Meta:
        db_table = "settlement_period_report"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "last_day"], name="period_report_once_a_period"
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="period_report_forward"
            ),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("came") + F("went"), came__gte=0, went__lte=0),
                name="period_report_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(lines__gte=0, seen__gte=0), name="period_report_of_lines"
            ),
        ]

    def __str__(self) -> str:
        """Give account and period."""
        return f"report on {self.account_id}, {self.first_day} to {self.last_day}"
