"""The Django app of the wallets."""

from __future__ import annotations

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """Carries the tables of wallets, holds, quotes, cards and recharge orders."""

    name = "tael.wallet"
    label = "wallet"
    default_auto_field = "django.db.models.BigAutoField"
