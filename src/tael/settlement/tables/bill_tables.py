"""The tables of bills (賬單), of the runs that make them, and of what is kept back of them.

Source: B-17 to B-27, E-13; peers-settlement-invest A8 to A13, A22; I17, I18.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tael.settlement.lifecycles import BILL
from tael.settlement.tables.account_tables import MerchantAccountRow


class BillRun(models.Model):
    """One making of all bills that are due on a business day. Started again, it takes up what is left.

    Source: B-20, B-26; A8; architecture, section 4.
    """

    app_may_change: ClassVar = ("state", "finished_at")

    id = models.BigAutoField(primary_key=True)
    day = models.DateField(unique=True)
    state = models.CharField(max_length=8, default="running")
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=96)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_bill_run"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="running", finished_at__isnull=True)
                | Q(state="finished", finished_at__isnull=False),
                name="bill_run_finished_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        """Give day and state."""
        return f"bill run of {self.day}, {self.state}"


class BillRunItem(models.Model):
    """One account's period within a run: lock, progress and proof at once. A period is billed by one item.

    Args:
        state: waiting; done, with a bill or without one where nothing was there; parked, for ``reason``.

    Source: B-20, B-26; A8; architecture, section 4.
    """

    app_may_change: ClassVar = ("state", "bill", "reason", "attempts", "done_at")

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(
        BillRun, models.PROTECT, db_column="run", db_index=False, related_name="+"
    )
    account = models.ForeignKey(
        MerchantAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=7, default="waiting")
    bill = models.BigIntegerField(null=True, unique=True)
    reason = models.CharField(max_length=500, default="")
    attempts = models.IntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_bill_run_item"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=~Q(state="done"), name="bill_run_item_left"),
            models.Index(fields=["run", "state"], name="bill_run_item_counted"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "last_day"], name="bill_run_item_once_a_period"
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="bill_run_item_period_forward"
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False, reason="")
                | Q(state="waiting", done_at__isnull=True, bill__isnull=True)
                | Q(state="parked", done_at__isnull=True, bill__isnull=True) & ~Q(reason=""),
                name="bill_run_item_state_known",
            ),
        ]

    def __str__(self) -> str:
        """Give account, period and state."""
        return f"{self.account_id} {self.last_day}, {self.state}"


class Bill(models.Model):
    """A bill: what several business records come to. It has no opening and no closing figures.

    Args:
        number: the bill number (賬單號); never used again, also of a void bill.
        total: signed minor units; 0 has lines and moves nothing. records: how many it took.
        balance_then: the account's amount when it was issued, as a help to the reader (B-19).
        entry: the ledger entry of its issue. void_entry: that which took it back.
        replaces: the void bill whose successor it is.

    Source: B-17 to B-26, E-13; A10, A11; A-B15.
    """

    app_may_change: ClassVar = (
        "state",
        "total",
        "records",
        "balance_then",
        "reviewed_at",
        "reviewed_by",
        "issued_at",
        "issued_by",
        "entry",
        "voided_at",
        "voided_by",
        "void_reason",
        "void_entry",
    )

    number = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(
        MerchantAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=8, default="draft")
    total = models.BigIntegerField()
    records = models.IntegerField()
    balance_then = models.BigIntegerField(null=True)
    terms = models.BigIntegerField()
    replaces = models.OneToOneField(
        "self", models.PROTECT, db_column="replaces", null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=96)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=96, null=True)
    issued_at = models.DateTimeField(null=True)
    issued_by = models.CharField(max_length=96, null=True)
    entry = models.BigIntegerField(null=True, unique=True)
    voided_at = models.DateTimeField(null=True)
    voided_by = models.CharField(max_length=96, null=True)
    void_reason = models.CharField(max_length=500, default="")
    void_entry = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "settlement_bill"
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [
            models.Index(fields=["account", "number"], name="bill_of_account"),
            models.Index(
                fields=["number"],
                condition=Q(state__in=["draft", "reviewed"]),
                name="bill_to_be_issued",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "last_day"],
                condition=~Q(state="void"),
                name="bill_once_a_period",
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="bill_period_forward"
            ),
            models.CheckConstraint(condition=Q(records__gt=0), name="bill_of_records"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in BILL.states]),
                name="bill_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="reviewed")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="bill_reviewed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["draft", "reviewed"])
                | Q(entry__isnull=True, issued_at__isnull=True, issued_by__isnull=True),
                name="bill_posted_when_issued",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued")
                | Q(issued_at__isnull=False, issued_by__isnull=False)
                & (Q(total=0, entry__isnull=True) | Q(entry__isnull=False)),
                name="bill_issued_with_its_entry",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(state="void")
                    & Q(voided_at__isnull=True, voided_by__isnull=True, void_entry__isnull=True)
                )
                | Q(state="void", voided_at__isnull=False, voided_by__isnull=False)
                & ~Q(void_reason="")
                & (
                    Q(entry__isnull=True, void_entry__isnull=True)
                    | Q(entry__isnull=False, void_entry__isnull=False)
                ),
                name="bill_void_with_its_entry",
            ),
        ]

    def __str__(self) -> str:
        """Give number and state."""
        return f"bill {self.pk}, {self.state}"


class BillLine(models.Model):
    """A line of a bill (明細): name, quantity with its unit, amount. A draft's lines are made anew.

    Args:
        style: net, or reversal where these have lines of their own.
        income, expense: what is above and below zero of its records; they add up to ``amount``.
        quantity: what its records' quantities come to, reversals taken off; None where there is no unit.

    Source: B-18, B-22, E-13; A5, A12.
    """

    app_may_change: ClassVar = (
        "quantity",
        "amount",
        "income",
        "expense",
        "records",
    )

    id = models.BigAutoField(primary_key=True)
    bill = models.ForeignKey(
        Bill, models.PROTECT, db_column="bill", db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=32)
    style = models.CharField(max_length=8, default="net")
    quantity = models.DecimalField(max_digits=26, decimal_places=6, null=True)
    amount = models.BigIntegerField()
    income = models.BigIntegerField()
    expense = models.BigIntegerField()
    records = models.IntegerField()

    class Meta:
        db_table = "settlement_bill_line"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bill", "kind", "style"], name="bill_line_once"),
            models.CheckConstraint(
                condition=Q(amount=F("income") + F("expense"), income__gte=0, expense__lte=0),
                name="bill_line_adds_up",
            ),
            models.CheckConstraint(condition=Q(records__gte=0), name="bill_line_of_records"),
            models.CheckConstraint(
                condition=Q(style__in=["net", "reversal"]), name="bill_line_style_known"
            ),
        ]

    def __str__(self) -> str:
        """Give kind and amount."""
        return f"{self.kind} {self.amount} on bill {self.bill_id}"


class Reserve(models.Model):
    """What is kept back of one bill (保證金) until a day.

    Source: A22.
    """

    app_may_change: ClassVar = ("released_at", "release_entry")

    id = models.BigAutoField(primary_key=True)
    bill = models.OneToOneField(Bill, models.PROTECT, db_column="bill", related_name="+")
    account = models.ForeignKey(
        MerchantAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    amount = models.BigIntegerField()
    release_on = models.DateField()
    entry = models.BigIntegerField(unique=True)
    released_at = models.DateTimeField(null=True)
    release_entry = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "settlement_reserve"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["account", "release_on"], name="reserve_of_account"),
            models.Index(
                fields=["release_on"],
                condition=Q(release_entry__isnull=True),
                name="reserve_kept",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="reserve_of_something"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, release_entry__isnull=True)
                | Q(released_at__isnull=False, release_entry__isnull=False),
                name="reserve_released_with_its_entry",
            ),
        ]

    def __str__(self) -> str:
        """Give amount and day."""
        return f"{self.amount} of bill {self.bill_id} until {self.release_on}"
