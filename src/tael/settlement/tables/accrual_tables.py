"""The tables of business records (業務收支): kinds, sources, the records, and checks that none is missing.

Source: B-08 to B-16, E-12; peers-settlement-invest A1 to A6.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Abs, Now

from tael.settlement.lifecycles import ACCRUAL, CASE
from tael.settlement.tables.account_tables import MerchantAccountRow


class BusinessKind(models.Model):
    """A sort of business (業務): service, trade, advance money, phone calls.

    Args:
        names: what it is called on a bill, by language; "en" is there.
        unit: what its quantity counts, for example "min"; nothing where there is none.
        direction: in: a normal record is income of the merchant. out: it is his expense. either: both.

    Source: B-13, B-22; E-12.
    """

    app_may_change: ClassVar = ("names", "switched_off_at")

    code = models.CharField(max_length=32, primary_key=True)
    names = models.JSONField()
    unit = models.CharField(max_length=20, default="")
    direction = models.CharField(max_length=6, default="either")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=96)
    switched_off_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_kind"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(direction__in=["in", "out", "either"]), name="kind_direction_known"
            ),
        ]

    def __str__(self) -> str:
        """Give the code."""
        return self.code


class Source(models.Model):
    """A business system that records come from, and how its acts can be listed for the periodic check.

    Args:
        adapter: file: somebody brings a list. http: it is asked at ``address`` by a signed request.
        zone: time zone in which its days are meant.
        first_day: from when on it is checked.
        secret: signs the requests; shown to whoever asked for it under ``secret_key``, and to nobody else.

    Source: B-14; A6.
    """

    app_may_change: ClassVar = (
        "name",
        "adapter",
        "address",
        "secret",
        "secret_key",
        "zone",
        "first_day",
        "switched_off_at",
    )

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=100)
    adapter = models.CharField(max_length=4, default="file")
    address = models.CharField(max_length=500, default="")
    secret = models.CharField(max_length=500, default="")
    secret_key = models.UUIDField(null=True)
    zone = models.CharField(max_length=64)
    first_day = models.DateField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=96)
    switched_off_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_source"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(adapter="file") | Q(adapter="http") & ~Q(address=""),
                name="source_adapter_known",
            ),
        ]

    def __str__(self) -> str:
        """Give the code."""
        return self.code


class Accrual(models.Model):
    """A business record: what one act of business means in money for a merchant.

    Only its state, its bill and how much of it has been reversed ever change. It moves no money: the
    bill does.

    Args:
        number: the business number; once per source and kind.
        type: normal, or reversal (沖正) of the normal record ``reverses``, whose number is
            ``reversed_number``.
        state: a reversal is born confirmed.
        amount: signed minor units, not 0. gross: the value of which the amount is a share, if any.
        quantity: in the kind's unit. day: the day by which it is billed. occurred_on: when it happened.
        bill: the bill that took it (賬單號); empty is unsettled (B-16).
        origin: at_once, import or check: how it came to be.
        reversed: how much of a normal record reversals have taken back, >= 0; ``reversed_quantity`` likewise.
        facts: rate, rule and inputs, frozen with it; kept, never evaluated.

    Source: B-08 to B-16; E-12; SM-04; A1 to A6; A-B12, A-B13.
    """

    app_may_change: ClassVar = (
        "state",
        "bill",
        "reversed",
        "reversed_quantity",
        "decided_at",
        "decided_by",
    )

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        MerchantAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    source = models.ForeignKey(
        Source, models.PROTECT, db_column="source", db_index=False, related_name="+"
    )
    kind = models.ForeignKey(
        BusinessKind, models.PROTECT, db_column="kind", db_index=False, related_name="+"
    )
    number = models.CharField(max_length=64)
    type = models.CharField(max_length=8, default="normal")
    reverses = models.ForeignKey(
        "self", models.PROTECT, db_column="reverses", null=True, db_index=False, related_name="+"
    )
    reversed_number = models.CharField(max_length=64, null=True)
    state = models.CharField(max_length=9)
    amount = models.BigIntegerField()
    gross = models.BigIntegerField(null=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    day = models.DateField()
    occurred_on = models.DateField()
    bill = models.BigIntegerField(null=True)
    origin = models.CharField(max_length=7, default="at_once")
    reversed = models.BigIntegerField(default=0)
    reversed_quantity = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    facts = models.JSONField(null=True)
    note = models.CharField(max_length=200, default="")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=96)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=96, null=True)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "settlement_accrual"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["account", "day"],
                condition=Q(bill__isnull=True, state="confirmed"),
                name="accrual_unsettled",
            ),
            models.Index(fields=["account", "id"], name="accrual_of_account"),
            models.Index(
                fields=["bill", "kind", "id"],
                condition=Q(bill__isnull=False),
                name="accrual_of_bill",
            ),
            models.Index(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="accrual_reversals"
            ),
            models.Index(fields=["id"], condition=Q(state="pending"), name="accrual_pending"),
            models.Index(fields=["source", "day"], name="accrual_of_source"),
            models.Index(fields=["source", "occurred_on"], name="accrual_happened"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "kind", "number"], name="accrual_number_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="accrual_of_something"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ACCRUAL.states]),
                name="accrual_state_known",
            ),
            models.CheckConstraint(
                condition=Q(type="normal", reverses__isnull=True, reversed_number__isnull=True)
                | Q(
                    type="reversal",
                    reverses__isnull=False,
                    reversed_number__isnull=False,
                    state="confirmed",
                    reversed=0,
                ),
                name="accrual_reversal_of_a_normal_one",
            ),
            models.CheckConstraint(
                condition=Q(bill__isnull=True) | Q(state="confirmed"),
                name="accrual_billed_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(reversed=0)
                | Q(state="confirmed", reversed__gt=0) & Q(reversed__lte=Abs(F("amount"))),
                name="accrual_reversed_at_most_whole",
            ),
            models.CheckConstraint(
                condition=Q(reversed_quantity=0)
                | Q(reversed_quantity__gt=0) & Q(reversed_quantity__lte=F("quantity")),
                name="accrual_quantity_reversed_at_most_whole",
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gte=0),
                name="accrual_quantity_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["at_once", "import", "check"]),
                name="accrual_origin_known",
            ),
        ]

    def __str__(self) -> str:
        """Give number and state."""
        return f"{self.source_id} {self.kind_id} {self.number}, {self.state}"


class CompletenessDay(models.Model):
    """How complete the records of a source are for one of its days: "complete: n of m". Rewritten by each check.

    Args:
        acts: how many business acts the source lists. recorded: how many of them have a record that agrees.
        added: how many records checks have added so far. cases: how many differences are open.

    Source: B-14; A6.
    """

    app_may_change: ClassVar = ("acts", "recorded", "added", "cases", "checked_at", "checked_by")

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(
        Source, models.PROTECT, db_column="source", db_index=False, related_name="+"
    )
    day = models.DateField()
    acts = models.IntegerField()
    recorded = models.IntegerField()
    added = models.IntegerField()
    cases = models.IntegerField()
    checked_at = models.DateTimeField()
    checked_by = models.CharField(max_length=96)

    class Meta:
        db_table = "settlement_completeness_day"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "day"], name="completeness_once_a_day"),
            models.CheckConstraint(
                condition=Q(recorded__lte=F("acts")), name="completeness_not_above_all"
            ),
        ]

    def __str__(self) -> str:
        """Give day and figures."""
        return f"{self.source_id} {self.day}: {self.recorded} of {self.acts}"


class CompletenessCase(models.Model):
    """A difference that a check found and does not decide: a person looks at it.

    Args:
        what: differing: both have it, with other content. orphan: only Tael has it. refused: the source's act
            cannot be recorded, for ``reason``.
        theirs, ours: the facts of either side.

    Source: B-14; A6.
    """

    app_may_change: ClassVar = ("state", "closed_at", "closed_by", "note")

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(
        Source, models.PROTECT, db_column="source", db_index=False, related_name="+"
    )
    day = models.DateField()
    kind = models.CharField(max_length=64)
    number = models.CharField(max_length=200)
    what = models.CharField(max_length=9)
    reason = models.CharField(max_length=500, default="")
    theirs = models.JSONField(null=True)
    ours = models.JSONField(null=True)
    state = models.CharField(max_length=6, default="open")
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=96, null=True)
    note = models.CharField(max_length=500, default="")

    class Meta:
        db_table = "settlement_completeness_case"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state="open"), name="completeness_case_open"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "kind", "number", "what"],
                condition=Q(state="open"),
                name="completeness_case_once",
            ),
            models.CheckConstraint(
                condition=Q(what__in=["differing", "orphan", "refused"]),
                name="completeness_case_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CASE.states]),
                name="completeness_case_state_known",
            ),
        ]

    def __str__(self) -> str:
        """Give what and which."""
        return f"{self.what} {self.source_id} {self.kind} {self.number}"
