"""The tables of merchants' withdrawals, payout batches, their rows, and the result files of the bank.

Source: B-33 to B-38, E-15; SM-06; peers-settlement-invest A16 to A25, A32; I20.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tael.settlement.lifecycles import BATCH, PAYOUT, TRADE
from tael.settlement.tables.account_tables import MerchantAccountRow


class MerchantWithdrawal(models.Model):
    """A merchant's application to be paid out (提現申請單). The money leaves his account when it is made.

    Args:
        way: manual or automatic; an automatic one is of the ``rule`` and its ``occasion``.
        amount: what leaves the account. fee: what it costs. net: what is paid; amount = fee + net.
        trade_state, payout_state: as SM-06 has them, two fields.
        flow_number: the bank's number (流水號); once per channel.
        entry: the ledger entry of the application. closing_entry: of the payment, or of the money's way back.
        bounce_entry: of what the bank gave back after paying.

    Source: B-33 to B-38, E-15; SM-06; A16 to A21; A-B5, A-B6, A-B7, A-B17, A-B19.
    """

    app_may_change: ClassVar = (
        "trade_state",
        "payout_state",
        "channel",
        "flow_number",
        "paid_on",
        "reason",
        "closing_entry",
        "bounce_entry",
        "closed_at",
        "closed_by",
    )

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        MerchantAccountRow, models.PROTECT, db_column="account", db_index=False, related_name="+"
    )
    currency = models.CharField(max_length=12)
    way = models.CharField(max_length=9)
    rule = models.BigIntegerField(null=True)
    occasion = models.DateField(null=True)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)
    net = models.BigIntegerField()
    payee = models.BigIntegerField()
    trade_state = models.CharField(max_length=9, default="applying")
    payout_state = models.CharField(max_length=9, default="waiting")
    channel = models.CharField(max_length=32, null=True)
    flow_number = models.CharField(max_length=64, null=True)
    paid_on = models.DateField(null=True)
    reason = models.CharField(max_length=500, default="")
    entry = models.BigIntegerField(unique=True)
    closing_entry = models.BigIntegerField(null=True, unique=True)
    bounce_entry = models.BigIntegerField(null=True, unique=True)
    applied_at = models.DateTimeField()
    applied_by = models.CharField(max_length=96)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=96, null=True)

    class Meta:
        db_table = "settlement_withdrawal"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["account", "id"], name="merchant_withdrawal_of_account"),
            models.Index(
                fields=["payout_state", "id"],
                condition=Q(payout_state__in=["waiting", "held", "unknown", "exported"]),
                name="merchant_withdrawal_open",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "occasion"],
                condition=Q(way="automatic"),
                name="merchant_withdrawal_once_an_occasion",
            ),
            models.UniqueConstraint(
                fields=["channel", "flow_number"],
                condition=Q(flow_number__isnull=False),
                name="merchant_withdrawal_flow_number_once",
            ),
            models.CheckConstraint(
                condition=Q(amount=F("fee") + F("net"), fee__gte=0, net__gt=0),
                name="merchant_withdrawal_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(way="manual", rule__isnull=True, occasion__isnull=True)
                | Q(way="automatic", rule__isnull=False, occasion__isnull=False),
                name="merchant_withdrawal_way_known",
            ),
            models.CheckConstraint(
                condition=Q(trade_state__in=[state.value for state in TRADE.states]),
                name="merchant_withdrawal_trade_state_known",
            ),
            models.CheckConstraint(
                condition=Q(payout_state__in=[state.value for state in PAYOUT.states]),
                name="merchant_withdrawal_payout_state_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    trade_state="applying",
                    payout_state__in=["waiting", "held", "batched", "exported", "unknown"],
                    closing_entry__isnull=True,
                )
                | Q(trade_state="applying", payout_state="paid", closing_entry__isnull=False)
                & Q(flow_number__isnull=True)
                | Q(
                    trade_state="succeeded",
                    payout_state="paid",
                    flow_number__isnull=False,
                    closing_entry__isnull=False,
                )
                | Q(trade_state="failed", payout_state="failed", closing_entry__isnull=False)
                | Q(
                    trade_state="failed",
                    payout_state="returned",
                    closing_entry__isnull=False,
                    bounce_entry__isnull=False,
                )
                | Q(trade_state="cancelled", payout_state="cancelled", closing_entry__isnull=False),
                name="merchant_withdrawal_states_agree",
            ),
            models.CheckConstraint(
                condition=~Q(payout_state__in=["failed", "returned", "held"]) | ~Q(reason=""),
                name="merchant_withdrawal_failed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        """Give number and states."""
        return f"withdrawal {self.pk}, {self.trade_state}, {self.payout_state}"


class PayoutBatch(models.Model):
    """Withdrawals that finance pays together: made, checked, approved by another, exported, answered.

    Args:
        profile: the bank's file format. rows, total: its control totals, frozen when it is checked.
        digest: SHA-256 of what was checked: its rows, payees and amounts. file_digest: of the file.
        file_form, file_language: how the file was written, so that it is given again as it was.
        reference: the batch's number for the bank, never used again.
        judged_by: the approval limit under which it was exported; None where there was none.

    Source: B-35, B-36, B-38; A24, A25, A32, A36; I20, I32.
    """

    app_may_change: ClassVar = (
        "state",
        "rows",
        "total",
        "digest",
        "file_digest",
        "file_form",
        "file_language",
        "checked_at",
        "checked_by",
        "approved_at",
        "approved_by",
        "exported_at",
        "exported_by",
        "judged_by",
        "closed_at",
        "closed_by",
        "reason",
    )

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=32, unique=True)
    currency = models.CharField(max_length=12)
    channel = models.CharField(max_length=32)
    profile = models.CharField(max_length=32)
    state = models.CharField(max_length=8, default="draft")
    rows = models.IntegerField(default=0)
    total = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")
    file_digest = models.CharField(max_length=64, default="")
    file_form = models.CharField(max_length=16, default="")
    file_language = models.CharField(max_length=8, default="")
    key = models.UUIDField(unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=96)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=96, null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=96, null=True)
    exported_at = models.DateTimeField(null=True)
    exported_by = models.CharField(max_length=96, null=True)
    judged_by = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=96, null=True)
    reason = models.CharField(max_length=500, default="")

    class Meta:
        db_table = "settlement_payout_batch"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in BATCH.states]),
                name="payout_batch_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "dropped"])
                | Q(checked_by__isnull=False, rows__gt=0, total__gt=0) & ~Q(digest=""),
                name="payout_batch_checked_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["exported", "settled", "revoked"])
                | Q(exported_by__isnull=False) & ~Q(file_digest=""),
                name="payout_batch_exported_as_a_file",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | ~Q(approved_by=F("checked_by")) & ~Q(approved_by=F("made_by")),
                name="payout_batch_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        """Give reference and state."""
        return f"batch {self.reference}, {self.state}"


class PayoutRow(models.Model):
    """One attempt to pay a withdrawal, as a row of a batch. A withdrawal is in one live row at most.

    Args:
        place: the row's number in the file, from 1.
        state: live, paid, failed, unknown; taken_out of a batch that was dropped or revoked.

    Source: B-35; A19, A20, A24; I20.
    """

    app_may_change: ClassVar = ("place", "state", "flow_number", "reason", "answered_at", "answer")

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(
        PayoutBatch, models.PROTECT, db_column="batch", db_index=False, related_name="+"
    )
    place = models.IntegerField()
    withdrawal = models.ForeignKey(
        MerchantWithdrawal, models.PROTECT, db_column="withdrawal", db_index=False
    )
    net = models.BigIntegerField()
    payee = models.BigIntegerField()
    state = models.CharField(max_length=9, default="live")
    flow_number = models.CharField(max_length=64, null=True)
    reason = models.CharField(max_length=500, default="")
    answered_at = models.DateTimeField(null=True)
    answer = models.BigIntegerField(null=True)

    class Meta:
        db_table = "settlement_payout_row"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["withdrawal", "id"], name="payout_row_of_withdrawal"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "place"], name="payout_row_place_once"),
            models.UniqueConstraint(
                fields=["withdrawal"],
                condition=Q(state__in=["live", "unknown", "paid"]),
                name="payout_row_one_live",
            ),
            models.CheckConstraint(condition=Q(net__gt=0, place__gt=0), name="payout_row_pays"),
            models.CheckConstraint(
                condition=Q(state__in=["live", "paid", "failed", "unknown", "taken_out"]),
                name="payout_row_state_known",
            ),
        ]

    def __str__(self) -> str:
        """Give place and state."""
        return f"row {self.place} of batch {self.batch_id}, {self.state}"


class ResultFile(models.Model):
    """A file that came back from the bank (回盤), kept by its hash with the report on its rows.

    Args:
        state: waiting while rows of it are to be taken; taken; dropped unread.
        content: what was read of it, packed, until it is taken. columns: its headings.
        rows: how many it has. done: how many of them were judged and their word was done.
        looked: how many were judged for a look at what taking it would do. outlook: what that came to,
            complete once ``looked_at`` says when; another file that is taken makes it out of date.

    Source: B-35; A24; I20; T15.
    """

    app_may_change: ClassVar = (
        *("state", "content", "done", "paid", "failed", "unknown", "unchanged", "refused"),
        *("looked", "outlook", "looked_at", "taken_at", "taken_by"),
    )

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(
        PayoutBatch, models.PROTECT, db_column="batch", db_index=False, related_name="+"
    )
    key = models.UUIDField(unique=True)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    form = models.CharField(max_length=16)
    columns = models.JSONField()
    content = models.BinaryField(null=True)
    state = models.CharField(max_length=7, default="waiting")
    rows = models.IntegerField()
    done = models.IntegerField(default=0)
    paid = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    unknown = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    looked = models.IntegerField(default=0)
    outlook = models.JSONField(null=True)
    looked_at = models.DateTimeField(null=True)
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=96)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=96, null=True)

    class Meta:
        db_table = "settlement_result_file"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["batch", "id"], name="result_file_of_batch"),
            models.Index(
                fields=["id"],
                condition=Q(state="waiting", done=0, looked_at__isnull=True),
                name="result_file_to_look_at",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="waiting", content__isnull=False, taken_at__isnull=True)
                | Q(state__in=["taken", "dropped"], content__isnull=True, taken_at__isnull=False),
                name="result_file_kept_until_taken",
            ),
            models.CheckConstraint(
                condition=Q(
                    done=F("paid") + F("failed") + F("unknown") + F("unchanged") + F("refused"),
                    done__lte=F("rows"),
                ),
                name="result_file_adds_up",
            ),
        ]

    def __str__(self) -> str:
        """Give name and figures."""
        return f"{self.name}: {self.paid} paid, {self.failed} failed, {self.refused} refused"


class ResultRow(models.Model):
    """What became of one row of a result file; rows that said nothing new are only counted. Append-only.

    Args:
        row: as the spreadsheet shows it. withdrawal: as it stands there.
        verdict: paid, failed, unknown or refused. reason: why, where it was refused or failed.

    Source: B-35; A24.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(
        ResultFile, models.PROTECT, db_column="file", db_index=False, related_name="+"
    )
    row = models.IntegerField()
    withdrawal = models.CharField(max_length=40)
    verdict = models.CharField(max_length=9)
    reason = models.CharField(max_length=500, default="")

    class Meta:
        db_table = "settlement_result_row"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["file", "verdict", "row"], name="result_row_of_file")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "row"], name="result_row_once")
        ]

    def __str__(self) -> str:
        """Give number and verdict."""
        return f"row {self.row} of file {self.file_id}, {self.verdict}"
