"""The table of completeness checks: who asked for one, how far it is, and what it came to.

Source: B-14; peers-settlement-invest A6.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tael.settlement.lifecycles import CHECK
from tael.settlement.tables.accrual_tables import Source


class CompletenessRun(models.Model):
    """A check of some days of a source.

    Args:
        by: file: of a list that somebody brought. http: of what the business system answers.
        checked_through: the last day that is done; a check that was cut off goes on behind it.
        acts, added, cases: sums over the days that are done.
        name, form, digest: of the file. columns, content: its headings and what was read of it, packed,
            until it has been checked. rows: how many acts it lists. rows_done: those gone through.
        problem: why it failed; the days before are done all the same.
        leased_until: until when a worker is at it; after that another may take it up.
        key: of the request that asked for it.

    Source: B-14; A6.
    """

    app_may_change: ClassVar = (
        "state",
        "checked_through",
        "acts",
        "added",
        "cases",
        "content",
        "rows_done",
        "problem",
        "begun_at",
        "leased_until",
        "ended_at",
    )

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(
        Source, models.PROTECT, db_column="source", db_index=False, related_name="+"
    )
    by = models.CharField(max_length=4)
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=7, default="waiting")
    checked_through = models.DateField(null=True)
    acts = models.IntegerField(default=0)
    added = models.IntegerField(default=0)
    cases = models.IntegerField(default=0)
    name = models.CharField(max_length=200, default="")
    form = models.CharField(max_length=4, default="")
    digest = models.CharField(max_length=64, default="")
    columns = models.JSONField(null=True)
    content = models.BinaryField(null=True)
    rows = models.IntegerField(default=0)
    rows_done = models.IntegerField(default=0)
    problem = models.CharField(max_length=500, default="")
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=96)
    key = models.UUIDField(null=True, unique=True)
    begun_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_completeness_run"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["waiting", "running"]),
                name="completeness_run_to_do",
            ),
            models.Index(fields=["source", "-id"], name="completeness_run_of_source"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="completeness_run_of_some_days"
            ),
            models.CheckConstraint(
                condition=Q(by__in=["file", "http"]), name="completeness_run_by_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CHECK.states]),
                name="completeness_run_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") | Q(problem=""), name="completeness_run_problem_failed"
            ),
            models.CheckConstraint(
                condition=Q(content__isnull=True) | Q(by="file", state__in=["waiting", "running"]),
                name="completeness_run_file_kept_until_checked",
            ),
        ]

    def __str__(self) -> str:
        """Give source and days."""
        return f"{self.source_id} {self.first_day} to {self.last_day}, {self.state}"
