"""The tables of merchant accounts: their facts, their terms, their rules for withdrawing, and calendars.

Source: E-10; B-25, B-27, B-33, B-36; peers-settlement-invest A9, A15, A17, A22.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class MerchantAccountRow(models.Model):
    """The facts of a merchant account (商戶賬戶), which never change, and whether it is switched off.

    ``account`` is its ledger account and may go below zero; ``reserve`` holds what is kept back of its
    bills. The domain works with `tael.settlement.accounts.merchant_account.MerchantAccount`.

    Source: B-01, B-07, E-10; A22.
    """

    app_may_change: ClassVar = ("disabled_at",)

    number = models.BigIntegerField(primary_key=True)
    owner = models.BigIntegerField()
    currency = models.CharField(max_length=12)
    name = models.CharField(max_length=40)
    account = models.BigIntegerField(unique=True)
    reserve = models.BigIntegerField(unique=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=96)
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_account"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "currency", "name"], name="merchant_account_unique_by_name"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="merchant_account_named"),
            models.CheckConstraint(
                condition=Q(number__gt=0), name="merchant_account_number_positive"
            ),
        ]

    def __str__(self) -> str:
        """Give number and currency."""
        return f"{self.number} {self.currency}"


class Terms(models.Model):
    """What is agreed with a merchant about one account, from a moment on. Append-only; the newest is in force.

    Args:
        cycle: how long a period (賬期) is. anchor: on which day it begins: 1 (Monday) to 7 of a week,
            1 to 28 of a month.
        settle_after: how many days after its last day a period is billed (T+n); 1 is the day after.
        business_days: whether these days are business days of ``calendar``.
        review: whether a bill waits for a person; ``grace_hours``: after so long it is issued all the same.
        minimum_manual, minimum_automatic: a balance must be above it to be withdrawn (起提額).
        fee: what a withdrawal costs, as `tael.money.fee.Fee.parse` reads it; "0" is nothing.
        reserve_percent, reserve_days: which part of a positive bill is kept back, and for how long.
        collect_from: the wallet that a negative balance is taken from; ``collect_most``: at most so much a day.
        reversal_style: red: a reversal lessens the line of what it reverses; blue: it has a line of its own.

    Source: B-22, B-25, B-27, B-33, B-34; A5, A9, A10, A15, A16, A22.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        MerchantAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    cycle = models.CharField(max_length=5, default="month")
    anchor = models.SmallIntegerField(default=1)
    settle_after = models.SmallIntegerField(default=1)
    business_days = models.BooleanField(default=False)
    calendar = models.CharField(max_length=32, default="default")
    zone = models.CharField(max_length=64)
    review = models.BooleanField(default=False)
    grace_hours = models.IntegerField(null=True)
    minimum_manual = models.BigIntegerField(default=0)
    minimum_automatic = models.BigIntegerField(default=0)
    fee = models.CharField(max_length=64, default="0")
    reserve_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    reserve_days = models.IntegerField(default=0)
    collect_from = models.BigIntegerField(null=True)
    collect_most = models.BigIntegerField(null=True)
    reversal_style = models.CharField(max_length=4, default="red")
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=96)
    proposal = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "settlement_terms"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["account", "-id"], name="terms_in_force")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cycle="day", anchor=1)
                | Q(cycle="week", anchor__gte=1, anchor__lte=7)
                | Q(cycle="month", anchor__gte=1, anchor__lte=28),
                name="terms_cycle_known",
            ),
            models.CheckConstraint(
                condition=Q(settle_after__gte=1, settle_after__lte=90),
                name="terms_settle_after_the_period",
            ),
            models.CheckConstraint(
                condition=Q(minimum_manual__gte=0, minimum_automatic__gte=0),
                name="terms_minimum_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(reserve_percent=0, reserve_days=0)
                | Q(
                    reserve_percent__gt=0,
                    reserve_percent__lte=100,
                    reserve_days__gte=1,
                    reserve_days__lte=730,
                ),
                name="terms_reserve_for_some_days",
            ),
            models.CheckConstraint(
                condition=Q(grace_hours__isnull=True)
                | Q(review=True, grace_hours__gte=1, grace_hours__lte=8760),
                name="terms_grace_of_a_review",
            ),
            models.CheckConstraint(
                condition=Q(collect_most__isnull=True)
                | Q(collect_from__isnull=False, collect_most__gt=0),
                name="terms_collect_something",
            ),
            models.CheckConstraint(
                condition=Q(reversal_style__in=["red", "blue"]), name="terms_reversal_style_known"
            ),
        ]

    def __str__(self) -> str:
        """Give account and cycle."""
        return f"terms {self.pk} of {self.account_id}: {self.cycle}"


class PayoutRule(models.Model):
    """When money is withdrawn from a merchant account by itself (自動提現). Append-only; the newest is in force.

    Args:
        active: whether it is in use. schedule: how often it looks. day: on which day of the week or month.
        trigger: it acts on a balance above this and above the terms' minimum.
        keep_back: what stays in the account. cap: at most so much at once.
        payee: number of the payee account of the owner.

    Source: B-33, B-36; A17; A-B17.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        MerchantAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    active = models.BooleanField(default=True)
    schedule = models.CharField(max_length=5, default="month")
    day = models.SmallIntegerField(default=1)
    trigger = models.BigIntegerField(default=0)
    keep_back = models.BigIntegerField(default=0)
    cap = models.BigIntegerField(null=True)
    payee = models.BigIntegerField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=96)
    proposal = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "settlement_payout_rule"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["account", "-id"], name="payout_rule_in_force")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(schedule="day", day=1)
                | Q(schedule="week", day__gte=1, day__lte=7)
                | Q(schedule="month", day__gte=1, day__lte=28),
                name="payout_rule_schedule_known",
            ),
            models.CheckConstraint(
                condition=Q(trigger__gte=0, keep_back__gte=0),
                name="payout_rule_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(cap__isnull=True) | Q(cap__gt=0), name="payout_rule_cap_of_something"
            ),
        ]

    def __str__(self) -> str:
        """Give account and schedule."""
        return f"rule {self.pk} of {self.account_id}: {'on' if self.active else 'off'}"


class CalendarDay(models.Model):
    """A day that is an exception in a business calendar: a holiday, or a working weekend (調休).

    Without a row Monday to Friday are business days. Append-only; the newest row of a day is in force.

    Source: A9.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    calendar = models.CharField(max_length=32)
    day = models.DateField()
    business = models.BooleanField()
    name = models.CharField(max_length=100, default="")
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=96)

    class Meta:
        db_table = "settlement_calendar_day"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["calendar", "day", "-id"], name="calendar_day_in_force")
        ]

    def __str__(self) -> str:
        """Give day and what it is."""
        return f"{self.calendar} {self.day}: {'business' if self.business else 'holiday'}"
