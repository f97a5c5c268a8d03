"""Tables of channels and rates. Written only by the functions of this package."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

EVERY_CURRENCY = "ALL"


class Channel(models.Model):
    """A channel (渠道) over which operations are made, and the currencies that it takes.

    Source: F-03, F-04, E-06.
    """

    app_may_change: ClassVar = ("name", "description", "currencies", "enabled")

    identifier = models.CharField(primary_key=True, max_length=32)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, default="")
    currencies = models.CharField(max_length=1000, default=EVERY_CURRENCY)
    enabled = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "channels_channel"
        ordering: ClassVar = ["identifier"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("identifier"), name="channel_identifier_unique"),
            models.CheckConstraint(
                condition=Q(
                    currencies__regex=r"^(ALL|[A-Z][A-Z0-9]{2,11}(,[A-Z][A-Z0-9]{2,11})*)$"
                ),
                name="channel_currencies_form",
            ),
        ]

    def __str__(self) -> str:
        """Give the identifier."""
        return self.identifier

    def takes(self, currency: str) -> bool:
        """Tell whether the channel's currency parameter covers a currency (F-04)."""
        return self.currencies == EVERY_CURRENCY or currency in self.currencies.split(",")


class Rate(models.Model):
    """One exchange rate: units of `to_currency` for one unit of `from_currency`. Append-only.

    The rate in force at a moment is the newest row of the ordered pair that was valid by then.

    Source: F-12, E-05, A-F20.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    from_currency = models.CharField(max_length=12)
    to_currency = models.CharField(max_length=12)
    value = models.DecimalField(max_digits=24, decimal_places=12)
    valid_from = models.DateTimeField()
    set_by = models.CharField(max_length=96)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "channels_rate"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["from_currency", "to_currency", "-valid_from", "-id"], name="rate_in_force"
            ),
        ]
        constraints: ClassVar = [
            # a NaN is greater than any number in PostgreSQL, so the upper bound refuses it as well
            models.CheckConstraint(
                condition=Q(value__gt=0, value__lt=10**12), name="rate_positive"
            ),
            models.CheckConstraint(
                condition=~Q(from_currency=F("to_currency")), name="rate_between_two_currencies"
            ),
        ]

    def __str__(self) -> str:
        """Give the pair and its value."""
        return f"1 {self.from_currency} = {self.value:f} {self.to_currency}"
