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
        digest: SHA-256 of the file, as hex. size: rows below the headings, 0 until they are known.
        source: of the rows that name none.
        state: reading: the file is kept, its rows are being taken out of it. checking: they are being
            rehearsed. checked: each has the verdict of the rehearsal, nothing is recorded. running: rows
            are being recorded. finished: each row has its own verdict. failed: it could not be read.
            cancelled: somebody has called it off; what was recorded until then stays.
        content: the file while ``reading``: as it was brought where ``columns`` is NULL, else what was
            read of it; packed. kept: how many of its rows stand in the table of rows.
        problem: why it failed.

    Source: B-14; reliability T15.
    """

    app_may_change: ClassVar = (
        "form",
        "size",
        "state",
        "columns",
        "content",
        "kept",
        "problem",
        "begun_at",
        "begun_by",
        "finished_at",
    )

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=255)
    name = models.CharField(max_length=200)
    form = models.CharField(max_length=4)
    digest = models.CharField(max_length=64)
    size = models.IntegerField()
    source = models.CharField(max_length=32, default="")
    state = models.CharField(max_length=9)
    columns = models.JSONField(null=True)
    content = models.BinaryField(null=True)
    kept = models.IntegerField(default=0)
    problem = models.CharField(max_length=500, default="")
    brought_at = models.DateTimeField()
    brought_by = models.CharField(max_length=96)
    begun_at = models.DateTimeField(null=True)
    begun_by = models.CharField(max_length=96, null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_import"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["reading", "checking", "running"]),
                name="import_to_do",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brought_by", "key"], name="import_once_for_a_key"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["reading", "checking", "checked"],
                    begun_at__isnull=True,
                    finished_at__isnull=True,
                )
                | Q(state="running", begun_at__isnull=False, finished_at__isnull=True)
                | Q(state="finished", begun_at__isnull=False, finished_at__isnull=False)
                | Q(state__in=["failed", "cancelled"], finished_at__isnull=False),
                name="import_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="reading", content__isnull=False)
                | ~Q(state="reading") & Q(content__isnull=True),
                name="import_file_kept_while_read",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(problem="") | ~Q(state="failed") & Q(problem=""),
                name="import_problem_failed",
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
        bundle: the first row of those that have to be rehearsed together, since one of them may depend
            on another; NULL where nothing is rehearsed.
        facts: the texts of its cells by column.
        verdict: recorded, there (the same was told before), confirms or fails (a record that was pending),
            or refused; of the rehearsal until ``done``.
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
    bundle = models.IntegerField(null=True)
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
            models.Index(
                fields=["of", "bundle", "turn", "row"],
                condition=Q(verdict__isnull=True),
                name="import_row_to_check",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "row"], name="import_row_once"),
            models.CheckConstraint(
                condition=Q(verdict__isnull=True, done=False)
                | Q(verdict__in=["recorded", "there", "confirms", "fails"], code="")
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
