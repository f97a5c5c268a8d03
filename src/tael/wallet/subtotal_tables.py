"""The tables of a wallet's subtotals (小計): derived from the journal, written by `subtotal` only.

Source: F-22, E-03; I3; B-28, B-29.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Subtotal(models.Model):
    """Neighbouring lines of a wallet's statement in order of effect, and what they come to.

    ``entries`` names them, in no order; ``from_*`` and ``through_*`` are the places of the first and of the
    last. ``free``, ``locked``, ``frozen`` are what they moved, in minor units. The other four go
    together: of each kind of entry (a refund is of the kind that it takes back) the number of lines,
    and what they brought into liquid funds and took from them.

    Source: F-22; B-28, B-29.
    """

    app_may_change: ClassVar = (
        "from_at",
        "from_entry",
        "through_at",
        "through_entry",
        "entries",
        "free",
        "locked",
        "frozen",
        "kinds",
        "records",
        "came",
        "went",
    )

    id = models.BigAutoField(primary_key=True)
    wallet = models.BigIntegerField()
    from_at = models.DateTimeField()
    from_entry = models.BigIntegerField()
    through_at = models.DateTimeField()
    through_entry = models.BigIntegerField()
    entries = ArrayField(models.BigIntegerField())
    free = models.BigIntegerField()
    locked = models.BigIntegerField()
    frozen = models.BigIntegerField()
    kinds = ArrayField(models.CharField(max_length=64))
    records = ArrayField(models.BigIntegerField())
    came = ArrayField(models.BigIntegerField())
    went = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "wallet_subtotal"
        ordering: ClassVar = ["wallet", "from_at", "from_entry"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["wallet", "from_at", "from_entry"], name="subtotal_begins_once"
            ),
            models.CheckConstraint(
                condition=Q(from_at__lte=F("through_at")), name="subtotal_runs_forward"
            ),
        ]

    def __str__(self) -> str:
        """Give the wallet and where it begins."""
        return f"{self.wallet} from {self.from_at}, entry {self.from_entry}"


class SubtotalCursor(models.Model):
    """How far a wallet's lines have been added up: the newest line of each of its accounts that was.

    ``lines`` counts them, those of all three accounts.
    """

    app_may_change: ClassVar = ("free", "locked", "frozen", "lines")

    wallet = models.BigIntegerField(primary_key=True)
    free = models.BigIntegerField()
    locked = models.BigIntegerField()
    frozen = models.BigIntegerField()
    lines = models.BigIntegerField()

    class Meta:
        db_table = "wallet_subtotal_cursor"

    def __str__(self) -> str:
        """Give the wallet and the count."""
        return f"{self.wallet}: {self.lines} lines"
