"""The Django app with the tables of the outbox."""

from __future__ import annotations

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Carries the migrations of endpoints, events, deliveries and attempts."""

    name = "tael.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
