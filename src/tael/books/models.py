"""Which currencies the operator works with. Their facts are the ledger's; the switch is his."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


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
