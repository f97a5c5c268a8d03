"""The Django app of the payouts."""

from __future__ import annotations

from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    """Carries the table of withdrawal applications."""

    name = "tael.payouts"
    label = "payouts"
    default_auto_field = "django.db.models.BigAutoField"
