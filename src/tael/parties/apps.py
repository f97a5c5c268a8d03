"""The Django app of customers, payee accounts, API keys and the audit trail."""

from __future__ import annotations

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Carries the tables of this package."""

    name = "tael.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"
