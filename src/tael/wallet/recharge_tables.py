"""The tables of interface recharge (接口充值): orders, what the gateways said, what they paid.

Source: F-25, SM-01, A-F10; reliability, section 3a (callback verdicts); I22, I23.
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from tael.wallet.lifecycles import ORDER

MOVEMENTS = ("paid", "refunded")
SUSPENSE_TYPES = (
    "unknown_order",
    "other_currency",
    "wallet_unable",
    "bank_line",
    "wrong_amount",
    "other",
)
"""The first four say what put the money aside; people change the type when they know better."""


class RechargeOrder(models.Model):
    """What a customer set out to pay in; its number is the seed's `logid`.

    Source: F-25, SM-01.
    """

    app_may_change: ClassVar = ("state", "credited", "gateway_number", "changed_at", "ask_at")

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    wallet = models.BigIntegerField()
    owner = models.BigIntegerField()
    currency = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    credited = models.BigIntegerField(default=0)
    channel = models.CharField(max_length=32)
    spend_only = models.BooleanField(default=False)
    info = models.CharField(max_length=1000, default="")
    sno = models.CharField(max_length=64, null=True, unique=True)
    pno = models.CharField(max_length=64, null=True)
    code = models.CharField(max_length=64, default="")
    gateway_number = models.CharField(max_length=64, null=True)
    state = models.CharField(max_length=8, default="created")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=96)
    expires_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True)  # when the silent gateway is asked again

    class Meta:
        db_table = "wallet_recharge_order"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "id"], name="recharge_order_of_owner"),
            models.Index(fields=["pno"], name="recharge_order_by_pno"),
            models.Index(fields=["gateway_number"], name="recharge_order_by_gateway"),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=["created", "partial"], expires_at__isnull=False),
                name="recharge_order_open_by_expiry",
            ),
            models.Index(
                fields=["created_at"],
                condition=~Q(state="success"),
                name="recharge_order_silent",
            ),
            models.Index(
                fields=["ask_at"],
                condition=Q(state="success", ask_at__isnull=False),
                name="recharge_order_asked_again",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="recharge_order_for_something"),
            models.CheckConstraint(condition=Q(credited__gte=0), name="recharge_order_credited"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ORDER.states]),
                name="recharge_order_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="created") | Q(credited=0),
                name="recharge_order_created_is_unpaid",
            ),
            models.CheckConstraint(
                condition=~Q(state="success") | Q(credited__gte=F("amount")),
                name="recharge_order_success_is_paid",
            ),
        ]

    def __str__(self) -> str:
        """Give number and state."""
        return f"recharge order {self.pk}, {self.state}"


LOOK_INTO: Final = ("confirmed_before", "refund_unmatched", "refunded_into_debt", "unbookable")
"""Verdicts on notices that a person has to look into, and that no other list holds."""


class GatewayNotice(models.Model):
    """One message of a gateway, kept as it came before anybody read it.

    Only the first message of an event carries the event's number, so that the database itself lets
    no event act twice.

    Source: reliability, section 3a and T8; I23.
    """

    app_may_change: ClassVar = ("event", "verdict", "detail", "order")

    id = models.BigAutoField(primary_key=True)
    gateway = models.CharField(max_length=32)
    received_at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now())
    headers = models.JSONField(default=dict)
    raw = models.BinaryField()
    size = models.BigIntegerField()
    event = models.CharField(max_length=128, null=True)
    verdict = models.CharField(max_length=24, default="received")
    detail = models.CharField(max_length=400, default="")
    order = models.BigIntegerField(null=True)

    class Meta:
        db_table = "wallet_gateway_notice"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["received_at"], name="gateway_notice_by_time"),
            models.Index(
                fields=["order", "id"],
                condition=Q(order__isnull=False),
                name="gateway_notice_of_order",
            ),
            models.Index(
                fields=["id"],
                condition=Q(verdict__in=LOOK_INTO),
                name="gateway_notice_to_look_into",
            ),
            models.Index(
                fields=["id"], condition=Q(verdict="refused"), name="gateway_notice_refused"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "event"], name="gateway_event_acts_once"),
        ]

    def __str__(self) -> str:
        """Give number and verdict."""
        return f"notice {self.pk} of {self.gateway}: {self.verdict}"


class GatewayPayment(models.Model):
    """Money that a gateway took in for us or gave back; unique by the gateway's own number.

    ``credited`` counts towards the order. What has no ``wallet`` is in suspense, as far as it was not
    given back; ``wallet`` and ``credited`` are set when people place it.

    Args:
        suspense_type: why it went into suspense, of ``SUSPENSE_TYPES``; None for what never was there.
        suspense_owner: which of the staff looks after it, as an actor; None while nobody does.

    Source: reliability, section 3a; I22, I23; peers-settlement-invest A23.
    """

    app_may_change: ClassVar = (
        "refunded",
        "wallet",
        "credited",
        "entries",
        "suspense_type",
        "suspense_owner",
    )

    id = models.BigAutoField(primary_key=True)
    gateway = models.CharField(max_length=32)
    movement = models.CharField(max_length=8)
    number = models.CharField(max_length=128)
    notice = models.BigIntegerField(null=True)
    order = models.BigIntegerField(null=True)
    of_payment = models.BigIntegerField(null=True)
    wallet = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    credited = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    entries = models.JSONField(default=list)
    verdict = models.CharField(max_length=24)
    at = models.DateTimeField()
    suspense_type = models.CharField(max_length=16, null=True)
    suspense_owner = models.CharField(max_length=96, null=True)

    class Meta:
        db_table = "wallet_gateway_payment"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["number"], name="gateway_payment_by_number"),
            models.Index(fields=["order"], name="gateway_payment_of_order"),
            models.Index(
                fields=["id"],
                condition=Q(movement="paid", wallet__isnull=True, refunded__lt=F("amount")),
                name="gateway_payment_in_suspense",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gateway", "movement", "number"], name="gateway_payment_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="gateway_payment_of_something"),
            models.CheckConstraint(
                condition=Q(movement__in=MOVEMENTS), name="gateway_payment_movement_known"
            ),
            models.CheckConstraint(
                condition=Q(credited__gte=0, credited__lte=F("amount")),
                name="gateway_payment_credited_within",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")),
                name="gateway_payment_refunded_within",
            ),
            models.CheckConstraint(
                condition=Q(verdict__startswith="suspense_", suspense_type__in=SUSPENSE_TYPES)
                | ~Q(verdict__startswith="suspense_")
                & Q(suspense_type__isnull=True, suspense_owner__isnull=True),
                name="gateway_payment_suspense_typed",
            ),
        ]

    def __str__(self) -> str:
        """Give the gateway's number."""
        return f"{self.gateway} {self.movement} {self.number}"
