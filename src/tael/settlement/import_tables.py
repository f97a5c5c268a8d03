"""The tables of imports: a file of business records that somebody brought, and each row of it with its verdict.

Source: B-14, B-15, E-12; reliability T15.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class AccrualImport(models.Model):
    """A file of business records, from the moment it was brought until the last row has its verdict.

    Args:
        key: the caller's idempotency key; with ``brought_by`` it names one file for ever.
        digest: SHA-256 of the file, as hex. size: rows below the headings.
        state: checked: each row has the verdict of a rehearsal, nothing is recorded. running: rows are
            being recorded. finished: each row has its own verdict.

    Source: B-14; reliability T15.
    """

    app_may_change: ClassVar = ("state", "begun_at", "begun_by", "finished_at")

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=255)
    name = models.CharField(max_length=200)
    form = models.CharField(max_length=4)
    digest = models.CharField(max_length=64)
    size = models.IntegerField()
    state = models.CharField(max_length=8)
    brought_at = models.DateTimeField()
    brought_by = models.CharField(max_length=96)
    begun_at = models.DateTimeField(null=True)
    begun_by = models.CharField(max_length=96, null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_import"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brought_by", "key"], name="import_once_for_a_key"),
            models.CheckConstraint(
                condition=Q(state="checked", begun_at__isnull=True, finished_at__isnull=True)
                | Q(state="running", begun_at__isnull=False, finished_at__isnull=True)
                | Q(state="finished", begun_at__isnull=False, finished_at__isnull=False),
                name="import_state_known",
            ),
        ]

    def __str__(self) -> str:
        """Give name and state."""
        return f"{self.name}, {self.state}"


class AccrualImportRow(models.Model):
    """One row of a file, as it was written, and what became of it.

    Args:
        row: its number in the file, as a spreadsheet shows it.
        turn: 0 what stands for itself, 1 reversals, which come after what they reverse.
        facts: the texts of its cells by column.
        verdict: recorded, there (the same was told before) or refused; of the rehearsal until ``done``.
        accrual: the number of the record. code, field, reason: why it was refused.

    Source: B-15; reliability T15.
    """

    app_may_change: ClassVar = ("verdict", "done", "accrual", "code", "field", "reason")

    id = models.BigAutoField(primary_key=True)
    of = models.ForeignKey(
        AccrualImport, models.PROTECT, db_column="import", db_index=False, related_name="+"
    )
    row = models.IntegerField()
    turn = models.SmallIntegerField()
    facts = models.JSONField()
    done = models.BooleanField(default=False)
    verdict = models.CharField(max_length=8, null=True)
    accrual = models.BigIntegerField(null=True)
    code = models.CharField(max_length=60, default="")
    field = models.CharField(max_length=60, default="")
    reason = models.CharField(max_length=500, default="")

    class Meta:
        db_table = "settlement_import_row"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["of", "turn", "row"], condition=Q(done=False), name="import_row_left"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "row"], name="import_row_once"),
            models.CheckConstraint(
                condition=Q(verdict__isnull=True, done=False)
                | Q(verdict__in=["recorded", "there"], code="")
                | Q(verdict="refused", accrual__isnull=True) & ~Q(code=""),
                name="import_row_verdict_known",
            ),
            models.CheckConstraint(
                condition=Q(done=False) | Q(verdict="refused") | Q(accrual__isnull=False),
                name="import_row_done_has_its_record",
            ),
        ]

    def __str__(self) -> str:
        """Give row and verdict."""
        return f"row {self.row}: {self.verdict}"
