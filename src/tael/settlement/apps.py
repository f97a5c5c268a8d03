"""The Django app of the settlement with merchants."""

from __future__ import annotations

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """Carries the tables of merchant accounts, business records, bills, remittances and payouts."""

    name = "tael.settlement"
    label = "settlement"
    default_auto_field = "django.db.models.BigAutoField"
