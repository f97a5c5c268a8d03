"""The tables of wallets, holds and quotes: columns and what the database itself refuses.

Rows are written by the functions beside this file only. Amounts are whole minor units. Cards and
recharge orders stand in `card_tables` and `recharge_tables`.

Source: E-02; peers-ledger, section 3 (holds); I13, I15, I36.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from tael.wallet.card_tables import Card, CardBatch
from tael.wallet.flow_day_tables import FlowDay, FlowDayCursor
from tael.wallet.recharge_tables import GatewayNotice, GatewayPayment, RechargeOrder
from tael.wallet.soft_close_tables import SoftClosing
from tael.wallet.subtotal_tables import Subtotal, SubtotalCursor
from tael.wallet.suspense_tables import SuspenseProposal, WaitingRefund

__all__ = [
    "Card",
    "CardBatch",
    "ExchangeQuote",
    "FlowDay",
    "FlowDayCursor",
    "GatewayNotice",
    "GatewayPayment",
    "Hold",
    "HoldMove",
    "RechargeOrder",
    "SoftClosing",
    "Subtotal",
    "SubtotalCursor",
    "SuspenseProposal",
    "WaitingRefund",
    "WalletRow",
]


class WalletRow(models.Model):
    """The facts of a wallet (資金賬戶) and whether it is switched off.

    The domain works with `tael.wallet.wallet.Wallet`, which holds the facts without the switch.

    Source: E-02; I36.
    """

    app_may_change: ClassVar = ("disabled_at",)

    number = models.BigIntegerField(primary_key=True)
    owner = models.BigIntegerField()
    currency = models.CharField(max_length=12)
    name = models.CharField(max_length=40)
    free = models.BigIntegerField(unique=True)
    locked = models.BigIntegerField(unique=True)
    frozen = models.BigIntegerField(unique=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=96)
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wallet_wallet"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "currency", "name"], name="wallet_unique_by_name"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="wallet_named"),
            models.CheckConstraint(condition=Q(number__gt=0), name="wallet_number_positive"),
        ]

    def __str__(self) -> str:
        """Give number and currency."""
        return f"{self.number} {self.currency}"


class Hold(models.Model):
    """Money set aside in one wallet (凍結) until it is captured, released or expires.

    What is left is amount - captured - released. A hold with a purpose belongs to a business record
    (a withdrawal application) and is drawn on through that only. The state is computed by the database from these
    and from whether the rest was released by expiry; nobody sets it.

    Source: F-30, F-31; peers-ledger, section 3; I13.
    """

    app_may_change: ClassVar = ("captured", "released", "expired")

    id = models.BigAutoField(primary_key=True)
    wallet = models.ForeignKey(WalletRow, models.PROTECT, db_column="wallet", db_index=False)
    currency = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    captured = models.BigIntegerField(default=0)
    released = models.BigIntegerField(default=0)
    expired = models.BooleanField(default=False)
    purpose = models.CharField(max_length=20, default="")
    reason = models.CharField(max_length=1000, default="")
    expires_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=96)
    entry = models.BigIntegerField(unique=True)
    state = models.GeneratedField(
        expression=Case(
            When(captured__lt=F("amount") - F("released"), then=Value("open")),
            When(expired=True, then=Value("expired")),
            When(captured=0, then=Value("released")),
            default=Value("captured"),
        ),
        output_field=models.CharField(max_length=8),
        db_persist=True,
    )

    class Meta:
        db_table = "wallet_hold"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["wallet", "id"], name="hold_of_wallet"),
            models.Index(
                fields=["wallet", "id"],
                condition=Q(captured__lt=F("amount") - F("released")),
                name="hold_open_of_wallet",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(captured__lt=F("amount") - F("released"), expires_at__isnull=False),
                name="hold_open_by_expiry",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_sets_something_aside"),
            models.CheckConstraint(
                condition=Q(captured__gte=0, released__gte=0), name="hold_parts_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(captured__lte=F("amount") - F("released")), name="hold_within_amount"
            ),
            models.CheckConstraint(
                condition=Q(expired=False)
                | Q(expires_at__isnull=False, captured=F("amount") - F("released")),
                name="hold_expired_is_closed",
            ),
        ]

    def __str__(self) -> str:
        """Give number and wallet."""
        return f"hold {self.pk} of wallet {self.wallet_id}"

    @property
    def rest(self) -> int:
        """Give what is still set aside, in minor units."""
        return self.amount - self.captured - self.released


class HoldMove(models.Model):
    """One change of a hold, tied to the ledger entry that moved the money. Append-only.

    Source: F-22, F-30, F-31; I13.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    hold = models.ForeignKey(Hold, models.PROTECT, db_column="hold", db_index=False)
    event = models.CharField(max_length=8)
    amount = models.BigIntegerField()
    entry = models.BigIntegerField()
    at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "wallet_hold_move"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["entry"], name="hold_move_of_entry")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hold", "entry"], name="hold_move_once_per_entry"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_move_moves_something"),
            models.CheckConstraint(
                condition=Q(event__in=["capture", "release", "expire"]),
                name="hold_move_event_known",
            ),
        ]

    def __str__(self) -> str:
        """Give the change in one line."""
        return f"{self.event} {self.amount} of hold {self.hold_id}"


class ExchangeQuote(models.Model):
    """Figures promised for one exchange until a moment; used at most once.

    Source: F-37, A-F20; I15.
    """

    app_may_change: ClassVar = ("entry",)

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    source = models.ForeignKey(WalletRow, models.PROTECT, db_column="source", related_name="+")
    target = models.ForeignKey(WalletRow, models.PROTECT, db_column="target", related_name="+")
    amount_out = models.BigIntegerField()
    amount_in = models.BigIntegerField()
    rate = models.BigIntegerField(null=True)
    rate_text = models.CharField(max_length=40)
    remainder = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=96)
    expires_at = models.DateTimeField()
    entry = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "wallet_exchange_quote"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_out__gt=0, amount_in__gt=0), name="quote_exchanges_something"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="quote_lives_a_while"
            ),
        ]

    def __str__(self) -> str:
        """Give number and figures."""
        return f"quote {self.pk}: {self.amount_out} for {self.amount_in}"
