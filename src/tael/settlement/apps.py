"""The Django app of the settlement with merchants."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from django.apps import AppConfig

# Where acts that take two people are defined: whoever approves one has not asked for it in this process.
OF_TWO_PEOPLE: Final = (
    "remittances.adjustment",
    "payouts.batch_export",
    "payouts.payout_rule",
    "payouts.row_answer",
    "accounts.terms",
)


class SettlementConfig(AppConfig):
    """Carries the tables of merchant accounts and of all that is settled on them."""

    name = "tael.settlement"
    label = "settlement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the acts known that can be proposed."""
        for module in OF_TWO_PEOPLE:
            import_module(f"{self.name}.{module}")
