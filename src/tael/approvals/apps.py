"""The Django app of approvals."""

from __future__ import annotations

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Carries the tables of proposals and of the amounts above which they are needed."""

    name = "tael.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"
