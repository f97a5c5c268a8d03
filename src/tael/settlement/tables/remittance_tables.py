"""The tables of what the two sides pay each other: remittances, collections from wallets, adjustments.

Source: B-24, B-25, B-30 to B-32, E-14; SM-05; peers-settlement-invest A14, A15, A36.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tael.settlement.lifecycles import REMITTANCE
from tael.settlement.tables.account_tables import MerchantAccountRow


class Remittance(models.Model):
    """A payer's statement that he has paid (打款記錄), for the other side to confirm or dispute.

    Args:
        payer: merchant or platform. flow_number: the bank's number of the payment (付款流水號).
        channel: over which the money went. entry: the ledger entry of the confirmation.

    Source: B-24, B-30 to B-32, E-14; SM-05; A14; A-B8, A-B9, A-B20.
    """

    app_may_change: ClassVar = (
        "state",
        "decided_at",
        "decided_by",
        "decision_key",
        "reason",
        "entry",
    )

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        MerchantAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    payer = models.CharField(max_length=8)
    amount = models.BigIntegerField()
    channel = models.CharField(max_length=32)
    flow_number = models.CharField(max_length=64)
    paid_on = models.DateField()
    note = models.CharField(max_length=500, default="")
    state = models.CharField(max_length=9, default="declared")
    key = models.UUIDField(unique=True)
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=96)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=96, null=True)
    decision_key = models.UUIDField(null=True, unique=True)
    reason = models.CharField(max_length=500, default="")
    entry = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "settlement_remittance"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["account", "id"], name="remittance_of_account"),
            models.Index(fields=["flow_number"], name="remittance_by_flow_number"),
            models.Index(
                fields=["id"], condition=Q(state="declared"), name="remittance_to_be_confirmed"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "payer", "flow_number"],
                condition=Q(state__in=["declared", "confirmed"]),
                name="remittance_flow_number_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="remittance_of_something"),
            models.CheckConstraint(
                condition=Q(payer__in=["merchant", "platform"]), name="remittance_payer_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in REMITTANCE.states]),
                name="remittance_state_known",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="declared", decided_at__isnull=True, decided_by__isnull=True)
                    | ~Q(state="declared") & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="remittance_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", entry__isnull=False)
                | ~Q(state="confirmed") & Q(entry__isnull=True),
                name="remittance_confirmed_with_its_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "disputed"]) | ~Q(decided_by=F("declared_by")),
                name="remittance_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="disputed") | ~Q(reason=""),
                name="remittance_disputed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        """Give number and state."""
        return f"remittance {self.pk}, {self.state}"


class Collection(models.Model):
    """A negative balance that was taken from a prepaid wallet (自動扣款). Append-only.

    Source: B-25; A15.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        MerchantAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    wallet = models.BigIntegerField()
    amount = models.BigIntegerField()
    day = models.DateField()
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "settlement_collection"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["account", "day"], name="collection_of_account")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="collection_of_something"),
        ]

    def __str__(self) -> str:
        """Give amount and wallet."""
        return f"{self.amount} from wallet {self.wallet} to {self.account_id}"


class Adjustment(models.Model):
    """A correction of a merchant account that no bill and no payment explains, with its reason. Append-only.

    ``proposal`` is what two people agreed on; None where the amount was within what one may do.

    Source: A36; peers-settlement-invest H14; I32.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        MerchantAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=96)
    approved_by = models.CharField(max_length=96, null=True)
    proposal = models.BigIntegerField(null=True, unique=True)
    entry = models.BigIntegerField(unique=True)

    class Meta:
        db_table = "settlement_adjustment"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["account", "id"], name="adjustment_of_account")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="adjustment_of_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="adjustment_with_reason"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, proposal__isnull=True)
                | Q(approved_by__isnull=False, proposal__isnull=False)
                & ~Q(approved_by=F("made_by")),
                name="adjustment_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        """Give amount and account."""
        return f"{self.amount} on {self.account_id}"
