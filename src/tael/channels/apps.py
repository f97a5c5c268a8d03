"""The Django app of channels, currencies and rates."""

from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Carries the tables of this package, and the channels and currencies that a fresh installation has."""

    name = "tael.channels"
    label = "channels"
    default_auto_field = "django.db.models.BigAutoField"
