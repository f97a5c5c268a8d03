"""The tables of the outbox: who wants to be told, what happened, and how the telling went.

Rows are written by the functions beside this file only.

Source: architecture, section 5; reliability T25.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

STATES = ("waiting", "delivered", "given_up", "dropped")


class Endpoint(models.Model):
    """A program that is told of events, at its address.

    ``secret`` is what signatures are made with; it must be kept as it is for that, and is shown once.
    ``old_secrets`` sign beside it, each until its moment (``until``), with the keys of the requests
    that made and ended it; ``old_until`` is the last of these moments.
    Without event types it is told of all. ``key`` is of the request that added it, ``rotated_key`` of
    the last one that gave it another secret.
    """

    app_may_change: ClassVar = (
        "description",
        "event_types",
        "secret",
        "old_secrets",
        "old_until",
        "rotated_at",
        "rotated_key",
        "disabled_at",
        "disabled_by",
        "disabled_reason",
    )

    id = models.BigAutoField(primary_key=True)
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=200, default="")
    event_types = ArrayField(models.CharField(max_length=40), default=list)
    secret = models.CharField(max_length=100)
    old_secrets = models.JSONField(default=list)
    old_until = models.DateTimeField(null=True)
    rotated_at = models.DateTimeField(null=True)
    rotated_key = models.UUIDField(null=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=96)
    key = models.UUIDField(null=True, unique=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_by = models.CharField(max_length=96, default="")
    disabled_reason = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "outbox_endpoint"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        """Give number and address."""
        return f"{self.pk} {self.url}"


class Event(models.Model):
    """Something that happened, as it is told. Append-only.

    ``source`` names the one thing that it tells of, so that no thing becomes two events.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    type = models.CharField(max_length=40)
    source = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField()
    payload = models.TextField()
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "outbox_event"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        """Give number and type."""
        return f"{self.name} {self.type}"

    @property
    def name(self) -> str:
        """Give the number as receivers know it: the same at every attempt."""
        return f"evt_{self.pk}"


class Delivery(models.Model):
    """One event on its way to one endpoint.

    ``attempts`` counts those of the present round; a person's resend begins a new one,
    under ``resent_key``.
    """

    app_may_change: ClassVar = ("state", "attempts", "due_at", "finished_at", "resent_key")

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, models.PROTECT, db_column="event", db_index=False)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, db_column="endpoint", db_index=False)
    state = models.CharField(max_length=9, default="waiting")
    attempts = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    resent_key = models.UUIDField(null=True)

    class Meta:
        db_table = "outbox_delivery"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["endpoint", "id"], name="delivery_of_endpoint"),
            models.Index(
                fields=["endpoint", "due_at"],
                condition=Q(state="waiting"),
                name="delivery_waiting",
            ),
            models.Index(
                fields=["endpoint"], condition=Q(state="given_up"), name="delivery_given_up"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="delivery_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="delivery_state_known"),
        ]

    def __str__(self) -> str:
        """Give number and state."""
        return f"delivery {self.pk}, {self.state}"


class Attempt(models.Model):
    """One try to deliver: written before it is made, completed after it.

    One without an end was cut off with its worker, and is followed by another.
    """

    app_may_change: ClassVar = ("ended_at", "duration_ms", "status", "answer", "problem")

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(Delivery, models.PROTECT, db_column="delivery", db_index=False)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    duration_ms = models.BigIntegerField(null=True)
    status = models.BigIntegerField(null=True)
    answer = models.TextField(default="")
    problem = models.CharField(max_length=300, default="")

    class Meta:
        db_table = "outbox_attempt"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["delivery", "id"], name="attempt_of_delivery")]

    def __str__(self) -> str:
        """Give number and status."""
        return f"attempt {self.pk}, {self.status}"


class JournalCursor(models.Model):
    """How far the journal has been told: one row, locked by whoever tells on.

    ``through`` is the last entry that was looked at. ``seen`` and ``horizon`` remember up to which
    number entries had been begun at the last look, and which transactions were open then.
    """

    app_may_change: ClassVar = ("through", "seen", "horizon")

    id = models.BigIntegerField(primary_key=True)
    through = models.BigIntegerField()
    seen = models.BigIntegerField(default=0)
    horizon = models.BigIntegerField(default=0)

    class Meta:
        db_table = "outbox_journal_cursor"

    def __str__(self) -> str:
        """Give the place."""
        return f"through {self.through}"
