"""The tables of the house's own bank accounts: how banks write their files, the files, and the lines in them.

A line is evidence. It never moves money; what a person does because of it names it.

Source: peers-settlement-invest A23, A26, A27; reliability T15.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class BankMap(models.Model):
    """How a bank writes its sheets: which heading holds what, and in which form.

    Args:
        columns: the bank's heading for each field that the file has.
        day: how days are written. mark: the decimal mark. encoding: of a csv.

    Source: A26.
    """

    app_may_change: ClassVar = ("name", "columns", "day", "mark", "encoding", "set_at", "set_by")

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=100)
    columns = models.JSONField()
    day = models.CharField(max_length=10)
    mark = models.CharField(max_length=1)
    encoding = models.CharField(max_length=12)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=96)

    class Meta:
        db_table = "settlement_bank_map"
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        """Give code and name."""
        return f"{self.code}, {self.name}"


class BankAccountRow(models.Model):
    """An account that the house has at a bank: behind one channel, in one currency.

    Args:
        number: IBAN or account number, without blanks, as the bank's messages write it.
        map: how the bank writes its sheets; None where only its messages (camt.053) are brought.

    Source: A26.
    """

    app_may_change: ClassVar = ("name", "map", "closed_at")

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    channel = models.CharField(max_length=32)
    currency = models.CharField(max_length=12)
    number = models.CharField(max_length=40)
    map = models.ForeignKey(
        BankMap, models.PROTECT, null=True, db_column="map", db_index=False, related_name="+"
    )
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=96)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_bank_account"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "currency"], name="bank_account_once"),
        ]

    def __str__(self) -> str:
        """Give code and number."""
        return f"{self.code}, {self.number}"


class BankStatement(models.Model):
    """A file of a bank that somebody brought, with what became of its lines. Append-only.

    Args:
        key: the caller's idempotency key; with ``brought_by`` it names one file for ever.
        digest: SHA-256 of the file, as hex. size: lines in it; size = added + known + refused.
        added: lines that were new. known: lines that another file, or this one, had told already.
        balances: for each statement in the file that says them: name, opening, closing, moved.
        breaks: in how many of them opening and lines do not come to closing.

    Source: A26, A27; T15.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        BankAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    form = models.CharField(max_length=16)
    size = models.IntegerField()
    added = models.IntegerField()
    known = models.IntegerField()
    refused = models.IntegerField()
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    balances = models.JSONField(default=list)
    breaks = models.IntegerField(default=0)
    brought_at = models.DateTimeField()
    brought_by = models.CharField(max_length=96)

    class Meta:
        db_table = "settlement_bank_statement"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["account", "id"], name="bank_statement_of_account")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brought_by", "key"], name="bank_statement_once_for_a_key"
            ),
            models.CheckConstraint(
                condition=Q(size=models.F("added") + models.F("known") + models.F("refused")),
                name="bank_statement_adds_up",
            ),
        ]

    def __str__(self) -> str:
        """Give name and figures."""
        return f"{self.name}: {self.added} new, {self.known} known, {self.refused} refused"


class BankRow(models.Model):
    """A row of a bank's file that was not taken, with the reason. Append-only.

    Args:
        row: as the spreadsheet shows it; of a message, the entry's place. said: what stood there.

    Source: A26; T15.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey(
        BankStatement, models.PROTECT, db_column="statement", db_index=False, related_name="+"
    )
    row = models.IntegerField()
    code = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    reason = models.CharField(max_length=500)
    said = models.CharField(max_length=300)

    class Meta:
        db_table = "settlement_bank_row"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "row"], name="bank_row_once")
        ]

    def __str__(self) -> str:
        """Give number and reason."""
        return f"row {self.row} of statement {self.statement_id}: {self.code}"


class BankLine(models.Model):
    """One booking on the house's account as the bank tells it.

    Args:
        amount: above zero what came in, below what went out. copy: which of several equal lines, from 1.
        reference: the bank's own number; "" where it gave none. end_to_end: the payer's number of it.
        content: SHA-256 of what the line says. item: the money that was put in suspense because of it.

    Source: A23, A26, A27.
    """

    app_may_change: ClassVar = ("item",)

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        BankAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    statement = models.ForeignKey(
        BankStatement, models.PROTECT, db_column="statement", db_index=False, related_name="+"
    )
    row = models.IntegerField()
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    amount = models.BigIntegerField()
    reference = models.CharField(max_length=140, default="")
    end_to_end = models.CharField(max_length=140, default="")
    counterparty = models.CharField(max_length=200, default="")
    counterparty_account = models.CharField(max_length=64, default="")
    text = models.CharField(max_length=1000, default="")
    content = models.CharField(max_length=64)
    copy = models.IntegerField()
    item = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "settlement_bank_line"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["account", "id"], name="bank_line_of_account"),
            models.Index(fields=["statement", "id"], name="bank_line_of_statement"),
            models.Index(
                fields=["reference"], condition=~Q(reference=""), name="bank_line_by_reference"
            ),
            models.Index(
                fields=["end_to_end"], condition=~Q(end_to_end=""), name="bank_line_by_end_to_end"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "reference", "amount"],
                condition=~Q(reference=""),
                name="bank_line_reference_once",
            ),
            models.UniqueConstraint(
                fields=["account", "content", "copy"],
                condition=Q(reference=""),
                name="bank_line_copy_once",
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="bank_line_moves"),
            models.CheckConstraint(condition=Q(copy__gte=1), name="bank_line_copies_from_one"),
            models.CheckConstraint(
                condition=Q(item__isnull=True) | Q(amount__gt=0), name="bank_line_aside_came_in"
            ),
        ]

    def __str__(self) -> str:
        """Give day and amount."""
        return f"line {self.pk} of {self.booked_on}: {self.amount}"
